"""Statements of one transaction that are on their way while the rows of the next are made: client and server work at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

from lineage_graph.stores.neo4j.connection import Transaction

ROWS = 1_000
"""Rows a statement."""


class Sending:
    """One statement at a time, in the order in which they were given."""

    def __init__(self, transaction: Transaction, threads: ThreadPoolExecutor) -> None:
        self._transaction = transaction
        self._threads = threads
        self._running: Future[object] | None = None

    def send(self, query: str, rows: Iterable[object], change: int | None = None) -> None:
        """The statement for all rows. It may still run when this returns; an error shows later, before the transaction ends."""
        iterator = iter(rows)
        while some := list(islice(iterator, ROWS)):
            self.wait()
            if len(some) < ROWS:
                self._transaction.run(query, rows=some, change=change)
            else:
                self._running = self._threads.submit(self._transaction.run, query, rows=some, change=change)

    def wait(self) -> None:
        """Until all has arrived."""
        running, self._running = self._running, None
        if running is not None:
            running.result()


@contextmanager
def sending(transaction: Transaction) -> Iterator[Sending]:
    """Statements of this transaction; all have arrived in the end. A thread is started only for many rows."""
    with ThreadPoolExecutor(1, "lineage-graph-sending") as threads:
        sender = Sending(transaction, threads)
        yield sender
        sender.wait()
