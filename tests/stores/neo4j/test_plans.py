"""How Neo4j does what it is asked: breadth-first, by indexes, in chunks; never by every path or every node."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Record
from lineage_graph.stores.base import Direction, Follow, NodeFilter
from lineage_graph.stores.neo4j.finding import narrowing_query
from lineage_graph.stores.neo4j.looking import EDGES
from lineage_graph.stores.neo4j.reaching import reaching_query
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.testing.drawing import draw, ingest
from tests.support.neo4j import on_neo4j

pytestmark = on_neo4j
BFS = "VarLengthExpand(Pruning,BFS,All)@neo4j"


@pytest.fixture
def store(neo4j_server, connection):
    store = Neo4jStore(neo4j_server.full_url)
    yield store
    store.close()


def operators(store: Neo4jStore, query: str, **parameters: object) -> list[str]:
    with store.connection.session("READ") as session:
        plan = session.run(f"EXPLAIN {query}", parameters).consume().plan
    return [each["operatorType"] for each in _flat(plan)]


def _flat(plan) -> Iterator[dict]:
    yield plan
    for child in plan.get("children", ()):
        yield from _flat(child)


@pytest.mark.parametrize(
    "follow", [Follow(), Follow(as_of=5), Follow(read_between=(1, 2))], ids=["now", "as of", "window"]
)
@pytest.mark.parametrize("depth", [None, 1, 3])
@pytest.mark.parametrize("direction", Direction)
def test_a_walk_is_breadth_first(store, direction, depth, follow):
    ingest(store, [draw("dataset:d READ_BY run:r")])
    query = reaching_query(direction, depth, follow)
    found = operators(store, query, roots=["dataset:d"], as_of=5)
    # One step has no two ways of a length to the same node.
    assert BFS in found or depth == 1
    assert "NodeUniqueIndexSeek@neo4j" in found
    assert not {each for each in found if "Scan" in each}


def test_edges_between_two_nodes_are_not_looked_for_along_all_of_one(store):
    ingest(store, [draw("dataset:d READ_BY run:r")])
    found = operators(store, EDGES, pairs=[["dataset:d", "run:r"]])
    assert "Expand(Into)@neo4j" in found
    assert "Expand(All)@neo4j" not in found


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (NodeFilter(name="train"), "NodeIndexContainsScan@neo4j"),
        (NodeFilter(name_contains="rai", kinds=frozenset({Kind.RUN})), "NodeIndexContainsScan@neo4j"),
        (NodeFilter(id_prefix="run:"), "NodeUniqueIndexSeekByRange@neo4j"),
        (NodeFilter(kinds=frozenset({Kind.RUN})), "IntersectionNodeByLabelsScan@neo4j"),
    ],
    ids=["name", "part of a name", "id", "kind"],
)
def test_finding_goes_by_indexes(store, wanted, index):
    ingest(store, [draw("dataset:d READ_BY run:r")])
    query, bound = narrowing_query(wanted)
    found = operators(store, f"{query}RETURN n.id", **bound)
    assert index in found or (wanted.kinds and "NodeByLabelScan@neo4j" in found)


def ladder(layers: int, width: int) -> Record:
    """Every node of a layer leads to every one of the next: width ** layers paths."""
    edges = [
        EdgeClaim(
            f"dataset:{layer}.{a}", f"dataset:{layer + 1}.{b}", EdgeType.CONTINUES_AS, Evidence.INFERRED, "x"
        )
        for layer in range(layers - 1)
        for a in range(width)
        for b in range(width)
    ]
    nodes = sorted({end for each in edges for end in (each.src, each.dst)})
    return Record("ladder", b"1", tuple(NodeClaim(each, Kind.DATASET, each) for each in nodes), tuple(edges))


@pytest.mark.parametrize(
    "follow", [Follow(), Follow(as_of=2000), Follow(possible=True)], ids=["now", "as of", "possible"]
)
def test_no_path_is_walked_twice(store, follow):
    """129 million paths, 54 nodes."""
    ingest(store, [ladder(18, 3)])
    store.reach(["dataset:0.0"], Direction.DOWNSTREAM, follow=follow)
    began = time.monotonic()
    answer = store.reach(["dataset:0.0"], Direction.DOWNSTREAM, follow=follow)
    assert time.monotonic() - began < 2
    assert (len(answer.nodes), max(answer.hops.values()), len(answer.edges)) == (52, 17, 3 + 16 * 9)


def test_a_large_answer_goes_out_in_chunks(store):
    runs = [f"run:{number}" for number in range(3_000)]
    reads = [EdgeClaim("dataset:hub", run, EdgeType.READ_BY, Evidence.LOGGED, "row") for run in runs]
    ingest(store, [Record("hub", b"1", (), tuple(reads))])
    query = reaching_query(Direction.DOWNSTREAM, None, Follow())
    records = store.connection.read(query, roots=["dataset:hub"], as_of=None)
    assert len(records) == 7
    answer = store.reach(["dataset:hub"], Direction.DOWNSTREAM)
    assert (len(answer.nodes), len(answer.edges)) == (3_001, 3_000)


@pytest.mark.parametrize("depth", [None, 2])
def test_a_large_answer_takes_time_in_proportion(store, depth):
    """Every edge is met once; none is looked for in a list of all nodes."""
    runs = [f"run:{number}" for number in range(500)]
    reads = [EdgeClaim("dataset:hub", run, EdgeType.READ_BY, Evidence.LOGGED, "row") for run in runs]
    ingest(store, [Record("hub", b"1", (), tuple(reads))])
    query = reaching_query(Direction.DOWNSTREAM, depth, Follow())
    with store.connection.session("READ") as session:
        profile = session.run(f"PROFILE {query}", roots=["dataset:hub"], as_of=None).consume().profile
    met = [each["args"]["Rows"] for each in _flat(profile)]
    assert max(met) <= 501
    assert " IN ns" not in query
