"""One writer at a time: whose turn it is stands in the database, and runs out when its holder falls silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar
from uuid import uuid4

from lineage_graph.errors import StoreBusy, StoreError
from lineage_graph.stores.neo4j.connection import Connection, Transaction
from lineage_graph.stores.neo4j.schema import STORE

T = TypeVar("T")

LEASE_SECONDS = 20.0
"""How long after its last sign of life a writer is given up."""
ASKED_AGAIN = 0.25
"""Seconds between two looks whether it is our turn."""

# `timestamp()` is when a statement began, maybe long before it got the node's lock; this is when it is looked at.
# https://neo4j.com/docs/cypher-manual/current/functions/temporal/#functions-datetime-realtime
_NOW = "datetime.realtime().epochMillis"
# Setting a property takes the node's lock, so that what is read after it is what the last writer left there.
_LOCK = f"MATCH (s:LineageStore {{id: $id}}) SET s.asked = {_NOW} WITH s"
# A lease only ever gets longer.
_LENGTHEN = f"""WITH s, {_NOW} + $lease AS until
SET s.until = CASE WHEN s.until > until THEN s.until ELSE until END"""

_TAKE = f"""{_LOCK} WHERE s.owner IS NULL OR s.owner = $owner OR s.until < {_NOW}
SET s.owner = $owner {_LENGTHEN} RETURN s.change"""
_BEGIN = f"""{_LOCK} WHERE s.owner = $owner
SET s.change = s.change + $step RETURN s.change, s.number"""
_RENEW = f"{_LOCK} WHERE s.owner = $owner {_LENGTHEN}"
_END = f"{_LOCK} WHERE s.owner = $owner SET s.number = $number {_LENGTHEN}"
_GIVE_BACK = f"{_LOCK} WHERE s.owner = $owner REMOVE s.owner, s.until, s.asked"


class Turn:
    """One transaction of the writer whose turn it is: the change that it makes, and numbers for its records."""

    def __init__(self, change: int, number: int) -> None:
        self.change = change
        self.number = number

    def next_number(self) -> int:
        """A number that no record has had."""
        self.number += 1
        return self.number


class Lease:
    """The right to write, as long as it lasts."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._connection = connection
        self._owner = owner

    def write(self, work: Callable[[Transaction, Turn], T], *, changes: bool = True) -> T:
        """One transaction, which no other writer's can come between. Raises `StoreBusy` if it is not our turn any more."""

        def within(transaction: Transaction) -> T:
            found = transaction.run(_BEGIN, id=STORE, owner=self._owner, step=int(changes))
            if not found:
                raise StoreBusy(
                    f"another ingest took over the graph at {self._connection.address}: this one fell silent for too long",
                    hint="run it again: it goes on from what is there",
                )
            change, number = found[0]
            turn = Turn(int(change), int(number))  # type: ignore[call-overload]
            result = work(transaction, turn)
            # The clock is looked at again: a large batch may have taken long.
            transaction.run(_END, id=STORE, owner=self._owner, number=turn.number, lease=_milliseconds())
            return result

        return self._connection.write(within)

    def renew(self) -> None:
        """A sign of life."""
        _run(self._connection, _RENEW, owner=self._owner, lease=_milliseconds())


@contextmanager
def leased(connection: Connection, patience: float) -> Iterator[Lease]:
    """Wait for our turn, at most as long as we have patience; then raise `StoreBusy`."""
    owner = uuid4().hex
    end = time.monotonic() + patience
    while not _run(connection, _TAKE, owner=owner, lease=_milliseconds()):
        if time.monotonic() >= end:
            raise StoreBusy(
                f"another ingest writes to the graph at {connection.address}",
                hint=f"It did not end within {patience:g} seconds: run this again when it has.",
            )
        time.sleep(min(ASKED_AGAIN, max(0.0, end - time.monotonic())))
    lease = Lease(connection, owner)
    try:
        with _kept_alive(lease):
            yield lease
    finally:
        _give_back(connection, owner)


@contextmanager
def _kept_alive(lease: Lease) -> Iterator[None]:
    """Renew the lease while a crawl reads: minutes may pass between two batches."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(LEASE_SECONDS / 4):
            try:
                lease.renew()
            except StoreError:
                # The next batch says what is wrong, in the thread of whom it concerns.
                continue

    thread = threading.Thread(target=renew, name="lineage-graph-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _give_back(connection: Connection, owner: str) -> None:
    try:
        _run(connection, _GIVE_BACK, owner=owner)
    except StoreError:
        # The server is away: the lease runs out by itself, and what went wrong is being told already.
        return
    except BaseException:
        # Ctrl-C at this very moment: who comes next need not wait for the lease to run out.
        with suppress(StoreError):
            _run(connection, _GIVE_BACK, owner=owner)
        raise


def _run(connection: Connection, query: str, **parameters: object) -> list[list[object]]:
    def work(transaction: Transaction) -> list[list[object]]:
        return transaction.run(query, id=STORE, **parameters)

    return connection.write(work)


def _milliseconds() -> int:
    return int(LEASE_SECONDS * 1000)
