"""The embedded store: one SQLite file, the truth."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lineage_graph.errors import StoreUnreadable
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
from lineage_graph.stores.merging import order_claims
from lineage_graph.stores.sqlite.around import edges_at, neighbours, possible
from lineage_graph.stores.sqlite.connection import (
    close_writer,
    open_reader,
    open_writer,
    reading_transaction,
    translated,
)
from lineage_graph.stores.sqlite.ends import read_ends
from lineage_graph.stores.sqlite.finding import find_nodes
from lineage_graph.stores.sqlite.late import LateEdges, LateNodes, Snapshot
from lineage_graph.stores.sqlite.listing import (
    list_records,
    read_change,
    read_changes,
    read_info,
    read_mentions,
    read_origins,
)
from lineage_graph.stores.sqlite.loading import load_nodes
from lineage_graph.stores.sqlite.lock import locked
from lineage_graph.stores.sqlite.reaching import MANY, Reached, reach
from lineage_graph.stores.sqlite.reading import Reading

if TYPE_CHECKING:
    from lineage_graph.stores.stored import Stored, StoredOrigin

PATIENCE_SECONDS = 60.0
"""How long an ingest waits for another one."""


class SqliteStore(Store):
    """A graph in one file. Opening it does nothing; the first question or ingest opens the file."""

    type = "sqlite"

    def __init__(self, url: str, *, patience: float = PATIENCE_SECONDS) -> None:
        self.path = read_path(url)
        self._patience = patience
        self._reader: sqlite3.Connection | None = None
        self._writes = False
        self._lock = threading.RLock()

    def __del__(self) -> None:
        # In a notebook nobody closes anything; Python 3.13 warns of connections that are left open.
        if getattr(self, "_reader", None) is not None:
            self.close()

    @property
    def address(self) -> str:
        """The file, whatever way leads to it."""
        return str(self.path.resolve())

    @contextmanager
    def _reading(self) -> Iterator[Reading]:
        """One state of the graph, for one answer."""
        with self._lock:
            if self._reader is None:
                self._reader = open_reader(self.path, mapped=not self._writes)
            connection = self._reader
            with translated(self.path):
                connection.execute("BEGIN")
                try:
                    yield Reading(connection)
                finally:
                    # A large answer keeps its transaction.
                    if self._reader is connection:
                        connection.execute("ROLLBACK")

    @contextmanager
    def writing(self, origin: Origin) -> Iterator[Writing]:
        """A session for this origin; waits for another writer."""
        from lineage_graph.stores.sqlite.writing import SqliteWriting  # a reader pays for no writing

        with locked(self.path, self._patience):
            connection = open_writer(self.path)
            try:
                self._read_anew(writes=True)
                yield SqliteWriting(connection, self.path, origin)
            finally:
                self._read_anew(writes=False)
                close_writer(connection)

    def _read_anew(self, *, writes: bool) -> None:
        """Beside our own writing the graph is read with another connection: one that maps nothing."""
        self.close()
        self._writes = writes

    def get(self, ids: Sequence[str]) -> dict[str, Node]:
        """The nodes that exist (stubs included), merged, in the order asked."""
        with self._reading() as reading:
            numbers = reading.numbers(ids)
            nodes = load_nodes(reading, numbers.values())
        return {uid: nodes[numbers[uid]] for uid in dict.fromkeys(ids) if uid in numbers}

    def claims(self, ids: Sequence[str]) -> list[Claimed]:
        """Every claim on these nodes and on the edges that begin or end at them, closed intervals included."""
        with self._reading() as reading:
            numbers = list(reading.numbers(ids).values())
            by_node = reading.node_claims(reading.kinds(numbers))
            edges = reading.edge_claims("src", numbers, {}) | reading.edge_claims("dst", numbers, {})
        nodes = [claimed for claims in by_node.values() for _, claimed in claims]
        return order_claims([*nodes, *(edges[place] for place in sorted(edges))])

    def find(self, wanted: NodeFilter) -> list[Node]:
        """Nodes that match, ordered by (kind, id)."""
        with self._reading() as reading:
            return find_nodes(reading, wanted)

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
        with self._reading() as reading:
            reached = reach(reading, roots, direction, depth, follow)
            if len(reached.hops) < MANY:
                return Subgraph(reached.nodes(reading), reached.edges(reading), reached.hops)
            return self._late(reached, reading)

    def outline(
        self, roots: Sequence[str], direction: Direction, *, depth: int | None = None, follow: Follow = FOLLOW
    ) -> Subgraph:
        """As `reach`, of nodes no more than kind and state, of edges no more than type, evidence, rule and role."""
        if follow.as_of is not None:
            # What a node was like then, its history says.
            return self.reach(roots, direction, depth=depth, follow=follow)
        from lineage_graph.stores.sqlite.outline import outline

        with self._reading() as reading:
            return outline(reading, roots, direction, depth, follow)

    def _late(self, reached: Reached, reading: Reading) -> Subgraph:
        """A large answer takes the connection with it; the next question opens another one."""
        snapshot, self._reader = Snapshot(reading.connection, 2), None

        def nodes() -> dict[str, Node]:
            with translated(self.path):
                found = reached.nodes(reading)
            snapshot.loaded()
            return found

        def edges() -> list[Edge]:
            with translated(self.path):
                found = reached.edges(reading)
            snapshot.loaded()
            return found

        return Subgraph(LateNodes(reached.hops, nodes), LateEdges(edges), reached.hops)

    def neighbours(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Subgraph:
        """These nodes, what lies one edge away, and those edges; past intervals are edges of their own."""
        with self._reading() as reading:
            return neighbours(reading, ids, types)

    def edges(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> list[Edge]:
        """The edges of `neighbours`, without loading what lies at their ends."""
        with self._reading() as reading:
            return edges_at(reading, ids, types)

    def ends(self, ids: Sequence[str], types: frozenset[EdgeType]) -> list[tuple[str, str]]:
        """Where the edges of `edges` begin and end, each pair once, in order."""
        with self._reading() as reading:
            return read_ends(reading.connection, ids, types)

    def possible(self, ids: Sequence[str], types: frozenset[EdgeType] = frozenset()) -> Subgraph:
        """The open edges of evidence `possible` at these nodes, and the nodes at both ends."""
        with self._reading() as reading:
            return possible(reading, ids, types)

    def mentions(self, keys: Sequence[str]) -> list[Mention]:
        """Who is concerned by these keys, by (key, node)."""
        with self._reading() as reading:
            return read_mentions(reading.connection, "m.key", keys)

    def mentioned(self, nodes: Sequence[str]) -> list[Mention]:
        """Which keys these nodes are concerned by, by (key, node)."""
        with self._reading() as reading:
            return read_mentions(reading.connection, "n.uid", nodes)

    def records(self, origin: str, keys: Sequence[str] | None = None) -> Iterable[Record]:
        """The records of an origin by key, as written (shared ones inside); intervals with their times."""
        return self._list(origin, keys, retracted=False)

    def retracted(self, origin: str) -> Iterable[Record]:
        """Records that are gone and still stand behind past intervals."""
        return self._list(origin, None, retracted=True)

    def _list(self, origin: str, keys: Sequence[str] | None, *, retracted: bool) -> Iterator[Record]:
        # A connection of its own: the listing may go on beside other questions, and still show one state.
        connection = open_reader(self.path)
        try:
            with translated(self.path), reading_transaction(connection):
                yield from list_records(connection, origin, keys, retracted=retracted)
        finally:
            connection.close()

    def stored(self, origin: str) -> Iterator[Stored]:
        """All records of an origin by key, retracted ones too, with all that is kept of them."""
        from lineage_graph.stores.sqlite.copying import list_stored

        connection = open_reader(self.path)
        try:
            with translated(self.path), reading_transaction(connection):
                yield from list_stored(connection, origin)
        finally:
            connection.close()

    def stored_origin(self, origin: str) -> StoredOrigin:
        """The origin with what only a copy needs to know."""
        from lineage_graph.stores.stored import StoredOrigin

        with self._reading() as reading:
            known = {each.name: each for each in read_origins(reading.connection)}
            sql = "SELECT whole_at FROM origin WHERE name = ?"
            found = reading.connection.execute(sql, (origin,)).fetchone()
        check_known(origin, list(known))
        return StoredOrigin(known[origin], found[0])

    def changes(self, since: int) -> Changes:
        """What changed after `since`, ids in order."""
        with self._reading() as reading:
            return read_changes(reading.connection, since)

    def info(self) -> StoreInfo:
        """Origins, and counts that are made when they are looked at."""
        with self._reading() as reading:
            return read_info(reading.connection, self.type)

    def state(self) -> tuple[int, tuple[Origin, ...]]:
        """The change number and the origins, without counting."""
        with self._reading() as reading:
            return read_change(reading.connection), tuple(read_origins(reading.connection))

    def identity(self) -> str:
        """What the file was given when it was made."""
        with self._reading() as reading:
            sql = "SELECT value FROM meta WHERE name = 'store'"
            return str(reading.connection.execute(sql).fetchone()[0])

    def forget(self, origin: str) -> None:
        """As if it had never been ingested, alias history included."""
        with self._reading() as reading:
            known = [row[0] for row in reading.connection.execute("SELECT name FROM origin ORDER BY name")]
        check_known(origin, known)
        with locked(self.path, self._patience):
            connection = open_writer(self.path)
            try:
                with translated(self.path):
                    from lineage_graph.stores.sqlite.forgetting import forget_origin

                    forget_origin(connection, origin)
            finally:
                close_writer(connection)

    def backup(self, path: str) -> None:
        """A consistent copy, also while others read and write. Refuses to replace a file."""
        target = Path(path)
        if target.exists():
            raise StoreUnreadable(f"{target} exists already", hint="Name a file that does not exist.")
        source = open_reader(self.path)
        try:
            with translated(target):
                copy = sqlite3.connect(target)
                try:
                    source.backup(copy)
                finally:
                    copy.close()
        finally:
            source.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None


def read_path(url: str) -> Path:
    """The file that a path or a `sqlite:` URL names: three slashes for a relative path, four for an absolute one.

    >>> read_path("sqlite:///graphs/prod.db").as_posix(), read_path("sqlite:////var/prod.db").as_posix()
    ('graphs/prod.db', '/var/prod.db')
    """
    scheme = "sqlite:"
    if url[: len(scheme)].lower() == scheme:
        url = url[len(scheme) :].removeprefix("///")
    return Path(url).expanduser()
