"""A graph that moves between stores goes on living as if it had not moved."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from lineage_graph.ingest.copying import copy_graph, digest_store
from lineage_graph.stores.table import open_store
from lineage_graph.testing.dump import assert_same
from lineage_graph.testing.stateful import StoreMachine


class CopyingMachine(StoreMachine):
    """As `StoreMachine`, and the graph is copied out of the store and into it at any time."""

    @precondition(lambda self: self.reference.info().origins)
    @rule()
    def move_away(self) -> None:
        """What comes out of the store is what went in, and what the reference goes on with is a copy."""
        moved = open_store("memory:")
        report = copy_graph(self.store, moved)
        assert_same(moved, self.reference)
        assert report.digest == digest_store(self.reference).hexdigest()
        self.reference, self.seen_by_reference = moved, moved.state()[0]
        self.since = self.store.state()[0]

    @precondition(lambda self: self.reference.info().origins)
    @rule()
    def move_in(self) -> None:
        """Copied over what is there, the graph is what it was; the invariants look."""
        copy_graph(self.reference, self.store)
        self.since, self.seen_by_reference = self.store.state()[0], self.reference.state()[0]
