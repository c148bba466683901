"""Rows as text that ladybug copies in: a file a table. What has no value is an empty cell, an empty text a quoted one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from lineage_graph.stores.flat import Flat
from lineage_graph.stores.mirror.catalog import Catalog, key_of

BETWEEN = "\x1f\x1e\x1f"
"""Between the texts of a list."""
EMPTY = "\x1f\x1d\x1f"
"""A list without any."""
OPTIONS = "(header=false, parallel=false, auto_detect=false, quote='\"', escape='\"', delim=',')"


class Spool:
    """Rows of one table. Columns turn up as properties do, so a row ends where its last value does and is filled up at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO = path.open("w", encoding="utf-8", newline="")

    def add(self, cells: Sequence[str | None]) -> None:
        """One row."""
        # A line a row, as JSON: read back without guessing where a quoted text ends.
        self._file.write(json.dumps(cells, ensure_ascii=False) + "\n")

    def rows(self) -> Iterator[list[str | None]]:
        """What was written, once."""
        self._file.close()
        with self.path.open(encoding="utf-8", newline="\n") as source:
            for line in source:
                yield json.loads(line)
        self.path.unlink()

    def close(self) -> None:
        """Whether or not it was read."""
        self._file.close()

    def finish(self, width: int) -> Path:
        """As a table that wide."""
        made = self.path.with_suffix(".csv")
        with made.open("w", encoding="utf-8", newline="") as target:
            for cells in self.rows():
                target.write(",".join(map(_cell, cells)) + "," * (width - len(cells)) + "\n")
        return made


def _cell(text: str | None) -> str:
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def spell(value: Flat) -> str:
    """A value as text.

    >>> spell([1, 2]), spell(True), spell("a")
    ('[1,2]', 'true', 'a')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return BETWEEN.join(map(str, value)) if value else EMPTY
        return "[" + ",".join(spell(item) for item in value) + "]"
    return repr(value)


def spell_row(catalog: Catalog, table: str, flat: Mapping[str, Flat]) -> list[str | None]:
    """The cells of a node or an edge, in the order of its table's columns."""
    places = catalog.tables[table]
    row: list[str | None] = [None] * len(places)
    for name, value in flat.items():
        row[places[key_of(name, value)]] = spell(value)
    return row
