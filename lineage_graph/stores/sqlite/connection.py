"""Opening the file, for questions and for writing, and saying in our words what SQLite says in its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from lineage_graph.errors import StoreBusy, StoreError, StoreMissing, StoreUnreadable
from lineage_graph.stores.sqlite.migrations import migrate, read_version
from lineage_graph.stores.sqlite.schema import VERSION

BUSY_MS = 10_000
"""How long a statement waits for another process's transaction; those of ours last milliseconds."""

MAPPED_BYTES = 8 << 30
WRITER_CACHE_KIB = 65_536
BESIDE_CACHE_KIB = 16_384
"""Of what a crawl reads beside its writing; what was read before a commit is read again after it."""
PAGE_BYTES = 8_192
"""Of a new file: a run's properties fill a quarter of SQLite's usual page, and what does not fit is left empty."""
CHECKPOINT_PAGES = 8_000
"""Pages in the log before they are put into the file: pages that many batches touch are put there once for them all."""


_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def open_reader(path: Path, *, mapped: bool = True) -> sqlite3.Connection:
    """A connection that can only read. Raises `StoreMissing` and makes nothing where there is no file.

    What is `mapped` counts as the process's memory: right for a question, not for a crawl, which looks at everything.
    """
    if not path.is_file():
        raise StoreMissing(
            f"there is no graph at {path}", hint="Crawl something into it first: lineage-graph ingest --help"
        )
    with translated(path):
        connection, version = _open_read_only(path)
        if version == 0:
            connection.close()
            raise StoreMissing(f"the graph at {path} is empty", hint="Crawl something into it first.")
        if version < VERSION:
            connection.close()
            close_writer(open_writer(path))
            connection, _ = _open_read_only(path)
        if mapped:
            connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        else:
            connection.execute(f"PRAGMA cache_size = -{BESIDE_CACHE_KIB}")
        return connection


def _open_read_only(path: Path) -> tuple[sqlite3.Connection, int]:
    """Of a directory that cannot be written, SQLite reads a file in WAL mode only as immutable; without a log it is."""
    log = path.with_name(path.name + "-wal")
    modes = ["mode=ro"] if log.exists() and log.stat().st_size else ["mode=ro", "mode=ro&immutable=1"]
    for mode in modes:
        connection = _connect(path, mode)
        try:
            return connection, read_version(connection, str(path))
        except sqlite3.OperationalError as error:
            connection.close()
            if mode == modes[-1] or error.sqlite_errorcode & 0xFF not in _UNWRITABLE:
                raise
        except BaseException:
            connection.close()
            raise
    raise AssertionError(modes)


def open_writer(path: Path) -> sqlite3.Connection:
    """A connection that writes; the file, its folder and its tables are made where they are missing."""
    with translated(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error.strerror or str(error)) from error
        connection = _connect(path, "mode=rwc")
        try:
            # Before anything is changed: whose file is it?
            read_version(connection, str(path))
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode = WAL")
            # Alias history cannot be crawled again, so a batch survives a power cut too: one fsync a batch is affordable.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            migrate(connection, str(path))
        except BaseException:
            connection.close()
            raise
        return connection


def close_writer(connection: sqlite3.Connection) -> None:
    """Close it with everything in the one file, so that whoever copies that file has the graph.

    Left to SQLite the log would stay: a reader of ours that closes last cannot write it back.
    """
    # Another process may be reading from the log, or the disk may be full: then it stays, and nothing is lost.
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?{mode}"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


@contextmanager
def writing_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, durable when it ends."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def reading_transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One state of the graph for all that an answer reads."""
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        connection.execute("ROLLBACK")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(path, error) from error


def translate(path: Path, error: sqlite3.Error) -> StoreError:
    """What one of SQLite's errors means for the person who asked."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(f"{path} is being written by another process", hint="Try again when that has ended.")
    if primary == sqlite3.SQLITE_FULL:
        return StoreUnreadable(
            f"{path} cannot grow: the disk is full",
            hint="Make room and ingest again: what was there before is intact, and the crawl goes on from there.",
        )
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreUnreadable(
            f"{path} is no database, or is damaged ({error})",
            hint="Restore a backup, or name another file with --store and ingest again.",
        )
    if primary in _UNWRITABLE:
        return _unwritable(path, str(error))
    return StoreUnreadable(
        f"{path} cannot be used: {error}", hint="See that the disk is well, or restore a backup."
    )


def _unwritable(path: Path, why: str) -> StoreUnreadable:
    return StoreUnreadable(f"{path} cannot be opened: {why}", hint="Check the path and its permissions.")
