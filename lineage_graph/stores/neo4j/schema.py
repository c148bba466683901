"""What lies in the database: labels, constraints, indexes, and the node that says that the graph is ours."""

from __future__ import annotations

from lineage_graph.errors import StoreForeign, StoreMissing, StoreUnreadable
from lineage_graph.graph import EdgeType
from lineage_graph.stores.neo4j.connection import Connection, Transaction

VERSION = 1
STORE = "lineage-graph"
"""The id of the one node with the label `LineageStore`."""

ALL_TYPES = "|".join(EdgeType)
"""For patterns: our relationships are those of these types that have `_claims`."""

_SCHEMA = (
    "CREATE CONSTRAINT lineage_node IF NOT EXISTS FOR (n:LineageNode) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT lineage_record IF NOT EXISTS FOR (n:LineageRecord) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT lineage_origin IF NOT EXISTS FOR (n:LineageOrigin) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT lineage_gone IF NOT EXISTS FOR (n:LineageGone) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT lineage_store IF NOT EXISTS FOR (n:LineageStore) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX lineage_changed IF NOT EXISTS FOR (n:LineageNode) ON (n._changed)",
    "CREATE INDEX lineage_odd IF NOT EXISTS FOR (n:LineageNode) ON (n._odd)",
    "CREATE TEXT INDEX lineage_search IF NOT EXISTS FOR (n:LineageNode) ON (n._search)",
    "CREATE INDEX lineage_mention_key IF NOT EXISTS FOR (n:LineageMention) ON (n.key)",
    "CREATE INDEX lineage_mention_node IF NOT EXISTS FOR (n:LineageMention) ON (n.node)",
)
BOOKKEEPING = ("LineageRecord", "LineageOrigin", "LineageGone", "LineageMention", "LineageStore")
"""Labels of what is no part of the graph: single nodes that no relationship leads to."""

CHANGE = "MATCH (s:LineageStore {id: $id}) RETURN s.change"
"""Asks for the change number, which every transaction moves that changes the graph."""

_VERSION_OF = "MATCH (s:LineageStore {id: $id}) RETURN s.version"
_ANYTHING = "MATCH (n) RETURN 1 LIMIT 1"
_MAKE = """MERGE (s:LineageStore {id: $id})
ON CREATE SET s.version = $version, s.change = 0, s.number = 0"""


def check_store(connection: Connection) -> None:
    """Raise `StoreMissing` where no graph of ours is, `StoreUnreadable` where a newer program made it."""
    if not _is_there(connection):
        raise StoreMissing(
            f"there is no graph in {connection.address}",
            hint="`lineage-graph ingest` makes it; is NEO4J_DATABASE the right database?",
        )


def make_store(connection: Connection, *, force: bool) -> None:
    """Make ours what is empty; with `force` also what holds other data, which stays as it is."""
    if _is_there(connection):
        return
    # Looked for again: what lies there may be what another writer of ours has begun meanwhile.
    if not force and connection.read(_ANYTHING) and not _is_there(connection):
        raise StoreForeign(
            f"the database at {connection.address} holds other data and no graph of ours",
            hint="name an empty database by NEO4J_DATABASE, or put the graph beside that data: --force",
        )
    for statement in _SCHEMA:
        _run(connection, statement)
    _run(connection, "CALL db.awaitIndexes(60)")
    _run(connection, _MAKE, id=STORE, version=VERSION)


def _is_there(connection: Connection) -> bool:
    found = connection.read(_VERSION_OF, id=STORE)
    if not found:
        return False
    version = found[0][0]
    if not isinstance(version, int) or version > VERSION:
        raise StoreUnreadable(
            f"the graph at {connection.address} was made by a newer lineage-graph",
            hint="update lineage-graph",
        )
    return True


def _run(connection: Connection, statement: str, **parameters: object) -> None:
    def work(transaction: Transaction) -> None:
        transaction.run(statement, **parameters)

    connection.write(work)
