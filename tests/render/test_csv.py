"""The table of edges, against the plainest way to write it: each cell made safe by itself."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.query.exports import EDGE_COLUMNS
from lineage_graph.render.csv import render_edges, safe_cell

RUN, MODEL = f"run:{'0a' * 16}", f"model:m-{'1f' * 16}"
ODD = (
    "=1+1", " -x", "a,b", 'say "hi"', "dataset:s3://lake/a@1", "https://ana:pw@host/x", "password=hunter2",
    "a\nb", "\x1b[2J", "Ümlaut", "＝x", "@at", f"{RUN} -u ana:hunter2", f"token {RUN}", "", "-1.5", " ",
)  # fmt: skip


def plainly(nodes, hops, edges):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(EDGE_COLUMNS)
    kinds = {id: node.kind.value for id, node in nodes.items()}
    for edge in edges:
        farther = max(hops.get(edge.src, -1), hops.get(edge.dst, -1))
        row = (
            edge.src,
            kinds.get(edge.src),
            edge.dst,
            kinds.get(edge.dst),
            edge.type.value,
            edge.evidence.value,
        )
        writer.writerow([*map(safe_cell, row), safe_cell(edge.rule), "" if farther < 0 else farther])
    return out.getvalue().rstrip("\n")


IDS = st.sampled_from((RUN, MODEL, "alias:a/b", *ODD)) | st.text(max_size=5)
EDGES = st.lists(
    st.builds(
        Edge, IDS, IDS, st.sampled_from(EdgeType), st.sampled_from(Evidence), st.sampled_from(("row", *ODD))
    ),
    max_size=8,
)


@given(
    st.dictionaries(IDS, st.sampled_from(Kind), max_size=8),
    st.dictionaries(IDS, st.integers(0, 3), max_size=8),
    EDGES,
)
def test_every_row_is_what_its_cells_are(kinds, hops, edges):
    nodes = {id: Node(id, kind, id) for id, kind in kinds.items()}
    assert render_edges(nodes, hops, edges) == plainly(nodes, hops, edges)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_one_odd_id_among_many_plain_ones(odd):
    ids = [f"run:{n:032x}" for n in range(5000)]
    ids[3210] = odd
    nodes = {id: Node(id, Kind.RUN, id) for id in ["dataset:d", *ids]}
    edges = [Edge("dataset:d", id, EdgeType.READ_BY, Evidence.LOGGED, "row") for id in ids]
    hops = dict.fromkeys(ids, 1)
    assert render_edges(nodes, hops, edges) == plainly(nodes, hops, edges)
