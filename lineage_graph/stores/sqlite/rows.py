"""Claims as rows and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from sqlite3 import Connection
from typing import Any, TypeVar, cast

from lineage_graph.graph import NOTHING, Properties

T = TypeVar("T")


SIZES = (1, 8, 64, 512)
"""Of lists of values bound at a time: few, so that statements are cached; the largest makes the call cheap."""


class Encoded(Mapping[str, object]):
    """Properties that are decoded when somebody asks for one: most readers of most nodes never do."""

    __slots__ = ("_decoded", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._decoded: dict[str, object] | None = None

    def _properties(self) -> dict[str, object]:
        if self._decoded is None:
            self._decoded = cast("dict[str, object]", json.loads(self._text))
        return self._decoded

    def __getitem__(self, key: str) -> object:
        return self._properties()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._properties())

    def __len__(self) -> int:
        return len(self._properties())

    def __contains__(self, key: object) -> bool:
        return key in self._properties()

    def get(self, key: str, default: Any = None) -> Any:
        """As a dict's."""
        return self._properties().get(key, default)

    def __eq__(self, other: object) -> bool:
        return self._properties() == (other._properties() if isinstance(other, Encoded) else other)

    def __hash__(self) -> int:
        raise TypeError("properties are not hashable")

    def __repr__(self) -> str:
        return repr(self._properties())


def decode(text: str | None) -> Properties:
    """The properties that were encoded."""
    return cast("dict[str, object]", json.loads(text)) if text else NOTHING


def decode_late(text: str | None) -> Properties:
    """As `decode`, when one is looked at."""
    return Encoded(text) if text else NOTHING


@lru_cache(4096)
def decode_often(text: str | None) -> Properties:
    """As `decode`, for the few texts that most edges have. What it gives is shared: nobody may change it."""
    return decode(text)


def chunked(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in chunks of one of the sizes. A chunk is filled up with its last value, which changes no answer."""
    for start in range(0, len(values), SIZES[-1]):
        chunk = values[start : start + SIZES[-1]]
        missing = next(size for size in SIZES if size >= len(chunk)) - len(chunk)
        yield [*chunk, *[chunk[-1]] * missing] if missing else chunk


def select_in(
    connection: Connection, sql: str, values: Sequence[object], before: Sequence[object] = ()
) -> Iterator[tuple[Any, ...]]:
    """Rows of a statement whose `{}` is the list of values; `before` is bound ahead of it."""
    for chunk in chunked(values):
        marks = ",".join("?" * len(chunk))
        yield from connection.execute(sql.format(marks), [*before, *chunk])
