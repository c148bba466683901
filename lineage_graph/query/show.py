"""Everything that is known of one node: its neighbours, every claim with its record, its history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from lineage_graph.graph import (
    KIND_ORDER,
    Claimed,
    Edge,
    EdgeClaim,
    EdgeType,
    Evidence,
    Kind,
    Node,
    merge_edge,
)
from lineage_graph.query.answer import WHOLE, Answer, Options, Possible, Root, Truncated, Verdict
from lineage_graph.query.gaps import codes_of, said_of
from lineage_graph.query.possible import why
from lineage_graph.query.references import resolve_reference
from lineage_graph.query.spelling import echo
from lineage_graph.query.traversal import PLAIN, read_graph
from lineage_graph.stores.base import Store


def show(store: Store, ref: str, options: Options = PLAIN, *, kinds: Collection[Kind] = ()) -> Answer:
    """The node at hops 0, what lies beside it at 1, past alias intervals and every claim. Raises `NotFound` or `Ambiguous`."""
    node = resolve_reference(store, ref, kinds=kinds)
    claims = sorted(store.claims([node.id]), key=_claim_order)
    edges = _edges(claims)
    sure = [edge for edge in edges if edge.evidence is not Evidence.POSSIBLE]
    beside = store.get(sorted({end for edge in edges for end in (edge.src, edge.dst)} | {node.id}))
    near = {end for edge in sure for end in (edge.src, edge.dst)} - {node.id}
    wanted = [
        beside[id] for id in near if id in beside and (not options.kinds or beside[id].kind in options.kinds)
    ]
    ordered = sorted(wanted, key=lambda each: (KIND_ORDER[each.kind], each.id))
    shown = ordered if options.limit is None else ordered[: options.limit]
    names = {each.id for each in shown} | {node.id}
    kept = tuple(edge for edge in sure if edge.src in names and edge.dst in names)
    left_out = len(ordered) - len(shown)
    graph = read_graph(store)
    return Answer(
        command="show",
        direction=None,
        roots=(Root(echo(ref), node.id),),
        options=options,
        graph=graph,
        verdict=Verdict.FOUND,
        nodes=(node, *shown),
        hops={id: int(id != node.id) for id in names},
        edges=kept,
        possible=tuple(_possible(store, edges, node, beside)),
        gaps=tuple(said_of(node, code, graph.origins) for code in codes_of(node)),
        counts=_counts([node, *ordered]),
        truncated=Truncated(left_out, len(sure) - len(kept), "limit") if left_out else WHOLE,
        claims=tuple(claims),
    )


def _edges(claims: Iterable[Claimed]) -> list[Edge]:
    """One edge for each interval: an alias that stood twice on one version has two."""
    groups: dict[tuple[str, str, str, int, int | None], list[Claimed]] = defaultdict(list)
    for claimed in claims:
        claim = claimed.claim
        if isinstance(claim, EdgeClaim):
            key = (claim.src, claim.type, claim.dst)
            interval = (claim.valid_from or 0, claim.valid_to) if claim.type == "ALIASED_AS" else (0, None)
            groups[(*key, *interval)].append(claimed)
    return [merge_edge(groups[key]) for key in sorted(groups, key=lambda key: (key[:4], key[4] or 0))]


def _possible(store: Store, edges: Iterable[Edge], node: Node, beside: dict[str, Node]) -> Iterable[Possible]:
    hints = [edge for edge in edges if edge.evidence is Evidence.POSSIBLE]
    readers = _readers(store, hints)
    for edge in hints:
        other = edge.dst if edge.src == node.id else edge.src
        if other in beside:
            runs = readers.get(edge.dst, []) if edge.type is EdgeType.HAS_VERSION else []
            yield Possible(beside[other], why(edge, node, beside[other], *runs), edge.rule)


def _readers(store: Store, hints: Iterable[Edge]) -> dict[str, list[Node]]:
    """The runs that hint at data, by that data: the edge to its location names none."""
    data = sorted({edge.dst for edge in hints if edge.type is EdgeType.HAS_VERSION})
    readers: dict[str, list[Node]] = defaultdict(list)
    if data:
        around = store.possible(data, frozenset({EdgeType.READ_BY}))
        for edge in around.edges:
            readers[edge.src].append(around.nodes[edge.dst])
    return readers


def _counts(nodes: list[Node]) -> dict[str, int]:
    counted = {str(kind): sum(node.kind is kind for node in nodes) for kind in KIND_ORDER}
    return {kind: number for kind, number in counted.items() if number}


def _claim_order(claimed: Claimed) -> tuple[bool, str, str, str, str, int]:
    claim = claimed.claim
    if isinstance(claim, EdgeClaim):
        return (True, claim.src, claim.type, claim.dst, claimed.ref, claim.valid_from or 0)
    return (False, claim.id, "", "", claimed.ref, 0)
