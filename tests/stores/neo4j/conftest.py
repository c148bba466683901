"""The session's server, emptied before each test that asks for it, or with one graph for a module that only asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.stores.neo4j.console import Neo4jConsole
from lineage_graph.stores.neo4j.schema import make_store
from tests.stores.neo4j.asked import GRAPH
from tests.support.neo4j import Server, connected, wipe


@pytest.fixture
def connection(neo4j_server: Server) -> Iterator[Connection]:
    """A connection to an empty database."""
    with connected(neo4j_server) as connection:
        wipe(connection)
        yield connection


@pytest.fixture(scope="module")
def served(neo4j_server: Server) -> Iterator[Connection]:
    """One graph for all that only reads, or must not do more."""
    with connected(neo4j_server) as connection:
        wipe(connection)
        make_store(connection, force=False)
        connection.write(lambda tx: tx.run(GRAPH))
        yield connection


@pytest.fixture
def console(served: Connection) -> Neo4jConsole:
    """Asked about that graph."""
    return Neo4jConsole(served)
