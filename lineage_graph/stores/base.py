"""What a store of the graph must do, and the types that it takes and gives.

A store keeps claims with their records. It knows nothing of how references are spelt, of ranking, of gaps: those run once, in
Python, on the `Subgraph` that `reach` gives. To write one, subclass `Store`, and run `lineage_graph.testing.StoreSuite` on it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from lineage_graph.errors import NotFound, UsageError
from lineage_graph.graph import (
    Claimed,
    Edge,
    EdgeType,
    Evidence,
    Kind,
    Mention,
    Node,
    Origin,
    Record,
    Subgraph,
)

if TYPE_CHECKING:
    from lineage_graph.stores.cypher import CypherConsole
from lineage_graph.stores.stored import Stored, StoredOrigin


class Direction(StrEnum):
    """Which way an answer goes along the flow."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


class Follow(NamedTuple):
    """Which edges a walk may take."""

    evaluation: bool = False
    """Walk through evaluations: from data to the model judged on it, and back."""
    possible: bool = False
    """Take edges of evidence `possible` (SAME_CONTENT both ways)."""
    as_of: int | None = None
    """Only what was true at that time (epoch ms); alias intervals closed since then count."""
    read_between: tuple[int, int] | None = None
    """Downstream of a source: only READ_BY edges out of its datasets whose run began within."""


FOLLOW = Follow()
"""The walk that a plain question asks for."""


@dataclass(frozen=True, slots=True)
class NodeFilter:
    """What to find. Empty fields do not narrow. Texts are compared as they are, case kept."""

    kinds: frozenset[Kind] = frozenset()
    name: str | None = None
    """Any name of the node (its name, or one of `names`), or the last part of a source's path (its file name)."""
    name_contains: str | None = None
    """Case-insensitive substring of name, names or uri."""
    id_prefix: str | None = None
    properties: Mapping[str, object] = field(default_factory=dict)
    """Equal top-level properties; a key `params.x` or `tags.x` looks inside."""
    has: str | None = None
    """A property that must be there (`params.x` allowed)."""
    gap: str | None = None
    limit: int | None = None


class Seen(NamedTuple):
    """What a writing session did."""

    written: int
    unchanged: int
    retracted: int


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What `status` and `stats` are made of: counts of what is now."""

    type: str
    change: int
    origins: tuple[Origin, ...]
    nodes: Mapping[Kind, int]
    edges: Mapping[EdgeType, int]
    gaps: Mapping[str, Mapping[str, int]]
    """origin -> gap code -> nodes."""


class Changes(NamedTuple):
    """What changed after a point of the store's change sequence."""

    last: int
    nodes: tuple[str, ...]
    """Ids of nodes with a claim added, replaced or retracted, or an edge that begins or ends there."""


class Writing(ABC):
    """A session that brings one origin up to date. The store is locked for other writers while it lasts.

    Each `write` is durable on its own, at the latest when the next one ends, anything is asked of the same store, or the session
    is left; the first at once, and the origin is incomplete from then until `finish`. Leaving the session by an
    exception keeps what was written and the origin incomplete: the next crawl goes on from there.
    """

    @abstractmethod
    def fresh(self, records: Sequence[tuple[str, bytes]]) -> set[str]:
        """The keys that are new or whose fingerprint differs. All are marked as seen."""

    @abstractmethod
    def write(self, records: Iterable[Record]) -> None:
        """Replace these records' claims, and nothing else."""

    @abstractmethod
    def remove(self, keys: Iterable[str], *, past: bool = True) -> None:
        """Retract these records. Without `past` not even what was true of them stays: they never should have been."""

    @abstractmethod
    def finish(
        self, *, retract: bool, complete: bool = True, report: Mapping[str, object] | None = None
    ) -> Seen:
        """End it; with `retract`, records of the origin not seen in this session are retracted.

        Intervals of `OBSERVED` edges that are no longer claimed are closed at the session's `read_at`, not deleted.
        """

    def restore(self, records: Iterable[Stored]) -> None:
        """Put records there as another store kept them, in the place of what is there by these keys: times, intervals, past."""
        raise UsageError("this store takes no copies", hint="copy into another one")

    def finish_copy(self, whole_at: int | None) -> None:
        """End a session that restored: what it did not bring is gone without a trace, and the origin is as it was given."""
        raise UsageError("this store takes no copies", hint="copy into another one")


class Store(ABC):
    """A place that keeps the graph."""

    type: str = ""
    native_traversal: bool = False
    force: bool = False
    """Write also into a database that holds other data beside ours."""

    @property
    def address(self) -> str:
        """Where it lies, without credentials: two stores of one address are one. Empty where nobody else can reach it.

        A server may be asked for it.
        """
        return ""

    @abstractmethod
    def writing(self, origin: Origin) -> AbstractContextManager[Writing]:
        """A session for this origin; waits for another writer, raises `StoreBusy` after the store's patience."""

    @abstractmethod
    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        """The nodes that exist (stubs included), merged."""

    @abstractmethod
    def claims(self, ids: Sequence[str]) -> list[Claimed]:
        """Every claim on these nodes and on the edges that begin or end at them, closed intervals included."""

    @abstractmethod
    def find(self, wanted: NodeFilter) -> list[Node]:
        """Nodes that match, ordered by (kind, id)."""

    @abstractmethod
    def reach(
        self,
        roots: Sequence[str],
        direction: Direction,
        *,
        depth: int | None = None,
        follow: Follow = FOLLOW,
        limit: int | None = None,
    ) -> Subgraph:
        """All that is reached from the roots by the walk's rules, with distances, and every edge between what is reached.

        Nodes come by (hops, kind, id), edges by (from, type, to).
        """

    def outline(
        self, roots: Sequence[str], direction: Direction, *, depth: int | None = None, follow: Follow = FOLLOW
    ) -> Subgraph:
        """As `reach`, for those who show kinds and edges only: all else of nodes but their state, and all else of edges
        but type, evidence, rule and role, may be left out. A store that saves work by it should.
        """
        return self.reach(roots, direction, depth=depth, follow=follow)

    @abstractmethod
    def neighbours(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Subgraph:
        """These nodes, what lies one edge away (any direction, not-flow and possible edges too), and those edges."""

    def edges(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Sequence[Edge]:
        """The edges of `neighbours`, for those who need no nodes: a store should then load none."""
        return self.neighbours(ids, types).edges

    def ends(self, ids: Sequence[str], types: frozenset[EdgeType]) -> list[tuple[str, str]]:
        """Where the edges of `edges` begin and end, each pair once, in order."""
        return sorted({(edge.src, edge.dst) for edge in self.edges(ids, types)})

    def possible(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Subgraph:
        """The open edges of evidence `possible` at these nodes, and the nodes at both ends of those; nothing else is loaded.

        Every answer asks this of all its nodes, so a store that can should look at evidence where the edges lie.
        """
        around = self.neighbours(ids, types)
        edges = [
            edge for edge in around.edges if edge.evidence is Evidence.POSSIBLE and edge.valid_to is None
        ]
        ends = {end for edge in edges for end in (edge.src, edge.dst)}
        nodes = {uid: node for uid, node in around.nodes.items() if uid in ends}
        return Subgraph(nodes, edges, {uid: around.hops[uid] for uid in nodes})

    @abstractmethod
    def mentions(self, keys: Sequence[str]) -> list[Mention]:
        """Who is concerned by these keys."""

    @abstractmethod
    def mentioned(self, nodes: Sequence[str]) -> list[Mention]:
        """Which keys these nodes are concerned by."""

    @abstractmethod
    def records(self, origin: str, keys: Sequence[str] | None = None) -> Iterable[Record]:
        """The records of an origin as written, by key (shared ones inside); observed edges with their intervals."""

    def retracted(self, origin: str) -> Iterable[Record]:
        """Records that are gone and still stand behind past intervals; a store without history has none."""
        return ()

    def stored(self, origin: str) -> Iterable[Stored]:
        """All records of an origin by key, retracted ones too, with all that is kept of them."""
        raise UsageError(f"a {self.type} store cannot be copied", hint="ingest again into the other one")

    def stored_origin(self, origin: str) -> StoredOrigin:
        """The origin with what only a copy needs to know. Raises `NotFound` for an unknown one."""
        raise UsageError(f"a {self.type} store cannot be copied", hint="ingest again into the other one")

    @abstractmethod
    def changes(self, since: int) -> Changes:
        """What changed after `since`."""

    @abstractmethod
    def info(self) -> StoreInfo:
        """Origins and counts."""

    def state(self) -> tuple[int, tuple[Origin, ...]]:
        """The change number and the origins: every answer states them, so a store that counts slowly has a cheaper way."""
        info = self.info()
        return info.change, info.origins

    def identity(self) -> str:
        """What tells this graph from another one that may come to lie at its place; empty where there can be none."""
        return ""

    @abstractmethod
    def forget(self, origin: str) -> None:
        """As if it had never been ingested, alias history included. Raises `NotFound` for an unknown origin."""

    def console(self) -> CypherConsole | None:
        """Cypher on the store itself; a store that has none is asked through a mirror (`stores.table.open_console`)."""
        return None

    def backup(self, path: str) -> None:
        """A consistent copy, also while others read and write."""
        raise UsageError(
            f"a {self.type} store has no backup of its own, so {path} was not written",
            hint="back up a graph that is kept in a file: --store PATH",
        )

    def close(self) -> None:  # noqa: B027 - a store that holds nothing open has nothing to do
        """Let go of files and connections."""


def check_known(origin: str, known: Sequence[str]) -> None:
    """Raise `NotFound` for an origin that is not among those known."""
    if origin not in known:
        raise NotFound(
            f"nothing was ingested from {origin}", hint="`status` lists the origins.", candidates=known
        )
