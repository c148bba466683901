"""A store lives through anything that can happen to it, beside the store in memory."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import ExitStack, closing
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lineage_graph.graph import Origin, Record
from lineage_graph.stores.base import NodeFilter, Store
from lineage_graph.stores.table import open_store
from lineage_graph.testing.drawing import alias, ingest
from lineage_graph.testing.dump import assert_same
from lineage_graph.testing.equivalence import ask
from lineage_graph.testing.strategies import ORIGINS, Question, crawls, filters, node_ids, questions
from lineage_graph.testing.subject import Inside, scratch_directory

ORIGIN = st.sampled_from(ORIGINS)


class StoreMachine(RuleBasedStateMachine):
    """Subclass it, say how to open a store and how to look inside, and run its `TestCase`."""

    @abstractmethod
    def open_store(self, directory: Path) -> Store:
        """An empty store of its own."""

    @abstractmethod
    def look_inside(self, store: Store) -> Inside:
        """What lies in it, found by the back door."""

    @initialize()
    def begin(self) -> None:
        """An empty store beside an empty one in memory."""
        self.opened = ExitStack()
        directory = self.opened.enter_context(scratch_directory())
        self.store = self.opened.enter_context(closing(self.open_store(Path(directory))))
        self.reference = open_store("memory:")
        self.at = 1000
        for store in (self.store, self.reference):
            ingest(store, [], origin=ORIGINS[0])
        self.since = 0
        self.seen_by_reference = 0

    @rule(origin=ORIGIN, records=crawls(), retract=st.booleans(), complete=st.booleans())
    def crawl(self, origin: str, records: list[Record], retract: bool, complete: bool) -> None:
        """Read an origin, whole or in part."""
        self.at += 10
        seen = []
        for store in (self.store, self.reference):
            with store.writing(Origin(origin, "test", read_at=self.at)) as writing:
                fresh = writing.fresh([(record.key, record.fingerprint) for record in records])
                writing.write([record for record in records if record.key in fresh])
                seen.append((fresh, writing.finish(retract=retract, complete=complete)))
        assert seen[0] == seen[1]

    @rule(origin=ORIGIN, records=crawls())
    def break_off(self, origin: str, records: list[Record]) -> None:
        """A crawl that ends without `finish`."""
        self.at += 10
        for store in (self.store, self.reference):
            with store.writing(Origin(origin, "test", read_at=self.at)) as writing:
                writing.write(records)

    @rule(origin=ORIGIN, version=node_ids().filter(lambda node: node.startswith("modelversion:")))
    def move_alias(self, origin: str, version: str) -> None:
        """The champion is another version."""
        self.at += 10
        for store in (self.store, self.reference):
            with store.writing(Origin(origin, "test", read_at=self.at)) as writing:
                writing.write([alias(version, "alias:a")])
                writing.finish(retract=False)

    @rule(origin=ORIGIN, key=st.sampled_from(("runs/1", "aliases/1", "aliases/alias:a", "model-versions/1")))
    def remove(self, origin: str, key: str) -> None:
        """One record is gone."""
        self.at += 10
        for store in (self.store, self.reference):
            with store.writing(Origin(origin, "test", read_at=self.at)) as writing:
                writing.remove([key])
                writing.finish(retract=False)

    @precondition(lambda self: self.reference.info().origins)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        """An origin was never there."""
        name = data.draw(st.sampled_from([origin.name for origin in self.reference.info().origins]))
        self.store.forget(name)
        self.reference.forget(name)

    @rule(question=questions(), wanted=filters())
    def answer(self, question: Question, wanted: NodeFilter) -> None:
        """Any question."""
        assert ask(self.store, question) == ask(self.reference, question)
        assert self.store.find(wanted) == self.reference.find(wanted)

    @rule()
    def hear_of_changes(self) -> None:
        """Whoever follows the change sequence hears of the same nodes."""
        mine, theirs = self.store.changes(self.since), self.reference.changes(self.seen_by_reference)
        assert set(mine.nodes) >= set(theirs.nodes)
        self.since, self.seen_by_reference = mine.last, theirs.last

    @invariant()
    def both_say_the_same(self) -> None:
        """All that can be asked, and all that lies inside."""
        if not hasattr(self, "store"):
            return
        assert_same(self.store, self.reference)
        info, inside = self.store.info(), self.look_inside(self.store)
        assert sum(info.nodes.values()) == len(inside.nodes)
        assert sum(info.edges.values()) == len(inside.edges)
        origins = [origin.name for origin in info.origins]
        written = {(name, record.key) for name in origins for record in self.reference.records(name)}
        assert written <= inside.records

    def teardown(self) -> None:
        """Let go of the store."""
        if hasattr(self, "opened"):
            self.opened.close()
