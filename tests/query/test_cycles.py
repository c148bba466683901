"""What flows round is kept, counted once, and said: one gap for what flows round together."""

from __future__ import annotations

import time

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import Edge, EdgeType, Evidence
from lineage_graph.query.answer import Verdict
from lineage_graph.query.cycles import find_cycles
from lineage_graph.query.traversal import downstream, upstream
from lineage_graph.stores.base import Direction
from tests.query.graphs import draw, edge, node

A, B, C = "dataset:a@1", "dataset:b@1", "dataset:c@1"
FIRST, SECOND = "run:11111112", "run:11111113"


@pytest.fixture
def ring():
    # s ─→ a ─→ r1 ─→ b ─→ r2 ─→ a, and b ─→ c by nobody's hand
    return draw(
        node("source:file:///s", name="s", uri="file:///s"),
        node(A, name="a"),
        node(B, name="b"),
        node(FIRST, name="clean"),
        node(SECOND, name="join"),
        edge("source:file:///s", "ver", A),
        edge(A, "read", FIRST),
        edge(FIRST, "wrote", B),
        edge(B, "read", SECOND),
        edge(SECOND, "wrote", A),
    )


@pytest.mark.parametrize(
    ("ask", "root", "at", "names"),
    [
        (downstream, "source:file:///s", A, ["a", "clean", "b", "join", "a"]),
        (downstream, B, B, ["b", "join", "a", "clean", "b"]),
        (upstream, B, B, ["b", "join", "a", "clean", "b"]),
        (upstream, SECOND, SECOND, ["join", "a", "clean", "b", "join"]),
    ],
)
def test_a_cycle_is_one_gap_at_its_nearest_node(ring, ask, root, at, names):
    answer = ask(ring, root)
    assert answer.verdict is Verdict.FOUND
    (gap,) = (gap for gap in answer.gaps if gap.code == "cycle")
    assert gap.node == at
    places = [gap.message.index(f" {names[0]}", 20)]
    for name in names[1:]:
        places.append(gap.message.index(name, places[-1] + 1))
    assert "flowing round" in gap.message
    assert gap.fix.startswith("lineage-graph show ")


def test_a_job_that_reads_and_writes_one_table_makes_none():
    # s ─→ a ─→ r1 ─→ b: two versions of one table
    store = draw(
        node("source:file:///s", name="s", uri="file:///s"),
        node(A, name="s"),
        node(B, name="s"),
        node(FIRST, name="r"),
        edge("source:file:///s", "ver", A),
        edge("source:file:///s", "ver", B),
        edge(A, "read", FIRST),
        edge(FIRST, "wrote", B),
    )
    assert "cycle" not in {gap.code for gap in downstream(store, "source:file:///s").gaps}


def edges_of(pairs, evidence=Evidence.LOGGED):
    return [Edge(str(src), str(dst), EdgeType.CONTINUES_AS, evidence, "drawn") for src, dst in pairs]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), st.booleans())
def test_the_same_are_found_as_by_networkx(pairs, outward):
    graph = networkx.DiGraph([(str(src), str(dst)) for src, dst in [(0, 0), *pairs] if (src, dst) != (0, 0)])
    graph.add_node("0")
    hops = dict(networkx.single_source_shortest_path_length(graph if outward else graph.reverse(), "0"))
    inside = [(src, dst) for src, dst in graph.edges if src in hops and dst in hops]
    direction = Direction.DOWNSTREAM if outward else Direction.UPSTREAM
    rings = find_cycles(edges_of(inside), hops, direction)
    expected = [
        component
        for component in networkx.strongly_connected_components(graph.subgraph(hops))
        if len(component) > 1 or graph.has_edge(*[next(iter(component))] * 2)
    ]
    assert len(rings) == len(expected)
    for ring in rings:
        assert [set(ring) <= component for component in expected].count(True) == 1
        assert all(graph.has_edge(src, dst) for src, dst in zip(ring, (*ring[1:], ring[0]), strict=True))


def test_a_hint_makes_no_cycle():
    assert (
        find_cycles(edges_of([(1, 2), (2, 1)], Evidence.POSSIBLE), {"1": 0, "2": 1}, Direction.DOWNSTREAM)
        == []
    )


def test_looking_is_linear():
    # A ladder: every second edge leads no further from the root, and nothing flows round.
    pairs = [(at, at + 1) for at in range(20_000)] + [(at, at + 2) for at in range(20_000)]
    hops = {str(at): (at + 1) // 2 for at in range(20_003)}
    began = time.process_time()
    assert find_cycles(edges_of(pairs), hops, Direction.DOWNSTREAM) == []
    assert find_cycles(edges_of([*pairs, (20_000, 0)]), hops, Direction.DOWNSTREAM)
    assert time.process_time() - began < 5
