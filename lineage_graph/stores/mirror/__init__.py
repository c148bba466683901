"""Cypher without a server: a disposable mirror of the graph in ladybug, and the part of Cypher that gives the same there as on Neo4j."""
