"""What a Cypher query gives, whichever database ran it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class CypherNode(NamedTuple):
    """A node in a result. `kind` is None for a node of somebody else in the same database."""

    id: str
    kind: str | None
    name: str
    properties: Mapping[str, object]


class CypherRelationship(NamedTuple):
    """A relationship in a result, by the ids of the nodes that it joins."""

    src: str
    dst: str
    type: str
    properties: Mapping[str, object]


class CypherPath(NamedTuple):
    """Nodes and relationships in turn."""

    items: tuple[CypherNode | CypherRelationship, ...]


@dataclass(frozen=True, slots=True)
class CypherTable:
    """Rows as they came. Values are JSON's own, times of `datetime`, and the three types above, also inside lists and maps."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    more: bool = False
    """Whether a row limit left rows out."""
    left_out: int | None = 0
    """How many; None where that is not known."""
    notes: tuple[str, ...] = ()
    """What the one who asked should know: one line each, for stderr."""


def unwatched(what: str, done: int, total: int | None) -> None:
    """The default observer: does nothing."""


class CypherConsole(ABC):
    """Something that answers Cypher about a graph."""

    watch: Callable[[str, int, int | None], None] = staticmethod(unwatched)
    """Told what a console has to make before it can answer: so much, `done`, of `total`."""

    @abstractmethod
    def run(
        self,
        query: str,
        parameters: Mapping[str, object],
        *,
        timeout: float | None = None,
        limit: int | None = None,
        write: bool = False,
    ) -> CypherTable:
        """The rows of a query, at most `limit`, within `timeout` seconds; nothing is written without `write`.

        Raises `QueryRefused` for what may not run here (it names what can), `QueryInvalid` for what is no Cypher, lacks a
        parameter or broke off, `QueryTimeout` where the time was over.
        """

    @abstractmethod
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """What there is to complete: `labels`, `types`, `properties`."""

    def close(self) -> None:  # noqa: B027 - a console that holds nothing of its own has nothing to do
        """Let go of what is the console's alone."""
