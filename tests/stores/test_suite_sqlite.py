"""The shipped suite on the embedded store."""

from pathlib import Path

from hypothesis import settings

from lineage_graph.stores.base import Store
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing import StoreSuite
from lineage_graph.testing.copying import CopyingMachine
from lineage_graph.testing.equivalence import FEW
from lineage_graph.testing.subject import Inside
from tests.stores.inside import look_into_sqlite


class SqliteSubject:
    def open_store(self, directory: Path) -> Store:
        return SqliteStore(str(directory / "graph.db"))

    def look_inside(self, store: Store) -> Inside:
        assert isinstance(store, SqliteStore)
        return look_into_sqlite(store.path)


class TestSqliteStore(SqliteSubject, StoreSuite):
    pass


class SqliteMachine(SqliteSubject, CopyingMachine):
    pass


TestSqliteMachine = SqliteMachine.TestCase
TestSqliteMachine.settings = settings(FEW, stateful_step_count=12)
