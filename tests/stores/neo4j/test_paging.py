"""A list of everything, page by page: the same answer as of one piece, in its order."""

from __future__ import annotations

import pytest

from lineage_graph.graph import Kind, NodeClaim, Record
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.memory.store import MemoryStore
from lineage_graph.stores.neo4j import paging
from lineage_graph.stores.neo4j.finding import find_nodes
from lineage_graph.stores.neo4j.paging import page_query
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.testing.drawing import edge, ingest
from tests.stores.neo4j.test_plans import operators
from tests.support.neo4j import on_neo4j

pytestmark = on_neo4j

NAMES = [
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "z" * 3_000,
    "z" * 2_999,
    "\uffee",
    "\U0001f600",
    "\U0010ffff",
    "half\ud800",
    "nul\0",
]
GAPS = ("no-dataset",)
RECORD = Record(
    "r",
    b"1",
    tuple(
        NodeClaim(
            f"{word}:{name}", kind_of(f"{word}:{name}"), f"called {name}", {"place": place}, GAPS[: place % 2]
        )
        for word in ("run", "model", "modelversion", "dataset")
        for place, name in enumerate(NAMES)
    ),
    (edge("dataset:stub", "READ_BY", "run:a"),),
)
FILTERS = {
    "all": NodeFilter(),
    "kind": NodeFilter(kinds=frozenset({Kind.MODEL})),
    "kinds": NodeFilter(kinds=frozenset({Kind.RUN, Kind.DATASET})),
    "gap": NodeFilter(gap="no-dataset"),
    "has": NodeFilter(has="place", kinds=frozenset({Kind.DATASET})),
    "property": NodeFilter(properties={"place": 3}),
    "few by name": NodeFilter(name="called b", kinds=frozenset({Kind.RUN})),
    "many by name": NodeFilter(name_contains="called"),
    "prefix": NodeFilter(id_prefix="model"),
    "none": NodeFilter(kinds=frozenset({Kind.ALIAS})),
}


@pytest.fixture
def store(neo4j_server, connection):
    store = Neo4jStore(neo4j_server.full_url)
    ingest(store, [RECORD])
    yield store
    store.close()


@pytest.fixture
def oracle():
    store = MemoryStore()
    ingest(store, [RECORD])
    return store


@pytest.mark.parametrize("page", [1, 3, 13, 2_000])
@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_pages_put_together_are_the_answer(store, oracle, wanted, page, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", page)
    assert store.find(wanted) == oracle.find(wanted)


@pytest.mark.parametrize("page", [1, 3, 2_000])
def test_gaps_are_counted_over_all_pages(store, oracle, page, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", page)
    assert store.info().gaps == oracle.info().gaps == {"test:a": {"no-dataset": 24}}


def test_a_page_goes_by_the_ids_and_sorts_nothing(store):
    for condition in ("", "size(n.gaps) > 0 AND n._gone IS NULL", "$gap IN n.gaps"):
        found = operators(store, page_query(condition), after="run:", end="run;", page=5, gap="no-dataset")
        assert "NodeUniqueIndexSeekByRange@neo4j" in found
        assert not [each for each in found if "Sort" in each or "Top" in each or "Scan" in each]


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_no_answer_is_larger_than_a_page(store, wanted, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 4)
    sizes = []

    def ask(query, **parameters):
        rows = store.connection.read(query, **parameters)
        # Ids alone may be more.
        sizes.append(sum(len(row) > 1 for (chunk,) in rows for row in chunk))
        return rows

    find_nodes(ask, wanted)
    assert not sizes or max(sizes) <= 4 or wanted.name_contains or wanted.id_prefix
