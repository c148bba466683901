"""The layered layout: every edge goes right, nothing lies on anything else."""

from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.render.layout import lay_out


@st.composite
def graphs(draw, cyclic=False):
    count = draw(st.integers(1, 12))
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    edges = draw(st.lists(ends, max_size=30))
    return count, edges if cyclic else [(min(pair), max(pair)) for pair in edges if pair[0] != pair[1]]


@given(graphs())
def test_data_flows_to_the_right(graph):
    count, edges = graph
    layout = lay_out(count, edges)
    assert all(layout.places[src].rank < layout.places[dst].rank for src, dst in edges)


@given(graphs(cyclic=True))
def test_no_two_nodes_share_a_place_and_all_are_inside(graph):
    count, edges = graph
    layout = lay_out(count, edges)
    assert len(set(layout.places)) == count
    assert all(0 <= place.rank < layout.ranks and 0 <= place.row < layout.rows for place in layout.places)
    for src, dst in edges:
        if src != dst:
            assert layout.routes[src, dst][0] == layout.places[src]
            assert layout.routes[src, dst][-1] == layout.places[dst]


def test_a_chain_is_a_straight_line():
    layout = lay_out(4, [(0, 1), (1, 2), (2, 3)])
    assert [place.row for place in layout.places] == [0, 0, 0, 0]


def test_a_long_edge_bends_around_what_lies_between():
    layout = lay_out(3, [(0, 1), (1, 2), (0, 2)])
    bend = layout.routes[0, 2][1]
    assert bend.rank == 1
    assert bend != layout.places[1]
