"""The graph of a report: everything above and below it and its evaluations; and the same, short enough to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lineage_graph.governance.judging import Judgements
from lineage_graph.governance.material import Material
from lineage_graph.graph import KIND_ORDER, Edge, EdgeType, Kind, Node
from lineage_graph.query.answer import WHOLE, Answer

NOT_DRAWN = frozenset({Kind.FEATURE, Kind.FEATURE_SET})
"""Columns are listed; as boxes they would hide the rest."""


def whole_graph(material: Material, judgements: Judgements) -> Answer:
    """Both answers and the evaluations as one: nodes by (hops, kind, id), hops counted in both directions."""
    nodes = {
        **material.nodes,
        **{node.id: node for node in judgements.nodes if node.id not in material.nodes},
    }
    hops = {**material.downstream.hops, **material.upstream.hops}
    far = max(hops.values(), default=0) + 1
    hops.update((id, far) for id in nodes if id not in hops)
    edges = {edge.key: edge for edge in (*judgements.edges, *material.edges)}
    return _answer(material.upstream, nodes, edges, hops)


def drawn_graph(whole: Answer) -> Answer:
    """Without columns, and with data that one run wrote and the next read as one box."""
    nodes = {node.id: node for node in whole.nodes if node.kind not in NOT_DRAWN}
    same = _continued(whole, nodes)
    edges: dict[tuple[str, str, str], Edge] = {}
    for edge in whole.edges:
        src, dst = same.get(edge.src, edge.src), same.get(edge.dst, edge.dst)
        if src in nodes and dst in nodes and src != dst:
            edges.setdefault((src, edge.type, dst), edge._replace(src=src, dst=dst))
    kept = {id: node for id, node in nodes.items() if id not in same}
    return _answer(whole, kept, edges, whole.hops)


def _continued(whole: Answer, nodes: Mapping[str, Node]) -> dict[str, str]:
    """Data as it was written -> the same data as it was read next, where that is one and in the same place."""
    onward: dict[str, list[str]] = {}
    for edge in whole.edges:
        if edge.type is EdgeType.CONTINUES_AS and edge.src in nodes and edge.dst in nodes:
            onward.setdefault(edge.src, []).append(edge.dst)
    same = {
        src: ends[0]
        for src, ends in onward.items()
        if len(ends) == 1 and nodes[src].properties.get("source") == nodes[ends[0]].properties.get("source")
    }
    return {src: _last(same, src) for src in same}


def _last(same: Mapping[str, str], src: str) -> str:
    """The end of a chain, which no cycle can make endless."""
    seen = {src}
    while (onward := same.get(src)) is not None and onward not in seen:
        seen.add(onward)
        src = onward
    return src


def _answer(
    like: Answer,
    nodes: Mapping[str, Node],
    edges: Mapping[tuple[str, str, str], Edge],
    hops: Mapping[str, int],
) -> Answer:
    ordered = sorted(nodes.values(), key=lambda node: (hops[node.id], KIND_ORDER[node.kind], node.id))
    return replace(
        like,
        nodes=tuple(ordered),
        hops={node.id: hops[node.id] for node in ordered},
        edges=tuple(edges[key] for key in sorted(edges)),
        paths=(),
        truncated=WHOLE,
        counts={str(k): n for k in KIND_ORDER if (n := sum(node.kind is k for node in ordered))},
    )
