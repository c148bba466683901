"""The team's store: a graph in a Neo4j database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from lineage_graph.graph import Claimed, Edge, EdgeType, Mention, Node, Origin, Record, Subgraph
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
from lineage_graph.stores.neo4j.around import claims_on, edges_at, get_nodes, neighbours, possible
from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.stores.neo4j.counting import ask_info, ask_state
from lineage_graph.stores.neo4j.finding import find_nodes
from lineage_graph.stores.neo4j.lease import leased
from lineage_graph.stores.neo4j.levels import reach_by_levels
from lineage_graph.stores.neo4j.listing import list_changes, list_mentions, list_records, list_stored
from lineage_graph.stores.neo4j.reaching import reach
from lineage_graph.stores.neo4j.schema import check_store, make_store
from lineage_graph.stores.stored import Stored, StoredOrigin

if TYPE_CHECKING:
    from lineage_graph.stores.cypher import CypherConsole
    from lineage_graph.stores.neo4j.writing import Neo4jWriting

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
"""How long an ingest waits for another one."""


class Neo4jStore(Store):
    """A graph in one database of a Neo4j server. Opening it does nothing; the first question or ingest connects."""

    type = "neo4j"
    native_traversal = True

    def __init__(self, url: str, *, force: bool = False, patience: float = PATIENCE_SECONDS) -> None:
        self.connection = Connection(url)
        self.force = force
        """Whether the graph may be put beside other data. Once it is there, nobody asks."""
        self._patience = patience
        self._is_checked = False
        self._writing: Neo4jWriting | None = None

    @property
    def address(self) -> str:
        """The database by the server's own id for it, whatever name leads there."""
        ((name, number),) = self.connection.read("CALL db.info() YIELD name, id RETURN name, id")
        return f"the Neo4j database {name} ({number})"

    def _ask(self, query: str, /, **parameters: object) -> list[list[object]]:
        """One reading statement on a graph that is there."""
        return self._ask_by(list, query, **parameters)

    def _ask_by(self, take: Callable[[Iterator[list[object]]], T], query: str, /, **parameters: object) -> T:
        """Likewise, with the records taken as they arrive."""
        writing = self._writing
        if writing is not None:
            writing.catch_up()
        if not self._is_checked:
            check_store(self.connection)
            self._is_checked = True
        return self.connection.read_by(take, query, **parameters)

    @contextmanager
    def writing(self, origin: Origin) -> Iterator[Writing]:
        """A session for this origin; waits for another writer."""
        from lineage_graph.stores.neo4j.writing import Neo4jWriting  # a reader pays for no writing

        make_store(self.connection, force=self.force)
        with (
            leased(self.connection, self._patience) as lease,
            Neo4jWriting(self.connection, lease, origin) as self._writing,
        ):
            try:
                yield self._writing
            finally:
                self._writing = None

    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        """The nodes that exist (stubs included), merged, in the order asked."""
        return get_nodes(self._ask, ids)

    def claims(self, ids: Sequence[str]) -> list[Claimed]:
        """Every claim on these nodes and on the edges that begin or end at them, closed intervals included."""
        return claims_on(self._ask, ids)

    def find(self, wanted: NodeFilter) -> list[Node]:
        """Nodes that match, ordered by (kind, id)."""
        return find_nodes(self._ask, wanted)

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
        if follow.evaluation or follow.possible:
            return reach_by_levels(self._ask, roots, direction, depth, follow)
        return reach(self._ask_by, roots, direction, depth, follow)

    def neighbours(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Subgraph:
        """These nodes, what lies one edge away, and those edges; past intervals are edges of their own."""
        return neighbours(self._ask, ids, types)

    def edges(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> list[Edge]:
        """The edges of `neighbours`, without loading what lies at their ends."""
        return edges_at(self._ask, ids, types)

    def possible(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Subgraph:
        """The open edges of evidence `possible` at these nodes, and the nodes at both ends."""
        return possible(self._ask, ids, types)

    def mentions(self, keys: Sequence[str]) -> list[Mention]:
        """Who is concerned by these keys, by (key, node)."""
        return list_mentions(self._ask, "key", keys)

    def mentioned(self, nodes: Sequence[str]) -> list[Mention]:
        """Which keys these nodes are concerned by, by (key, node)."""
        return list_mentions(self._ask, "node", nodes)

    def records(self, origin: str, keys: Sequence[str] | None = None) -> Iterable[Record]:
        """The records of an origin by key, as written (shared ones inside); intervals with their times."""
        return list_records(self._ask, origin, keys, retracted=False)

    def retracted(self, origin: str) -> Iterable[Record]:
        """Records that are gone and still stand behind past intervals."""
        return list_records(self._ask, origin, None, retracted=True)

    def stored(self, origin: str) -> Iterable[Stored]:
        """All records of an origin by key, retracted ones too, with all that is kept of them."""
        return list_stored(self._ask, origin)

    def stored_origin(self, origin: str) -> StoredOrigin:
        """The origin with what only a copy needs to know."""
        _, origins = ask_state(self._ask)
        check_known(origin, list(origins))
        return StoredOrigin(*origins[origin])

    def changes(self, since: int) -> Changes:
        """What changed after `since`, ids in order."""
        return list_changes(self._ask, since)

    def info(self) -> StoreInfo:
        """Origins and counts of what is now."""
        return ask_info(self._ask, self.type)

    def state(self) -> tuple[int, tuple[Origin, ...]]:
        """The change number and the origins, without counting."""
        change, origins = ask_state(self._ask)
        return change, tuple(origin for origin, _ in origins.values())

    def forget(self, origin: str) -> None:
        """As if it had never been ingested, alias history included."""
        from lineage_graph.stores.neo4j.forgetting import forget_origin

        _, origins = ask_state(self._ask)
        check_known(origin, list(origins))
        with leased(self.connection, self._patience) as lease:
            forget_origin(self.connection, lease, origin, [name for name in origins if name != origin])

    def console(self) -> CypherConsole:
        """Cypher on the database itself."""
        from lineage_graph.stores.neo4j.console import Neo4jConsole

        return Neo4jConsole(self.connection)

    def close(self) -> None:
        """Let go of the server."""
        self.connection.close()
