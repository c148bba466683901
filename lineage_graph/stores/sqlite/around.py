"""What lies one edge away, by conditions that are decided where the edges lie: a busy node has a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph.graph import Claimed, Edge, EdgeType, Evidence, Subgraph
from lineage_graph.stores.merging import merge_edges, order_subgraph
from lineage_graph.stores.sqlite.loading import load_nodes
from lineage_graph.stores.sqlite.reading import Reading
from lineage_graph.stores.sqlite.schema import EVIDENCE_CODES, TYPE_CODES


def neighbours(reading: Reading, ids: Sequence[str], types: frozenset[EdgeType]) -> Subgraph:
    """These nodes, what lies one edge away, and those edges; past intervals are edges of their own."""
    edges = edges_at(reading, ids, types)
    roots = reading.numbers(ids)
    ends = {end for edge in edges for end in (edge.src, edge.dst)}
    around = reading.numbers([*roots, *sorted(ends - roots.keys())])
    nodes = {node.id: node for node in load_nodes(reading, around.values()).values()}
    return order_subgraph(nodes, edges, {uid: int(uid not in roots) for uid in nodes})


def edges_at(reading: Reading, ids: Sequence[str], types: frozenset[EdgeType]) -> list[Edge]:
    """The edges at these nodes, without what lies at their other ends."""
    claims = _claims(reading, list(reading.numbers(ids).values()), _among(types))
    return merge_edges((claims[place] for place in sorted(claims)), apart=True)


def possible(reading: Reading, ids: Sequence[str], types: frozenset[EdgeType]) -> Subgraph:
    """The open edges at these nodes that nothing says for sure, and their ends."""
    roots = reading.numbers(ids)
    claims = _claims(reading, list(roots.values()), _among(types) + _HINTED)
    edges = merge_edges(claims[place] for place in sorted(claims))
    ends = sorted({end for edge in edges for end in (edge.src, edge.dst)})
    nodes = {node.id: node for node in load_nodes(reading, reading.numbers(ends).values()).values()}
    return order_subgraph(nodes, edges, {uid: int(uid not in roots) for uid in nodes})


_POSSIBLE = EVIDENCE_CODES[Evidence.POSSIBLE]
_HINTED = f""" AND e.evidence = {_POSSIBLE} AND e.valid_to IS NULL AND NOT EXISTS (
SELECT 1 FROM edge s WHERE s.src = e.src AND s.type = e.type AND s.dst = e.dst AND s.evidence <> {_POSSIBLE} AND s.valid_to IS NULL)"""


def _among(types: frozenset[EdgeType]) -> str:
    return f" AND e.type IN ({','.join(str(TYPE_CODES[each]) for each in sorted(types))})" if types else ""


def _claims(reading: Reading, numbers: Sequence[int], more: str) -> dict[int, Claimed]:
    return reading.edge_claims("src", numbers, {}, more) | reading.edge_claims("dst", numbers, {}, more)
