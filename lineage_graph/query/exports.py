"""An answer for notebooks: a networkx graph, a pandas frame. Both libraries are loaded only here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lineage_graph.errors import UsageError
from lineage_graph.query.answer import Answer

if TYPE_CHECKING:
    import networkx
    import pandas

EDGE_COLUMNS = ("from", "from_kind", "to", "to_kind", "type", "evidence", "rule", "hops")
"""The columns of the CSV."""
NODE_COLUMNS = ("id", "kind", "name", "state", "hops")


def edge_rows(answer: Answer) -> Iterator[tuple[str, str, str, str, str, str, str, int | None]]:
    """One edge a row, by `EDGE_COLUMNS`; `hops` is the distance of the end that is farther from the roots."""
    kinds = {node.id: str(node.kind) for node in answer.nodes}
    hops = answer.hops
    for src, dst, edge_type, evidence, rule, *_ in answer.edges:
        near, far = hops.get(src, -1), hops.get(dst, -1)
        farther = max(near, far)
        yield (
            src,
            kinds.get(src, ""),
            dst,
            kinds.get(dst, ""),
            str(edge_type),
            str(evidence),
            rule,
            farther if farther >= 0 else None,
        )


def build_networkx(answer: Answer) -> networkx.MultiDiGraph[str]:
    """The shown nodes and edges. Keys of edges are their types; a second interval of one edge has its beginning too."""
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for node in answer.nodes:
        graph.add_node(
            node.id,
            kind=str(node.kind),
            name=node.name,
            state=str(node.state),
            hops=answer.hops.get(node.id),
            properties=dict(node.properties),
        )
    for edge in answer.edges:
        key = str(edge.type)
        if graph.has_edge(edge.src, edge.dst, key):
            key = f"{key}@{edge.valid_from}"
        graph.add_edge(
            edge.src,
            edge.dst,
            key,
            type=str(edge.type),
            evidence=str(edge.evidence),
            rule=edge.rule,
            valid_from=edge.valid_from,
            valid_to=edge.valid_to,
            properties=dict(edge.properties),
        )
    return graph


def build_frame(answer: Answer, of: str) -> pandas.DataFrame:
    """The edges or the nodes as a frame."""
    import pandas

    if of == "edges":
        return pandas.DataFrame(list(edge_rows(answer)), columns=list(EDGE_COLUMNS))
    if of != "nodes":
        raise UsageError(
            f"no frame of {of!r}", hint='of="edges" or of="nodes"', candidates=("edges", "nodes")
        )
    rows = [
        (node.id, str(node.kind), node.name, str(node.state), answer.hops.get(node.id))
        for node in answer.nodes
    ]
    return pandas.DataFrame(rows, columns=list(NODE_COLUMNS))
