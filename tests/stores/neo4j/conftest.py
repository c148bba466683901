"""The session's server, emptied before each test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lineage_graph.stores.neo4j.connection import Connection
from tests.support.neo4j import Server, connected, wipe


@pytest.fixture
def connection(neo4j_server: Server) -> Iterator[Connection]:
    """A connection to an empty database."""
    with connected(neo4j_server) as connection:
        wipe(connection)
        yield connection
