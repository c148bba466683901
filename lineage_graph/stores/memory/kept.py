"""Records as the store in memory keeps them, and the networkx graph that they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lineage_graph.graph import OBSERVED, Claimed, EdgeClaim, NodeClaim, Origin, Record

if TYPE_CHECKING:
    from networkx import MultiDiGraph


@dataclass(slots=True, eq=False)
class Kept:
    """A record as the store has it. `intervals` are its observed edges; `past` is what was tracked, until when."""

    origin: str
    record: Record
    first_seen: int
    last_seen: int
    intervals: list[EdgeClaim] = field(default_factory=list)
    retracted_at: int | None = None
    past: dict[tuple[str, int], dict[str, object]] = field(default_factory=dict)
    is_shared: bool = False

    @property
    def edges(self) -> list[EdgeClaim]:
        """What it claims of edges, intervals last."""
        return [*(edge for edge in self.record.edges if edge.type not in OBSERVED), *self.intervals]

    @property
    def nodes(self) -> set[str]:
        """All that it speaks of."""
        ends = {end for edge in self.edges for end in (edge.src, edge.dst)}
        return ends.union(claim.id for claim in self.record.nodes)


class Records:
    """All that a store in memory holds."""

    def __init__(self) -> None:
        self.origins: dict[str, Origin] = {}
        self.whole_at: dict[str, int] = {}
        self.by_key: dict[tuple[str, str], Kept] = {}
        self.changed: dict[str, int] = {}
        self.change = 0
        self._graph: MultiDiGraph[str] | None = None

    def of_origin(self, origin: str) -> list[Kept]:
        """The records of an origin, shared and past ones too, by key."""
        return [kept for (of, _), kept in sorted(self.by_key.items()) if of == origin]

    def drop(self, records: Iterable[Kept]) -> None:
        """Take these out."""
        gone = list(records)
        for kept in gone:
            del self.by_key[kept.origin, kept.record.key]
        self.touch(gone)

    def touch(self, records: Iterable[Kept]) -> None:
        """All that these records speak of has changed."""
        self.change += 1
        self._graph = None
        self.changed.update((node, self.change) for kept in records for node in kept.nodes)

    def end_crawl(self, origin: str, at: int, *, whole: bool) -> None:
        """A crawl ended; a whole one has seen all that is there."""
        if whole:
            self.whole_at[origin] = at
        self._graph = None

    def end_copy(self, origin: str, whole_at: int | None) -> None:
        """A copy ended: the origin was read whole when it was in the store that it comes from."""
        self.whole_at.pop(origin, None)
        if whole_at is not None:
            self.whole_at[origin] = whole_at
        self._graph = None

    def is_observed(self, kept: Kept) -> bool:
        """Whether an interval begins or ends at a node that a record claims."""
        intervals = [edge for other in self.by_key.values() for edge in other.intervals]
        observed = {end for edge in intervals for end in (edge.src, edge.dst)}
        return any(claim.id in observed for claim in kept.record.nodes)

    @property
    def graph(self) -> MultiDiGraph[str]:
        """The graph: a node has its `claims`, each with whether it is retracted; an edge is one `claim`."""
        if self._graph is None:
            self._graph = self._build()
        return self._graph

    def _build(self) -> MultiDiGraph[str]:
        from networkx import MultiDiGraph

        graph: MultiDiGraph[str] = MultiDiGraph()
        for (origin, key), kept in sorted(self.by_key.items()):
            for claim in kept.record.nodes:
                graph.add_node(claim.id)
                claims = graph.nodes[claim.id].setdefault("claims", [])
                claims.append((kept.retracted_at is not None, self._claimed(kept, claim)))
            for place, edge in enumerate(kept.edges):
                graph.add_edge(edge.src, edge.dst, (origin, key, place), claim=self._claimed(kept, edge))
        return graph

    def _claimed(self, kept: Kept, claim: NodeClaim | EdgeClaim) -> Claimed:
        last_seen = kept.last_seen
        if kept.retracted_at is None:
            last_seen = max(last_seen, self.whole_at.get(kept.origin, last_seen))
        return Claimed(kept.origin, kept.record.key, claim, kept.first_seen, last_seen)
