"""Graphs drawn by hand: a small real store, and short words for claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lineage_graph.graph import (
    Claimed,
    EdgeClaim,
    EdgeType,
    Evidence,
    Mention,
    Node,
    NodeClaim,
    Origin,
    Record,
    State,
    Subgraph,
    merge_edge,
    merge_node,
)
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import (
    FOLLOW,
    Changes,
    Direction,
    Follow,
    NodeFilter,
    Seen,
    Store,
    StoreInfo,
    Writing,
)
from lineage_graph.stores.matching import by_kind_and_id, matches
from lineage_graph.stores.walk import is_usable, mark_edge, walk

ORIGIN = Origin("mlflow:prod", "mlflow", read_at=1_000, complete=True)


class DrawnStore(Store):
    """A store that holds claims in a list and can only be read."""

    type = "drawn"

    def __init__(self, claims: Iterable[Claimed], origins: Sequence[Origin] = (ORIGIN,)) -> None:
        self.all = list(claims)
        self.origins = tuple(origins)
        self.of_node: dict[str, list[Claimed]] = defaultdict(list)
        self.edges: list[tuple[EdgeClaim, Claimed]] = []
        self.named: set[str] = set()
        for claimed in self.all:
            if isinstance(claimed.claim, NodeClaim):
                self.of_node[claimed.claim.id].append(claimed)
                self.named.add(claimed.claim.id)
            else:
                self.edges.append((claimed.claim, claimed))
                self.named |= {claimed.claim.src, claimed.claim.dst}

    def writing(self, origin: Origin):
        raise NotImplementedError

    def get(self, ids):
        return {id: self._node(id) for id in ids if id in self.named}

    def _node(self, id: str) -> Node:
        return merge_node(id, kind_of(id), self.of_node.get(id, ()))

    def claims(self, ids):
        wanted = set(ids)
        own = [claimed for id in ids for claimed in self.of_node.get(id, ())]
        return own + [each for edge, each in self.edges if {edge.src, edge.dst} & wanted]

    def find(self, wanted: NodeFilter):
        found = sorted(
            filter(lambda node: matches(node, wanted), map(self._node, self.named)), key=by_kind_and_id
        )
        return found[: wanted.limit]

    def reach(
        self,
        roots: Sequence[str],
        direction: Direction,
        *,
        depth: int | None = None,
        follow: Follow = FOLLOW,
        limit: int | None = None,
    ) -> Subgraph:
        def expand(ids, outward, types):
            for edge, claimed in self.edges:
                here, there = (edge.src, edge.dst) if outward else (edge.dst, edge.src)
                if here in ids and edge.type in types and is_usable(edge, follow):
                    mark = mark_edge(edge)
                    yield here, there, edge.type, mark, edge.valid_from, self.all.index(claimed)

        hops, taken = walk([root for root in roots if root in self.named], direction, depth, follow, expand)
        return Subgraph(self.get(hops), self._merge([self.all[place] for place in taken]), hops)

    def _merge(self, claims: Iterable[Claimed]):
        groups = defaultdict(list)
        for claimed in claims:
            claim = claimed.claim
            groups[claim.src, claim.dst, claim.type].append(claimed)
        return [merge_edge(group) for group in groups.values()]

    def neighbours(self, ids, types=frozenset()):
        beside = [
            each
            for edge, each in self.edges
            if {edge.src, edge.dst} & set(ids) and (not types or edge.type in types) and edge.valid_to is None
        ]
        ends = {end for each in beside for end in (each.claim.src, each.claim.dst)} | (set(ids) & self.named)
        return Subgraph(self.get(ends), self._merge(beside), {end: int(end not in ids) for end in ends})

    def mentions(self, keys) -> list[Mention]:
        return []

    def mentioned(self, nodes) -> list[Mention]:
        return []

    def records(self, origin, keys=None) -> Iterable[Record]:
        return ()

    def changes(self, since: int) -> Changes:
        return Changes(1, ())

    def info(self) -> StoreInfo:
        nodes = defaultdict(int)
        gaps = defaultdict(int)
        for id in self.named:
            nodes[kind_of(id)] += 1
            for code in self._node(id).gaps:
                gaps[code] += 1
        edges = defaultdict(int)
        for edge in self._merge(each for edge, each in self.edges if edge.valid_to is None):
            edges[edge.type] += 1
        return StoreInfo(self.type, 7, self.origins, nodes, edges, {"mlflow:prod": gaps})

    def forget(self, origin: str) -> None:
        raise NotImplementedError


__all__ = ["DrawnStore", "Seen", "Writing", "draw", "edge", "node"]

TYPES = {
    "ver": EdgeType.HAS_VERSION,
    "read": EdgeType.READ_BY,
    "made": EdgeType.PRODUCED,
    "reg": EdgeType.REGISTERED_AS,
    "alias": EdgeType.ALIASED_AS,
    "serve": EdgeType.SERVED_BY,
    "feed": EdgeType.FEEDS,
    "eval": EdgeType.EVALUATED_IN,
    "wrote": EdgeType.WROTE,
    "load": EdgeType.LOADED_BY,
    "copy": EdgeType.COPIED_TO,
    "of": EdgeType.VERSION_OF,
    "in": EdgeType.IN_EXPERIMENT,
    "same": EdgeType.SAME_CONTENT,
    "col": EdgeType.HAS_COLUMN,
}


def node(
    id: str, *gaps: str, name: str | None = None, state: State = State.LIVE, seen: int = 1_000, **properties
):
    """A node's claim, by its id."""
    kind = kind_of(id)
    claim = NodeClaim(id, kind, id.split(":", 1)[1] if name is None else name, properties, gaps, state)
    return Claimed("mlflow:prod", f"nodes/{id}", claim, seen, seen)


def edge(
    src: str,
    word: str,
    dst: str,
    *,
    role: str | None = None,
    evidence: Evidence = Evidence.LOGGED,
    rule: str = "drawn",
    ref: str = "",
    text: str | None = None,
    valid_from: int | None = None,
    valid_to: int | None = None,
) -> Claimed:
    """An edge's claim: `edge("run:r", "made", "model:m")`."""
    properties = {key: value for key, value in (("role", role), ("text", text)) if value is not None}
    claim = EdgeClaim(
        src, dst, TYPES[word], evidence, rule, ref or f"{src}>{dst}", valid_from, valid_to, properties
    )
    return Claimed("mlflow:prod", f"edges/{src}>{dst}", claim, 1_000, 1_000)


def draw(*claims: Claimed, origins: Sequence[Origin] = (ORIGIN,)) -> DrawnStore:
    """A store with these claims."""
    return DrawnStore(claims, origins)
