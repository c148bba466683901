"""What `scripts/neo4j` is made of. It needs Python alone: nothing here imports the package or a library."""
