"""Rows as statements give them: many in one record, because a record costs more than what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

CHUNK = 1_000
CHUNKS = f"UNWIND range(0, size(rows) - 1, {CHUNK}) AS at RETURN rows[at..at + {CHUNK}]"
"""How a statement ends that has collected its `rows`."""


def chunked(records: Iterable[list[object]]) -> Iterator[list[Any]]:
    """The rows of a statement that ends with `CHUNKS`."""
    for (chunk,) in records:
        yield from chunk  # type: ignore[misc]
