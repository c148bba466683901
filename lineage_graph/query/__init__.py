"""Questions to a graph and their typed answers."""
