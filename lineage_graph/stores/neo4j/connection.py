"""A connection to a Neo4j server by its official driver: made on first use, bounded in time, its errors in our words."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from lineage_graph.errors import StoreUnreadable
from lineage_graph.stores.neo4j.address import parse_address
from lineage_graph.stores.neo4j.credentials import find_credentials, find_database
from lineage_graph.stores.neo4j.importing import import_driver
from lineage_graph.stores.neo4j.interrupting import closed, cut, drop, hanging_up
from lineage_graph.stores.neo4j.translating import is_final, is_lost, is_silent, translated

if TYPE_CHECKING:
    import neo4j

T = TypeVar("T")

CONNECT_SECONDS = 5.0
"""How long one address may take to accept us."""
ANSWER_SECONDS = 10.0
"""How long until a connection is usable, a login included."""
RETRY_SECONDS = 10.0
"""How long what may pass (a deadlock, a server that restarts) is tried again."""
HURRY_SECONDS = 2.0
"""How long any of these may take just after Ctrl-C, and a transaction on the server: all that is left is to give back a lease."""
IDLE_SECONDS = 30.0
"""A connection that was idle for longer is tested before its next use."""

MINIMUM = (5, 26)
"""The oldest server: dynamic labels, `SET n:$(label)`, came with it.
https://neo4j.com/docs/cypher-manual/current/deprecations-additions-removals-compatibility/
"""
_AGENT = re.compile(r"Neo4j/v?(\d+)\.(\d+)")


class Transaction(Protocol):
    """What the work of `Connection.write` gets."""

    def run(self, query: str, /, **parameters: object) -> list[list[object]]:
        """Each record as a list of its values."""

    def send(self, query: str, /, **parameters: object) -> None:
        """A statement without an answer. It may still run when this returns: the next one is packed meanwhile.

        What goes wrong shows later, at the latest when the transaction ends.
        """


class _Running:
    def __init__(self, transaction: neo4j.Transaction) -> None:
        self._transaction = transaction

    def run(self, query: str, /, **parameters: object) -> list[list[object]]:
        return list(map(list, self._transaction.run(query, parameters)))

    def send(self, query: str, /, **parameters: object) -> None:
        self._transaction.run(query, parameters)


class Connection:
    """A server and one database of it. Nothing is imported or connected to before the first statement.

    For several threads at once; each statement sees what was written before it by this connection.
    """

    def __init__(self, url: str, *, database: str | None = None) -> None:
        address = parse_address(url)
        self.address = address.place
        """Host and port, which is all that errors show."""
        self.database = database or address.database or find_database()
        self._address = address
        self._lock = threading.Lock()
        self._driver: neo4j.Driver | None = None
        self._bookmarks: neo4j.BookmarkManager | None = None
        self._hurried_until = 0.0

    def __repr__(self) -> str:
        return f"Connection({self.address})"

    def read(self, query: str, /, **parameters: object) -> list[list[object]]:
        """The records of one statement, each as a list of its values. The server refuses to write for it."""
        return self.read_by(list, query, **parameters)

    def read_by(self, take: Callable[[Iterator[list[object]]], T], query: str, /, **parameters: object) -> T:
        """What `take` makes of such records, which it gets as they arrive. It may be begun again."""
        return self._attempt("READ", lambda session: take(map(list, session.run(query, parameters))))

    def write(self, work: Callable[[Transaction], T]) -> T:
        """What `work` gives, done in one transaction. It may be done again from its beginning: its effect must be the same."""

        def perform(session: neo4j.Session) -> T:
            transaction = session.begin_transaction(timeout=HURRY_SECONDS if self._is_hurried else None)
            with closed(transaction):
                result = work(_Running(transaction))
                transaction.commit()
            return result

        return self._attempt("WRITE", perform)

    def close(self) -> None:
        """Let go of the server. The next statement would connect again."""
        with self._lock:
            driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()

    @contextmanager
    def session(self, mode: str, *, rows: int = -1) -> Iterator[neo4j.Session]:
        """A session of the driver's own, `READ` or `WRITE`, that fetches so many rows at once; errors inside come translated."""
        with translated(self.address, self.database):
            driver = self._connected()
            session = driver.session(
                database=self.database,
                default_access_mode=mode,
                fetch_size=rows,
                bookmark_manager=self._bookmarks,
            )
            with self._cut_when_interrupted(driver, session), closed(session):
                yield session

    @contextmanager
    def _cut_when_interrupted(
        self, driver: neo4j.Driver, session: neo4j.Session | None = None
    ) -> Iterator[None]:
        """Ctrl-C ends this driver. Who still has something to say connects again, and is quick about it."""
        try:
            with hanging_up(driver):
                yield
        except Exception:
            raise
        except BaseException:
            self._cut(driver, session)
            raise

    def _cut(self, driver: neo4j.Driver, session: neo4j.Session | None) -> None:
        self._hurried_until = time.monotonic() + HURRY_SECONDS
        # Not under the lock: another thread may hold it, and wait for the server.
        if self._driver is driver:
            self._driver = None
        cut(driver)
        if session is not None:
            drop(session)

    def _attempt(self, mode: str, ask: Callable[[neo4j.Session], T]) -> T:
        """Ask, and ask again what may pass, for a bounded time; a server that was never there is said at once."""
        errors = import_driver().exceptions
        began, pause = time.monotonic(), 0.05
        while True:
            # Where nobody answers from the start, this raises at once.
            with self.session(mode) as session:
                try:
                    return ask(session)
                except (errors.DriverError, errors.Neo4jError) as error:
                    late = time.monotonic() - began + pause > self._within(RETRY_SECONDS)
                    if late or is_final(error) or (is_lost(error) and is_silent(error)):
                        raise
            time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - two writers should not meet again
            pause = min(pause * 2, 2.0)

    def _connected(self) -> neo4j.Driver:
        with self._lock:
            if self._driver is None:
                self._driver = self._connect()
            return self._driver

    @property
    def _is_hurried(self) -> bool:
        return time.monotonic() < self._hurried_until

    def _within(self, seconds: float) -> float:
        return min(seconds, HURRY_SECONDS) if self._is_hurried else seconds

    def _connect(self) -> neo4j.Driver:
        library: Any = import_driver()
        credentials = find_credentials(self._address)
        driver: neo4j.Driver = library.GraphDatabase.driver(
            self._address.uri,
            auth=library.basic_auth(*credentials) if credentials else None,
            user_agent="lineage-graph",
            connection_timeout=self._within(CONNECT_SECONDS),
            connection_acquisition_timeout=self._within(ANSWER_SECONDS),
            connection_write_timeout=self._within(ANSWER_SECONDS),
            liveness_check_timeout=IDLE_SECONDS,
            max_transaction_retry_time=0,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
        )
        with self._cut_when_interrupted(driver):
            try:
                self._check_version(driver.get_server_info().agent)
            except Exception:
                driver.close()
                raise
        self._bookmarks = self._bookmarks or library.GraphDatabase.bookmark_manager()
        return driver

    def _check_version(self, agent: str) -> None:
        if not is_new_enough(agent):
            wanted = ".".join(map(str, MINIMUM))
            raise StoreUnreadable(
                f"{self.address} runs {agent}, which is too old", hint=f"Neo4j {wanted} or newer is needed"
            )


def is_new_enough(agent: str) -> bool:
    """Whether a server that calls itself so runs our statements.

    >>> [is_new_enough(f"Neo4j/{version}") for version in ("4.4.41", "5.25.1", "5.26.30", "5.27-aura", "2026.08.1")]
    [False, False, True, True, True]
    """
    found = _AGENT.match(agent)
    return found is None or (int(found[1]), int(found[2])) >= MINIMUM
