"""Parts of a large answer that are loaded when they are looked at, from the same state of the graph as the rest."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import overload

from lineage_graph.graph import Edge, Node


class Snapshot:
    """A connection in a read transaction that an answer took over. It ends with the answer, or when all is loaded."""

    def __init__(self, connection: sqlite3.Connection, parts: int) -> None:
        self.connection = connection
        self._missing = parts
        self._close = weakref.finalize(self, connection.close)

    def loaded(self) -> None:
        """One of the parts has all that it needs."""
        self._missing -= 1
        if not self._missing:
            self._close()


class LateNodes(Mapping[str, Node]):
    """Nodes by id, in the order of the answer."""

    def __init__(self, hops: Mapping[str, int], load: Callable[[], Mapping[str, Node]]) -> None:
        self._hops = hops
        self._load: Callable[[], Mapping[str, Node]] | None = load
        self._nodes: Mapping[str, Node] = {}

    def _loaded(self) -> Mapping[str, Node]:
        if self._load is not None:
            self._nodes, self._load = self._load(), None
        return self._nodes

    def __getitem__(self, key: str) -> Node:
        return self._loaded()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._hops)

    def __len__(self) -> int:
        return len(self._hops)

    def __contains__(self, key: object) -> bool:
        return key in self._hops


class LateEdges(Sequence[Edge]):
    """Edges by (from, type, to)."""

    def __init__(self, load: Callable[[], Sequence[Edge]]) -> None:
        self._load: Callable[[], Sequence[Edge]] | None = load
        self._edges: Sequence[Edge] = ()

    def _loaded(self) -> Sequence[Edge]:
        if self._load is not None:
            self._edges, self._load = self._load(), None
        return self._edges

    @overload
    def __getitem__(self, index: int) -> Edge: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Edge]: ...
    def __getitem__(self, index: int | slice) -> Edge | Sequence[Edge]:
        return self._loaded()[index]

    def __iter__(self) -> Iterator[Edge]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

    def __eq__(self, other: object) -> bool:
        return list(self._loaded()) == other

    __hash__ = None  # type: ignore[assignment]
