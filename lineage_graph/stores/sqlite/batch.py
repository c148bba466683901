"""One transaction's worth of change: records replaced and retracted, and everything that follows from it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from sqlite3 import Connection

from lineage_graph.graph import OBSERVED, EdgeClaim, Record
from lineage_graph.stores.intervals import observe
from lineage_graph.stores.json_text import to_json
from lineage_graph.stores.sqlite.adding import Adding, Placed
from lineage_graph.stores.sqlite.copying import restore_times
from lineage_graph.stores.sqlite.interning import Interned
from lineage_graph.stores.sqlite.rows import select_in
from lineage_graph.stores.sqlite.withdrawing import Observing, Withdrawing, mark_touched, settle_standing
from lineage_graph.stores.stored import Stored, as_written

_OLD = "SELECT key, id, fingerprint, shares FROM record WHERE origin = ? AND key IN ({})"
_PLAIN = "SELECT id, key FROM record WHERE origin = ? AND needed IS NULL AND key IN ({})"
_SHARED = "SELECT key, id FROM record WHERE origin = ? AND needed IS NOT NULL AND key IN ({})"
_SHARES = "SELECT DISTINCT id, shares FROM record WHERE id IN ({})"


class Batch:
    """Changes claims of one origin within a transaction that the caller holds."""

    def __init__(self, connection: Connection, interned: Interned, origin: int, observing: Observing) -> None:
        self._connection = connection
        self._interned = interned
        self._origin = origin
        self._observing = observing
        self._change = raise_change(connection)
        self._withdrawing = Withdrawing(connection, observing)
        self._placed: list[Placed] = []
        self._intervals: list[tuple[int, Sequence[EdgeClaim]]] = []
        self._touched: set[int] = set()

    def replace(self, records: Mapping[str, Record]) -> list[int]:
        """Put these records in the place of what they said before; their numbers."""
        shared = {inner.key: inner for record in records.values() for inner in record.shared}
        rows = select_in(self._connection, _OLD, [*records, *shared], [self._origin])
        old = {key: (number, fingerprint, shares) for key, number, fingerprint, shares in rows}
        numbers = self._number_records([*shared, *records], old)
        self._place_shared(shared, old, numbers, records.values())
        for key, record in records.items():
            self._place(numbers[key], record, is_new=key not in old)
        self._insert_records(records, old, numbers)
        self._release(old[key][2] for key in records if key in old)
        self._insert()
        self.settle()
        return [numbers[key] for key in records]

    def retract(self, numbers: Sequence[int], *, past: bool = True) -> None:
        """Take these records back; what an interval speaks of stays as past, if wanted."""
        shares = [row[1] for row in select_in(self._connection, _SHARES, numbers)]
        if past:
            closed = [(number, self._withdrawing.close_intervals(number)) for number in numbers]
            self._intervals += [(number, intervals) for number, intervals in closed if intervals]
            self._insert()
        for number in numbers:
            (self._withdrawing.retract if past else self._withdrawing.discard)(number)
        self._release(shares)
        self.settle()

    def restore(self, records: Mapping[str, Stored]) -> list[int]:
        """Put these there as another store kept them, times, intervals and past; their numbers."""
        rows = list(select_in(self._connection, _PLAIN, list(records), [self._origin]))
        self.drop([number for number, _ in rows])
        numbers = self.replace({key: as_written(stored) for key, stored in records.items()})
        restored = dict(zip(numbers, records.values(), strict=True))
        shared = {inner.record.key: inner for stored in records.values() for inner in stored.shared}
        for key, number in select_in(self._connection, _SHARED, list(shared), [self._origin]):
            restored[number] = shared[key]
        doubtful = restore_times(self._connection, self._interned, self._change, restored)
        settle_standing(self._connection, doubtful, self._change)
        return numbers

    def drop(self, numbers: Sequence[int]) -> None:
        """Delete records without a trace."""
        shares = [row[1] for row in select_in(self._connection, _SHARES, numbers)]
        for number in numbers:
            self._withdrawing.discard(number)
        self._release(shares)

    def _number_records(
        self, keys: Sequence[str], old: Mapping[str, tuple[int, bytes, str | None]]
    ) -> dict[str, int]:
        free = self._connection.execute("SELECT ifnull(max(id), 0) + 1 FROM record").fetchone()[0]
        numbers: dict[str, int] = {}
        for key in keys:
            if key in old:
                numbers[key] = old[key][0]
            else:
                numbers[key], free = free, free + 1
        return numbers

    def _place(self, number: int, record: Record, *, is_new: bool) -> None:
        if not is_new:
            intervals = self._withdrawing.replace(number, record)
        else:
            observed = [edge for edge in record.edges if edge[2] in OBSERVED]
            intervals = observe((), observed, *self._observing) if observed else []
        self._placed.append((number, record))
        if intervals:
            self._intervals.append((number, intervals))

    def _place_shared(
        self,
        shared: Mapping[str, Record],
        old: Mapping[str, tuple[int, bytes, str | None]],
        numbers: Mapping[str, int],
        records: Iterable[Record],
    ) -> None:
        needed = Counter(key for record in records for key in {inner.key for inner in record.shared})
        at, rows, updates = self._observing.at, [], []
        for key, record in shared.items():
            number = numbers[key]
            if key not in old or old[key][1] != record.fingerprint:
                self._place(number, record, is_new=key not in old)
            if key in old:
                updates.append((needed[key], record.fingerprint, at, number))
            else:
                rows.append((number, self._origin, key, record.fingerprint, at, at, None, needed[key]))
        self._connection.executemany("INSERT INTO record VALUES (?,?,?,?,?,?,?,?,NULL)", rows)
        self._connection.executemany(
            "UPDATE record SET needed = needed + ?, fingerprint = ?, last_seen = ? WHERE id = ?", updates
        )

    def _insert_records(
        self,
        records: Mapping[str, Record],
        old: Mapping[str, tuple[int, bytes, str | None]],
        numbers: Mapping[str, int],
    ) -> None:
        at, rows, updates = self._observing.at, [], []
        for key, record in records.items():
            shares = None
            if record.shared:
                keys = dict.fromkeys([inner.key for inner in record.shared])
                shares = to_json([numbers[inner] for inner in keys])
            if key in old:
                updates.append((record.fingerprint, at, shares, numbers[key]))
            else:
                rows.append((numbers[key], self._origin, key, record.fingerprint, at, at, shares))
        self._connection.executemany("INSERT INTO record VALUES (?,?,?,?,?,?,?,NULL,NULL)", rows)
        self._connection.executemany(
            "UPDATE record SET fingerprint = ?, last_seen = ?, shares = ?, retracted_at = NULL WHERE id = ?",
            updates,
        )

    def _release(self, shares: Iterable[str | None]) -> None:
        """Shared records that a withdrawn record needed, and nobody needs any more, go."""
        released = Counter(number for text in shares if text for number in json.loads(text))
        rows = [(count, number) for number, count in sorted(released.items())]
        self._connection.executemany("UPDATE record SET needed = needed - ? WHERE id = ?", rows)
        sql = "SELECT DISTINCT id FROM record WHERE id IN ({}) AND needed = 0"
        for (number,) in list(select_in(self._connection, sql, sorted(released))):
            self._withdrawing.discard(number)

    def _insert(self) -> None:
        adding = Adding(self._connection, self._interned, self._change)
        touched, doubtful = adding.add(self._placed, self._intervals)
        self._touched |= touched
        self._withdrawing.touched |= doubtful

    def settle(self) -> None:
        """Bring the touched nodes up to date: what lost something is looked at again."""
        doubtful = self._withdrawing.touched
        mark_touched(self._connection, self._touched - doubtful, self._change)
        settle_standing(self._connection, doubtful, self._change)


def raise_change(connection: Connection) -> int:
    """The next number of the store's change sequence."""
    sql = "UPDATE meta SET value = value + 1 WHERE name = 'change' RETURNING value"
    return int(connection.execute(sql).fetchone()[0])
