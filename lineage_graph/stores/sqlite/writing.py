"""A writing session on the SQLite store."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from sqlite3 import Connection

from lineage_graph.graph import Origin, Record
from lineage_graph.stores.base import Seen, Writing
from lineage_graph.stores.json_text import to_json
from lineage_graph.stores.numbers import Numbers
from lineage_graph.stores.sqlite.batch import Batch
from lineage_graph.stores.sqlite.connection import translated, writing_transaction
from lineage_graph.stores.sqlite.interning import Interned
from lineage_graph.stores.sqlite.rows import select_in
from lineage_graph.stores.sqlite.withdrawing import Observing
from lineage_graph.stores.stored import Stored

BATCH = 2_000
"""Records a transaction."""

_ORIGIN = "SELECT id, whole_at FROM origin WHERE name = ?"
_KNOWN = """SELECT key, id, fingerprint FROM record
WHERE origin = ? AND key IN ({}) AND needed IS NULL AND retracted_at IS NULL"""
_LIVE = "SELECT id FROM record WHERE origin = ? AND needed IS NULL AND retracted_at IS NULL ORDER BY id"
_BEGIN = """INSERT INTO origin (name, type, uri, settings, read_at, complete, report) VALUES (?,?,?,?,?,0,'{}')
ON CONFLICT (name) DO UPDATE SET type = excluded.type, uri = excluded.uri, settings = excluded.settings,
read_at = excluded.read_at, complete = 0 RETURNING id"""
_END = """UPDATE origin SET complete = ?, report = ifnull(?, report), whole_at = CASE ? WHEN 1 THEN read_at ELSE whole_at END
WHERE id = ?"""

_OF_ORIGIN = "SELECT r.id FROM record r JOIN origin o ON o.id = r.origin WHERE o.name = ? AND r.needed IS NULL ORDER BY r.id"
_COPIED = "UPDATE origin SET read_at = ?, complete = ?, report = ?, whole_at = ? WHERE id = ?"


class SqliteWriting(Writing):
    """One origin being brought up to date. Not for several threads."""

    def __init__(self, connection: Connection, path: Path, origin: Origin) -> None:
        self._connection = connection
        self._path = path
        self._origin = origin
        self._at = origin.read_at if origin.read_at is not None else time.time_ns() // 1_000_000
        with translated(path):
            row = connection.execute(_ORIGIN, (origin.name,)).fetchone()
        self._number: int | None = row[0] if row else None
        self._observing = Observing(self._at, row[1] if row else None)
        self._interned: Interned | None = None
        self._begun = False
        self._seen = Numbers()
        self._unchanged = self._written = self._retracted = 0

    def fresh(self, records: Sequence[tuple[str, bytes]]) -> set[str]:
        """The keys that are new or whose fingerprint differs. All are marked as seen."""
        known = self._look_up([key for key, _ in records])
        seen, fresh = self._seen, set()
        for key, fingerprint in records:
            number, before = known.get(key, (0, b""))
            if number:
                is_first = seen.add(number)
                if before == fingerprint:
                    self._unchanged += is_first
                    continue
            fresh.add(key)
        return fresh

    def _look_up(self, keys: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        if self._number is None:
            return {}
        with translated(self._path):
            rows = select_in(self._connection, _KNOWN, keys, [self._number])
            return {key: (number, fingerprint) for key, number, fingerprint in rows}

    def write(self, records: Iterable[Record]) -> None:
        """Replace these records' claims, and nothing else; each transaction takes `BATCH` of them."""
        iterator = iter(records)
        while batch := list(islice(iterator, BATCH)):
            # Of two records with one key the later one counts.
            by_key = {record.key: record for record in batch}
            with self._changing() as change:
                numbers = change.replace(by_key)
            for number in numbers:
                self._seen.add(number)
            self._written += len(numbers)

    def remove(self, keys: Iterable[str], *, past: bool = True) -> None:
        """Retract these records, without `past` whole."""
        numbers = [number for number, _ in self._look_up(list(keys)).values()]
        if numbers:
            with self._changing() as change:
                change.retract(numbers, past=past)
            self._retracted += len(numbers)

    def finish(
        self, *, retract: bool, complete: bool = True, report: Mapping[str, object] | None = None
    ) -> Seen:
        """End it; with `retract`, what this session did not see is retracted."""
        gone = self._unseen() if retract else []
        if gone:
            with self._changing() as change:
                change.retract(gone)
            self._retracted += len(gone)
        with translated(self._path), writing_transaction(self._connection):
            number = self._begin()
            text = None if report is None else to_json(report)
            self._connection.execute(_END, (complete, text, complete and retract, number))
        return Seen(self._written, self._unchanged, self._retracted)

    def restore(self, records: Iterable[Stored]) -> None:
        """Put records there as another store kept them; each transaction takes `BATCH` of them."""
        iterator = iter(records)
        while batch := list(islice(iterator, BATCH)):
            with self._changing() as change:
                numbers = change.restore({stored.record.key: stored for stored in batch})
            for number in numbers:
                self._seen.add(number)

    def finish_copy(self, whole_at: int | None) -> None:
        """End it: what was not brought is gone, and the origin is as it was given."""
        rows = self._connection.execute(_OF_ORIGIN, (self._origin.name,))
        gone = [number for (number,) in rows if number not in self._seen]
        with self._changing() as change:
            change.drop(gone)
            change.settle()
        with translated(self._path), writing_transaction(self._connection):
            report = to_json(dict(self._origin.report))
            row = (self._origin.read_at, self._origin.complete, report, whole_at, self._number)
            self._connection.execute(_COPIED, row)

    def _unseen(self) -> list[int]:
        if self._number is None:
            return []
        with translated(self._path):
            rows = self._connection.execute(_LIVE, (self._number,))
            return [number for (number,) in rows if number not in self._seen]

    def _begin(self) -> int:
        """The origin's row, incomplete from now on."""
        origin = self._origin
        settings = to_json(dict(origin.settings))
        row = (origin.name, origin.type, origin.uri, settings, self._at)
        return int(self._connection.execute(_BEGIN, row).fetchone()[0])

    @contextmanager
    def _changing(self) -> Iterator[Batch]:
        """A transaction that changes claims, and the store's change sequence with them."""
        try:
            with translated(self._path), writing_transaction(self._connection):
                number = self._number if self._number is not None and self._begun else self._begin()
                self._interned = self._interned or Interned(self._connection)
                yield Batch(self._connection, self._interned, number, self._observing)
        except BaseException:
            # Numbers that were given out in it are not there any more.
            self._interned = None
            raise
        self._number, self._begun = number, True
