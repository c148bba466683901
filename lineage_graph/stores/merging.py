"""From claims to what a reader sees, in an order that no arrival can change. Pure, for all stores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from lineage_graph.graph import KIND_ORDER, Claimed, Edge, EdgeClaim, Node, NodeClaim, Subgraph, merge_edge

Retracted = tuple[bool, Claimed]
"""A claim, and whether its record is gone."""


def speaking_claims(claims: Sequence[Retracted]) -> list[Claimed]:
    """The claims that make a node: those of records that are there, else those of records that were."""
    return [claim for gone, claim in claims if not gone] or [claim for _, claim in claims]


def merge_edges(claims: Iterable[Claimed], *, apart: bool = False) -> list[Edge]:
    """Edges by (from, type, to). `apart`: what ended is an edge of its own for each interval, before what goes on."""
    grouped: dict[tuple[str, str, str, int, int, int], list[Claimed]] = defaultdict(list)
    for claimed in claims:
        grouped[_edge_key(claimed, apart)].append(claimed)
    return [
        merge_edge(group if len(group) == 1 else sorted(group, key=order_edge))
        for _, group in sorted(grouped.items(), key=itemgetter(0))
    ]


def _edge_key(claimed: Claimed, apart: bool) -> tuple[str, str, str, int, int, int]:
    claim = claimed.claim
    assert isinstance(claim, EdgeClaim)
    if claim.valid_to is None or not apart:
        return (claim.src, claim.type, claim.dst, 1, 0, 0)
    return (claim.src, claim.type, claim.dst, 0, _time(claim.valid_from), claim.valid_to)


def _time(at: int | None) -> int:
    return -1 if at is None else at


def order_edge(claimed: Claimed) -> tuple[str, str, str, int, int, str]:
    """By origin, record, rule, interval and row: what `merge_edge` leaves equal is told apart."""
    claim = claimed.claim
    assert isinstance(claim, EdgeClaim)
    return (
        claimed.origin,
        claimed.record,
        claim.rule,
        _time(claim.valid_from),
        _time(claim.valid_to),
        claim.ref,
    )


def order_claims(claims: Iterable[Claimed]) -> list[Claimed]:
    """Claims on nodes by (id, origin, record), then claims on edges by (from, type, to, origin, record, …)."""
    nodes: list[Claimed] = []
    edges: list[Claimed] = []
    for claimed in claims:
        (nodes if isinstance(claimed.claim, NodeClaim) else edges).append(claimed)
    nodes.sort(key=lambda claimed: (claimed.claim.id, claimed.origin, claimed.record))  # type: ignore[union-attr]
    edges.sort(key=_order_edges)
    return [*nodes, *edges]


def _order_edges(claimed: Claimed) -> tuple[object, ...]:
    claim = claimed.claim
    assert isinstance(claim, EdgeClaim)
    return (claim.src, claim.type, claim.dst, *order_edge(claimed))


def order_subgraph(nodes: Mapping[str, Node], edges: Sequence[Edge], hops: Mapping[str, int]) -> Subgraph:
    """A subgraph whose nodes come by (hops, kind, id)."""
    order = sorted(nodes, key=lambda node: (hops[node], KIND_ORDER[nodes[node].kind], node))
    return Subgraph({node: nodes[node] for node in order}, edges, {node: hops[node] for node in order})
