"""The shipped suite on a real Neo4j."""

from pathlib import Path

import pytest
from hypothesis import settings

from lineage_graph.stores.base import Store
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.testing import StoreSuite
from lineage_graph.testing.copying import CopyingMachine
from lineage_graph.testing.equivalence import FEW
from lineage_graph.testing.subject import Inside
from tests.stores.inside import look_into_neo4j
from tests.support.neo4j import Server, on_neo4j, wipe

pytestmark = on_neo4j


@pytest.fixture(autouse=True)
def served(neo4j_server: Server) -> None:
    """The server, for classes that hypothesis makes by itself."""
    Neo4jSubject.url = neo4j_server.full_url


class Neo4jSubject:
    url = ""

    def open_store(self, directory: Path) -> Store:
        store = Neo4jStore(self.url)
        wipe(store.connection)
        return store

    def look_inside(self, store: Store) -> Inside:
        assert isinstance(store, Neo4jStore)
        return look_into_neo4j(store.connection)


class TestNeo4jStore(Neo4jSubject, StoreSuite):
    pass


class Neo4jMachine(Neo4jSubject, CopyingMachine):
    pass


TestNeo4jMachine = Neo4jMachine.TestCase
# A statement here takes as long as a whole example elsewhere.
TestNeo4jMachine.settings = settings(FEW, max_examples=8, stateful_step_count=10)
