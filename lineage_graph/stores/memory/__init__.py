"""The graph in memory: for notebooks, and the reference for the other stores."""
