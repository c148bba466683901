"""The team's store: a Neo4j database, shared by those who crawl and those who ask."""
