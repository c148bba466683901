"""A small graph beside somebody's own data, and all that lies in a database."""

GRAPH = """
CREATE (s:LineageNode:Source {id: 's3://lake/orders', name: 'orders', uri: 's3://lake/orders', `_claims`: ['[]'], `_changed`: 7})
CREATE (d:LineageNode:Dataset {id: 'd', name: 'orders', rows: 3, start: datetime('2026-01-01T01:00:00+01:00'), `_changed`: 7})
CREATE (r:LineageNode:Run {id: 'run:1', name: 'train', params: '{"lr":"0.1"}', `_changed`: 7})
CREATE (s)-[:HAS_VERSION {evidence: 'logged', `_claims`: ['[]'], `_interval`: ''}]->(d)
CREATE (d)-[:READ_BY {evidence: 'logged', role: 'training', `_claims`: ['[]'], `_interval`: ''}]->(r)
CREATE (x:Person {name: 'Ana', id: 'mine', `_hidden`: 1})
CREATE (x)-[:LIKES]->(r)
"""
EVERYTHING = """
CALL () {
  MATCH (n) RETURN collect([elementId(n), labels(n), properties(n)]) AS nodes
}
CALL () {
  MATCH (a)-[r]->(b) RETURN collect([elementId(a), type(r), properties(r), elementId(b)]) AS edges
}
RETURN nodes, edges
"""


def everything(connection):
    """All that lies in the database, in an order of its own; indexes, constraints and users beside it."""
    ((nodes, edges),) = connection.read(EVERYTHING)
    schema = connection.read("SHOW INDEXES YIELD name RETURN name ORDER BY name")
    constraints = connection.read("SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name")
    labels = connection.read("CALL db.labels() YIELD label RETURN label ORDER BY label")
    users = connection.read("SHOW USERS YIELD user RETURN user ORDER BY user")
    return sorted(map(repr, nodes)), sorted(map(repr, edges)), schema, constraints, labels, users
