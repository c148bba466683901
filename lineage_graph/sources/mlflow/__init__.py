"""MLflow, read four ways (database, rest, files, client) and mapped one way."""
