"""A writing session on a Neo4j store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from lineage_graph.errors import StoreError
from lineage_graph.graph import Origin, Record
from lineage_graph.stores.base import Seen, Writing
from lineage_graph.stores.neo4j.ahead import OneAhead
from lineage_graph.stores.neo4j.batch import Batch
from lineage_graph.stores.neo4j.connection import Connection, Transaction
from lineage_graph.stores.neo4j.kept import Observing
from lineage_graph.stores.neo4j.lease import Lease, Turn
from lineage_graph.stores.neo4j.origins import begin_origin, end_copied_origin, end_origin, read_whole_at
from lineage_graph.stores.neo4j.preparing import UNPREPARED, Prepared, prepare_records, prepare_stored
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.texts import record_id, record_prefix
from lineage_graph.stores.numbers import Numbers
from lineage_graph.stores.stored import Stored

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", Record, Stored)

BATCH = 5_000
"""Records a transaction."""

_KNOWN = f"""UNWIND $ids AS id MATCH (r:LineageRecord {{id: id}})
WITH collect([r.id, r.number, r.fingerprint, r.needed IS NULL AND r.retracted_at IS NULL]) AS rows {CHUNKS}"""
_NUMBERS = f"""MATCH (r:LineageRecord) WHERE r.id STARTS WITH $prefix AND r.needed IS NULL AND ($all OR r.retracted_at IS NULL)
WITH collect([r.number, r.id]) AS rows {CHUNKS}"""


class Neo4jWriting(Writing):
    """One origin being brought up to date. Not for several threads.

    What is written first is in the database at once, and the origin incomplete from then on. Later batches are made ready
    while the one before is written, and are there when the next one is given, anything is asked through the store, or the
    session is left.
    """

    def __init__(self, connection: Connection, lease: Lease, origin: Origin) -> None:
        self._connection = connection
        self._lease = lease
        self._origin = origin
        self._at = origin.read_at if origin.read_at is not None else time.time_ns() // 1_000_000
        self._observing = Observing(self._at, read_whole_at(connection, origin.name))
        self._begun = False
        self._seen = Numbers()
        self._new: set[str] = set()
        """Keys that `fresh` found nothing of: nobody else writes, so there is nothing to look for."""
        self._unchanged = self._written = self._retracted = 0
        self._thread = threading.get_ident()
        self._ahead = OneAhead(self._replace)
        self._waiting: Mapping[str, Record] = {}
        """What was given and is not written."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Keep what was written, also after an error, which counts more than a second one; Ctrl-C waits for nothing."""
        try:
            if kind is None:
                self.catch_up()
            elif issubclass(kind, Exception):
                with suppress(StoreError):
                    self.catch_up()
        finally:
            self._ahead.close()

    def catch_up(self) -> None:
        """Write what waits, if it is this thread that writes."""
        if threading.get_ident() == self._thread:
            self._ahead.catch_up()

    def fresh(self, records: Sequence[tuple[str, bytes]]) -> set[str]:
        """The keys that are new or whose fingerprint differs. All are marked as seen."""
        if not self._waiting.keys().isdisjoint(key for key, _ in records):
            self.catch_up()
        ids = {record_id(self._origin.name, key): key for key, _ in records}
        rows = chunked(self._connection.read(_KNOWN, ids=sorted(ids)))
        there = {ids[row[0]]: row[1:] for row in rows}
        fresh = set()
        for key, fingerprint in records:
            number, before, is_live = there.get(key, (0, "", False))
            if not number:
                self._new.add(key)
            elif is_live:
                is_first = self._seen.add(number)
                if before == fingerprint.hex():
                    self._unchanged += is_first
                    continue
            fresh.add(key)
        return fresh

    def write(self, records: Iterable[Record]) -> None:
        """Replace these records' claims, and nothing else; each transaction takes `BATCH` of them."""
        for batch in _batches(records):
            # Of two records with one key the later one counts.
            by_key = {record.key: record for record in batch}
            self._ahead.give(partial(self._prepare, by_key))
            self._waiting = by_key
            if not self._begun:
                self.catch_up()

    def _prepare(self, records: dict[str, Record]) -> tuple[dict[str, Record], Prepared]:
        return records, prepare_records(self._origin.name, records, self._observing)

    def _replace(self, ready: tuple[dict[str, Record], Prepared]) -> None:
        records, prepared = ready
        for number in self._change(prepared, Batch.replace, records, self._new):
            self._seen.add(number)
        self._new.difference_update(records)
        self._written += len(records)

    def remove(self, keys: Iterable[str], *, past: bool = True) -> None:
        """Retract these records, without `past` whole."""
        self.catch_up()
        wanted = sorted({record_id(self._origin.name, key) for key in keys})
        found = [row[0] for row in chunked(self._connection.read(_KNOWN, ids=wanted)) if row[3]]
        if found:
            self._remove(found, past=past)

    def _remove(self, ids: Sequence[str], *, past: bool) -> None:
        batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        if past:
            # All intervals first: whether a record stays depends on those of others.
            for batch in batches:
                self._change(UNPREPARED, Batch.end_intervals, batch)
        for batch in batches:
            self._retracted += self._change(UNPREPARED, Batch.retract, batch, past)

    def finish(
        self, *, retract: bool, complete: bool = True, report: Mapping[str, object] | None = None
    ) -> Seen:
        """End it; with `retract`, what this session did not see is retracted."""
        self.catch_up()
        gone = self._unseen(retracted=False) if retract else []
        if gone:
            self._remove(gone, past=True)

        def end(transaction: Transaction, turn: Turn) -> None:
            begin_origin(transaction, self._origin, self._at)
            end_origin(
                transaction, self._origin.name, self._at if complete and retract else None, complete, report
            )

        self._lease.write(end, changes=False)
        return Seen(self._written, self._unchanged, self._retracted)

    def restore(self, records: Iterable[Stored]) -> None:
        """Put records there as another store kept them; each transaction takes `BATCH` of them."""
        done: set[str] = set()

        def prepare(batch: Mapping[str, Stored]) -> tuple[Mapping[str, Stored], Prepared]:
            return batch, prepare_stored(self._origin.name, batch)

        def put(ready: tuple[Mapping[str, Stored], Prepared]) -> None:
            by_key, prepared = ready
            for number in self._change(prepared, Batch.restore, by_key, done):
                self._seen.add(number)
            done.update(inner.record.key for stored in by_key.values() for inner in stored.shared)

        with closing(OneAhead(put)) as ahead:
            for batch in _batches(records):
                ahead.give(partial(prepare, {stored.record.key: stored for stored in batch}))
            ahead.catch_up()

    def finish_copy(self, whole_at: int | None) -> None:
        """End it: what was not brought is gone, and the origin is as it was given."""
        gone = self._unseen(retracted=True)
        for start in range(0, len(gone), BATCH):
            batch = gone[start : start + BATCH]
            self._change(UNPREPARED, Batch.drop, batch)

        def end(transaction: Transaction, turn: Turn) -> None:
            begin_origin(transaction, self._origin, self._at)
            end_copied_origin(transaction, self._origin, whole_at)

        self._lease.write(end, changes=False)

    def _unseen(self, *, retracted: bool) -> list[str]:
        """The ids of records that this session has not seen."""
        prefix = record_prefix(self._origin.name)
        rows = chunked(self._connection.read(_NUMBERS, prefix=prefix, all=retracted))
        return sorted(row[1] for row in rows if row[0] not in self._seen)

    def _change(
        self,
        prepared: Prepared,
        work: Callable[Concatenate[Batch, P], T],
        *given: P.args,
        **named: P.kwargs,
    ) -> T:
        """A transaction that changes claims, and the store's change sequence with them."""

        def within(transaction: Transaction, turn: Turn) -> T:
            if not self._begun:
                begin_origin(transaction, self._origin, self._at)
            batch = Batch(transaction, turn, self._origin.name, self._observing, prepared)
            return work(batch, *given, **named)

        result = self._lease.write(within)
        self._begun = True
        return result


def _batches(records: Iterable[R]) -> Iterator[list[R]]:
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH)):
        yield batch
