"""The walk by itself: on drawn graphs, and against networkx where no rule of ours applies."""

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import EdgeType, Evidence
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.walk import is_usable, mark_edge, walk
from lineage_graph.testing.drawing import draw, edge
from lineage_graph.testing.walks import WALKS


def expand_over(edges, follow):
    """The plainest expansion: look at every edge, each time."""

    def expand(nodes, outward, types):
        for place, claim in enumerate(edges):
            here, there = (claim.src, claim.dst) if outward else (claim.dst, claim.src)
            if here in nodes and claim.type in types and is_usable(claim, follow):
                yield here, there, mark_edge(claim), claim.valid_from, place

    return expand


@pytest.mark.parametrize("case", WALKS, ids=lambda case: case.name.replace(" ", "-"))
def test_a_drawn_graph(case):
    record = draw(case.graph)
    known = [root for root in case.roots if root in {claim.id for claim in record.nodes}]
    walked = walk(known, case.direction, case.depth, case.follow, expand_over(record.edges, case.follow))
    assert walked.hops == case.hops
    assert case.edges in (None, len(walked.claims))
    assert len(walked.claims) == len(set(walked.claims))


def test_no_roots_reach_nothing():
    assert walk([], Direction.UPSTREAM, None, Follow(), expand_over([], Follow())) == ({}, [])


PLAIN_GRAPHS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(
        lambda ends: edge(f"dataset:{ends[0]}", "CONTINUES_AS", f"dataset:{ends[1]}")
    ),
    max_size=30,
)


@given(PLAIN_GRAPHS, st.sampled_from(Direction), st.none() | st.integers(0, 5))
def test_without_rules_it_is_breadth_first_search(edges, direction, depth):
    graph = networkx.DiGraph([(claim.src, claim.dst) for claim in edges])
    graph.add_node("dataset:0")
    graph = graph if direction is Direction.DOWNSTREAM else graph.reverse()
    expected = dict(networkx.single_source_shortest_path_length(graph, "dataset:0", cutoff=depth))
    walked = walk(["dataset:0"], direction, depth, Follow(), expand_over(edges, Follow()))
    assert walked.hops == expected
    forward = {(claim.src, claim.dst) for claim in edges}
    followed = {(edges[place].src, edges[place].dst) for place in walked.claims}
    assert followed == {ends for ends in forward if set(ends) <= expected.keys()}


TIMED = [
    # valid from, to; as of; usable
    (None, None, None, True),
    (None, 10, None, False),
    (5, None, None, True),
    (5, 10, 4, False),
    (5, 10, 5, True),
    (5, 10, 9, True),
    (5, 10, 10, False),
    (None, 10, 9, True),
    (5, None, 99, True),
]


@pytest.mark.parametrize(("valid_from", "valid_to", "as_of", "usable"), TIMED)
def test_when_a_claim_is_usable(valid_from, valid_to, as_of, usable):
    claim = edge("run:r", "WROTE", "dataset:d", valid_from=valid_from, valid_to=valid_to)
    assert is_usable(claim, Follow(as_of=as_of)) is usable
    hint = claim._replace(evidence=Evidence.POSSIBLE)
    assert not is_usable(hint, Follow(as_of=as_of))
    assert is_usable(hint, Follow(as_of=as_of, possible=True)) is usable


def test_every_type_is_flow_or_not():
    assert all(mark_edge(edge("run:a", edge_type, "run:b")) in range(8) for edge_type in EdgeType)
