"""Random graphs and random questions: what must hold whatever is drawn, and the same answers as the store in memory."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lineage_graph.graph import Record
from lineage_graph.stores.base import NodeFilter, Store
from lineage_graph.stores.table import open_store
from lineage_graph.testing.drawing import ingest
from lineage_graph.testing.dump import assert_same, assert_same_dumps, dump
from lineage_graph.testing.strategies import ORIGINS, Question, crawls, filters, node_ids, questions
from lineage_graph.testing.subject import Subject

FEW = settings(
    max_examples=int(os.environ.get("LINEAGE_GRAPH_TEST_EXAMPLES", "15")),
    deadline=None,
    # Before Python 3.12, to be able to explain a failure is to trace every line: three times the time.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    # The suites of several stores run in one process; how fast a busy machine draws says nothing of any.
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)
"""Each example makes stores; a night can afford more of them."""

Graph = list[tuple[str, list[Record]]]
"""Crawls in turn, each of an origin."""


def graphs() -> st.SearchStrategy[Graph]:
    """Some crawls of some origins."""
    return st.lists(st.tuples(st.sampled_from(ORIGINS), crawls()), min_size=1, max_size=4)


def build(store: Store, graph: Graph) -> None:
    """Ingest crawl after crawl, ten milliseconds apart."""
    for turn, (origin, records) in enumerate(graph):
        ingest(store, records, origin=origin, at=1000 + 10 * turn)


def ask(store: Store, question: Question) -> tuple[object, ...]:
    """An answer with the order that it comes in."""
    answer = store.reach(question.roots, question.direction, depth=question.depth, follow=question.follow)
    return list(answer.nodes.items()), list(answer.edges), list(answer.hops.items())


class EquivalenceContract(Subject):
    """What holds for any graph."""

    @FEW
    @given(graphs(), st.lists(questions(), min_size=1, max_size=5), st.lists(filters(), max_size=4))
    def test_answers_are_those_of_the_store_in_memory(
        self, graph: Graph, asked: list[Question], wanted: list[NodeFilter]
    ) -> None:
        reference = open_store("memory:")
        with self.fresh_store() as store:
            build(store, graph)
            build(reference, graph)
            assert_same(store, reference)
            for question in asked:
                assert ask(store, question) == ask(reference, question)
            for narrowed in wanted:
                assert store.find(narrowed) == reference.find(narrowed)

    @FEW
    @given(st.permutations([(origin, place) for place, origin in enumerate(ORIGINS)]), st.data())
    def test_the_order_of_origins_does_not_matter(
        self, order: list[tuple[str, int]], data: st.DataObject
    ) -> None:
        found = [data.draw(crawls()) for _ in ORIGINS]
        with self.fresh_store() as store:
            for place, origin in enumerate(ORIGINS):
                ingest(store, found[place], origin=origin)
            mine = dump(store)
        with self.fresh_store() as other:
            for origin, place in order:
                ingest(other, found[place], origin=origin)
            assert_same_dumps(mine, dump(other))

    @FEW
    @given(graphs(), crawls())
    def test_to_forget_is_never_to_have_ingested(self, graph: Graph, records: list[Record]) -> None:
        with self.fresh_store() as store:
            build(store, graph)
            before = dump(store)
            ingest(store, records, origin="test:wrong", at=5000)
            store.forget("test:wrong")
            assert dump(store) == before

    @FEW
    @given(st.data(), crawls(), node_ids())
    def test_a_crawl_in_pieces_is_the_same_crawl(
        self, data: st.DataObject, records: list[Record], root: str
    ) -> None:
        cut = data.draw(st.integers(0, len(records)))
        with self.fresh_store() as store:
            ingest(store, records)
            mine, around, edges = dump(store), store.neighbours([root]), list(store.edges([root]))
        with self.fresh_store() as other:
            ingest(other, records[:cut], retract=False, complete=False)
            ingest(other, records)
            assert_same_dumps(mine, dump(other))
            assert around == other.neighbours([root])
            assert edges == around.edges
