"""The shipped suite on the store in memory."""

from pathlib import Path

from lineage_graph.stores.base import Store
from lineage_graph.stores.memory.store import MemoryStore
from lineage_graph.testing import StoreSuite
from lineage_graph.testing.subject import Inside


class TestMemoryStore(StoreSuite):
    def open_store(self, directory: Path) -> Store:
        return MemoryStore()

    def look_inside(self, store: Store) -> Inside:
        assert isinstance(store, MemoryStore)
        live = [kept for kept in store._records.by_key.values() if kept.retracted_at is None]
        edges = {
            (edge.src, edge.type.value, edge.dst)
            for kept in live
            for edge in kept.edges
            if edge.valid_to is None
        }
        nodes = {claim.id for kept in live for claim in kept.record.nodes}
        nodes |= {end for src, _, dst in edges for end in (src, dst)}
        return Inside(
            frozenset((kept.origin, kept.record.key) for kept in live), frozenset(nodes), frozenset(edges)
        )
