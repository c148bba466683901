"""The graph as a networkx MultiDiGraph: for notebooks, and the reference that the other stores are compared with.

The plainest code that does what a store must: every answer looks at all that it needs, nothing is indexed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING

from lineage_graph.errors import StoreBusy
from lineage_graph.graph import (
    CLOSES,
    Claimed,
    EdgeClaim,
    EdgeType,
    Kind,
    Mention,
    Node,
    NodeClaim,
    Origin,
    Record,
    Subgraph,
    merge_node,
)
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import (
    FOLLOW,
    Changes,
    Direction,
    Follow,
    NodeFilter,
    Store,
    StoreInfo,
    Writing,
    check_known,
)
from lineage_graph.stores.intervals import as_it_was
from lineage_graph.stores.matching import by_kind_and_id, matches
from lineage_graph.stores.memory.kept import Kept, Records
from lineage_graph.stores.memory.writing import MemoryWriting
from lineage_graph.stores.merging import merge_edges, order_claims, order_subgraph, speaking_claims
from lineage_graph.stores.stored import Past, Stored, StoredOrigin
from lineage_graph.stores.walk import Step, is_usable, mark_edge, walk

if TYPE_CHECKING:
    from networkx import MultiDiGraph

Key = tuple[str, str, object]
"""Of one edge of the MultiDiGraph."""


class MemoryStore(Store):
    """A graph that lives as long as its object."""

    type = "memory"

    def __init__(self, url: str = "memory:") -> None:
        self._records = Records()
        self._being_written = False

    @property
    def graph(self) -> MultiDiGraph[str]:
        """All of it. A node has its `claims`, each with whether it is retracted; an edge is one `claim`."""
        return self._records.graph

    def _node(self, node: str, as_of: int | None = None) -> Node:
        claims = self.graph.nodes[node].get("claims", [])
        if as_of is not None:
            claims = [(gone, self._as_of(claimed, as_of)) for gone, claimed in claims]
        return merge_node(node, kind_of(node), speaking_claims(claims))

    def _as_of(self, claimed: Claimed, as_of: int) -> Claimed:
        claim = claimed.claim
        assert isinstance(claim, NodeClaim)
        past = self._records.by_key[claimed.origin, claimed.record].past
        until = min((until for node, until in past if node == claim.id and until > as_of), default=None)
        return claimed if until is None else claimed._replace(claim=as_it_was(claim, past[claim.id, until]))

    def _known(self, ids: Iterable[str]) -> list[str]:
        return [node for node in dict.fromkeys(ids) if node in self.graph]

    def _edges(self, nodes: Sequence[str], outward: bool) -> Iterator[tuple[Key, Claimed, EdgeClaim]]:
        edges = self.graph.out_edges if outward else self.graph.in_edges
        for src, dst, key in edges(nodes, keys=True):
            claimed = self.graph.edges[src, dst, key]["claim"]
            yield (src, dst, key), claimed, claimed.claim

    def _around(self, nodes: Sequence[str]) -> Iterable[Claimed]:
        both = [*self._edges(nodes, outward=True), *self._edges(nodes, outward=False)]
        return {key: claimed for key, claimed, _ in both}.values()

    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        """The nodes that exist (stubs included), merged, in the order asked."""
        return {node: self._node(node) for node in self._known(ids)}

    def claims(self, ids: Sequence[str]) -> list[Claimed]:
        """Every claim on these nodes and on the edges that begin or end at them, closed intervals included."""
        known = self._known(ids)
        nodes = [claimed for node in known for _, claimed in self.graph.nodes[node].get("claims", [])]
        return order_claims([*nodes, *self._around(known)])

    def find(self, wanted: NodeFilter) -> list[Node]:
        """Nodes that match, ordered by (kind, id)."""
        found = [node for node in map(self._node, self.graph) if matches(node, wanted)]
        return sorted(found, key=by_kind_and_id)[: wanted.limit]

    def reach(
        self,
        roots: Sequence[str],
        direction: Direction,
        *,
        depth: int | None = None,
        follow: Follow = FOLLOW,
        limit: int | None = None,
    ) -> Subgraph:
        """All that is reached from the roots by the walk's rules, with distances and the edges followed."""

        def expand(
            nodes: Sequence[str], outward: bool, types: frozenset[EdgeType]
        ) -> Iterator[Step[str, Key]]:
            for key, _, claim in self._edges(nodes, outward):
                if claim.type in types and is_usable(claim, follow):
                    here, there = (claim.src, claim.dst) if outward else (claim.dst, claim.src)
                    yield here, there, mark_edge(claim), claim.valid_from, key

        walked = walk(self._known(roots), direction, depth, follow, expand)
        nodes = {node: self._node(node, follow.as_of) for node in walked.hops}
        claims = [self.graph.edges[key]["claim"] for key in walked.claims]
        return order_subgraph(nodes, merge_edges(claims), walked.hops)

    def neighbours(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Subgraph:
        """These nodes, what lies one edge away, and those edges; past intervals are edges of their own."""
        roots = self._known(ids)
        edges = merge_edges(self._around(roots), apart=True)
        edges = [edge for edge in edges if not types or edge.type in types]
        ends = {end for edge in edges for end in (edge.src, edge.dst)}
        nodes = {node: self._node(node) for node in ends.union(roots)}
        return order_subgraph(nodes, edges, {node: int(node not in roots) for node in nodes})

    def mentions(self, keys: Sequence[str]) -> list[Mention]:
        """Who is concerned by these keys, by (key, node)."""
        wanted = frozenset(keys)
        return [mention for mention in self._mentions() if mention.key in wanted]

    def mentioned(self, nodes: Sequence[str]) -> list[Mention]:
        """Which keys these nodes are concerned by, by (key, node)."""
        wanted = frozenset(nodes)
        return [mention for mention in self._mentions() if mention.node in wanted]

    def _mentions(self) -> list[Mention]:
        return sorted({mention for kept in self._records.by_key.values() for mention in kept.record.mentions})

    def records(self, origin: str, keys: Sequence[str] | None = None) -> Iterable[Record]:
        """The records of an origin by key, as written (shared ones inside); intervals with their times."""
        wanted = None if keys is None else frozenset(keys)
        for kept in self._records.of_origin(origin):
            is_live = not kept.is_shared and kept.retracted_at is None
            if is_live and (wanted is None or kept.record.key in wanted):
                yield self._as_written(kept)

    def retracted(self, origin: str) -> Iterable[Record]:
        """Records that are gone and still stand behind past intervals."""
        for kept in self._records.of_origin(origin):
            if kept.retracted_at is not None:
                yield self._as_written(kept)

    def _as_written(self, kept: Kept) -> Record:
        keys = dict.fromkeys(inner.key for inner in kept.record.shared)
        shared = [self._records.by_key[kept.origin, key] for key in keys]
        return kept.record._replace(
            edges=tuple(kept.edges), shared=tuple(self._as_written(inner) for inner in shared)
        )

    def stored(self, origin: str) -> Iterable[Stored]:
        """All records of an origin by key, retracted ones too, with all that is kept of them."""
        for kept in self._records.of_origin(origin):
            if not kept.is_shared:
                yield self._as_kept(kept)

    def _as_kept(self, kept: Kept) -> Stored:
        past = [
            Past(node, until, tracked)
            for (node, until), tracked in sorted(kept.past.items(), key=itemgetter(0))
        ]
        keys = dict.fromkeys(inner.key for inner in kept.record.shared)
        shared = [self._as_kept(self._records.by_key[kept.origin, key]) for key in keys]
        record = kept.record._replace(edges=tuple(kept.edges), shared=())
        return Stored(record, kept.first_seen, kept.last_seen, kept.retracted_at, tuple(past), tuple(shared))

    def stored_origin(self, origin: str) -> StoredOrigin:
        """The origin with what only a copy needs to know."""
        check_known(origin, sorted(self._records.origins))
        return StoredOrigin(self._records.origins[origin], self._records.whole_at.get(origin))

    def changes(self, since: int) -> Changes:
        """What changed after `since`, ids in order."""
        nodes = sorted(node for node, at in self._records.changed.items() if at > since)
        return Changes(self._records.change, tuple(nodes))

    def info(self) -> StoreInfo:
        """Origins and counts of what is now."""
        live = [kept for kept in self._records.by_key.values() if kept.retracted_at is None]
        claims = [(kept.origin, claim) for kept in live for claim in kept.record.nodes]
        edges = {
            (edge.src, edge.type, edge.dst) for kept in live for edge in kept.edges if edge.valid_to is None
        }
        nodes = {claim.id for _, claim in claims}.union(*((src, dst) for src, _, dst in edges))
        closed = {(gap, claim.id) for _, claim in claims for gap in claim.gaps if gap.startswith(CLOSES)}
        gaps = {
            (origin, gap, claim.id)
            for origin, claim in claims
            for gap in claim.gaps
            if not gap.startswith(CLOSES) and (CLOSES + gap, claim.id) not in closed
        }
        by_kind = Counter(kind_of(node) for node in nodes)
        by_type = Counter(edge_type for _, edge_type, _ in edges)
        return StoreInfo(
            self.type,
            self._records.change,
            tuple(origin for _, origin in sorted(self._records.origins.items())),
            {kind: by_kind[kind] for kind in Kind if kind in by_kind},
            {edge_type: by_type[edge_type] for edge_type in EdgeType if edge_type in by_type},
            {
                origin: dict(sorted(Counter(gap for of, gap, _ in gaps if of == origin).items()))
                for origin in sorted({of for of, _, _ in gaps})
            },
        )

    @contextmanager
    def writing(self, origin: Origin) -> Iterator[Writing]:
        """A session for this origin. There is nothing to wait for: another one is in the same thread."""
        if self._being_written:
            raise StoreBusy("the graph in memory is being written", hint="End the other session first.")
        self._being_written = True
        try:
            yield MemoryWriting(self._records, origin)
        finally:
            self._being_written = False

    def forget(self, origin: str) -> None:
        """As if it had never been ingested, alias history included."""
        records = self._records
        check_known(origin, sorted(self._records.origins))
        records.drop(records.of_origin(origin))
        past = [kept for kept in records.by_key.values() if kept.retracted_at is not None]
        records.drop([kept for kept in past if not kept.intervals and not records.is_observed(kept)])
        del records.origins[origin]
        records.whole_at.pop(origin, None)
