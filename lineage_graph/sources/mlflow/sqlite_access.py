"""A SQLite file that MLflow writes, read so that nothing of it changes: no byte, no time, no file beside it.

`mode=ro` is not enough: on a database in WAL mode it makes `-wal` and `-shm` files, and it can't undo what a killed writer left
half done. So a WAL database without a log is read as immutable, and checked after every answer; one with a log, or with the
journal of a killed writer, is read from a copy. https://www.sqlite.org/wal.html#read_only_databases
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from lineage_graph.errors import SourceUnreadable
from lineage_graph.sources.mlflow.access import Access, Row, Within

MAGIC = b"SQLite format 3\0"
COPY_ATTEMPTS = 10


class SqliteAccess(Access):
    """One SQLite file."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = Path(os.path.realpath(path))
        self.timeout = timeout
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._immutable_state: tuple[int, int] | None = None
        check_file(self.path)
        self._connection = self._open()
        try:
            self.rows("PRAGMA cache_size = -16384")
            self.tables = self._read_tables()
        except BaseException:
            self.close()
            raise

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """See Access."""
        while True:
            answer = self._fetch(sql, parameters or {})
            if self._immutable_state is None or self._immutable_state == _state(self.path):
                return answer
            # Somebody wrote while we read without locks: the answer may be torn, so ask again, now from a copy.
            self._connection.close()
            self._connection = self._open_copy()

    def texts(self, table: str, columns: tuple[str, str, str], within: Within) -> dict[str, str]:
        """See Access."""
        owner, key, value = columns
        # Grouped by SQLite: one text an owner costs a fraction of a tuple for each of its values.
        said = "SELECT {0}, json_group_object({1}, {2}) FROM {3} WHERE {4} GROUP BY {0}"
        where = (table, within.on(owner))
        try:
            rows = self.rows(said.format(owner, key, value, *where), within.parameters)
        except SourceUnreadable as error:
            if "BLOB" not in error.message:
                raise
            # Rare, and dearer: bytes in a column of text, where SQLite keeps whatever it is given.
            value = f"CASE typeof({value}) WHEN 'blob' THEN CAST({value} AS TEXT) ELSE {value} END"
            rows = self.rows(said.format(owner, key, value, *where), within.parameters)
        return dict(rows)  # type: ignore[arg-type]

    def close(self) -> None:
        """See Access."""
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _open(self) -> sqlite3.Connection:
        if _has_content(self._beside("-wal")):
            return self._open_copy()
        if _is_wal(self.path):
            self._immutable_state = _state(self.path)
            return self._connect(self.path, "mode=ro&immutable=1")
        connection = self._connect(self.path, "mode=ro")
        if _has_content(self._beside("-journal")) and _needs_rollback(connection):
            connection.close()
            return self._open_copy()
        return connection

    def _open_copy(self) -> sqlite3.Connection:
        self._immutable_state = None
        self._copy = self._copy or tempfile.TemporaryDirectory(prefix="lineage-graph-")
        target = Path(self._copy.name) / "copy.db"
        try:
            for _ in range(COPY_ATTEMPTS):
                if self._copied(target):
                    return self._connect(target, "mode=rw")
        except OSError as error:
            raise SourceUnreadable(
                f"{self.path} is in use and could not be copied to {target.parent}: {error.strerror}",
                hint="make room there, or set TMPDIR to a directory with room",
            ) from error
        raise SourceUnreadable(
            f"{self.path} is being written too fast to be read",
            hint="crawl its MLflow server's http address instead",
        )

    def _copied(self, target: Path) -> bool:
        """Whether a copy was made that no checkpoint tore: what is appended to the log meanwhile does no harm."""
        before = (_state(self.path), _head(self._beside("-wal")), _head(self._beside("-journal")))
        shutil.copyfile(self.path, target)
        for suffix in ("-wal", "-journal"):
            beside, copy = self._beside(suffix), target.with_name(target.name + suffix)
            copy.unlink(missing_ok=True)
            if _has_content(beside):
                shutil.copyfile(beside, copy)
        target.with_name(target.name + "-shm").unlink(missing_ok=True)
        return before == (_state(self.path), _head(self._beside("-wal")), _head(self._beside("-journal")))

    def _connect(self, path: Path, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(path.as_posix())}?{mode}", uri=True, timeout=self.timeout, check_same_thread=False
        )

    def _fetch(self, sql: str, parameters: Mapping[str, object]) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError as error:
            if "decode to UTF-8" not in str(error):
                raise self._unreadable(error) from error
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from error
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            return self._connection.execute(sql, parameters).fetchall()
        finally:
            self._connection.text_factory = str

    def _unreadable(self, error: sqlite3.Error) -> SourceUnreadable:
        if "locked" in str(error) or "busy" in str(error):
            return SourceUnreadable(
                f"{self.path} stayed locked by another program for {self.timeout:g} s",
                hint="try again when it has finished writing, or wait longer with --timeout",
            )
        return SourceUnreadable(
            f"{self.path} cannot be read: {error}",
            hint="check it with `sqlite3 FILE 'PRAGMA integrity_check'`",
        )

    def _read_tables(self) -> dict[str, frozenset[str]]:
        names = [str(name) for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            quoted = name.replace('"', '""')
            found[name] = frozenset(str(row[1]) for row in self.rows(f'PRAGMA table_info("{quoted}")'))
        return found

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


def check_file(path: Path) -> None:
    """Raise what is wrong with a file that is no readable SQLite database, in words that help."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
        size = path.stat().st_size
    except FileNotFoundError:
        raise SourceUnreadable(
            f"{path} does not exist", hint="check the path, or MLFLOW_TRACKING_URI"
        ) from None
    except IsADirectoryError:
        raise SourceUnreadable(f"{path} is a directory", hint="name the database file in it") from None
    except OSError as error:
        raise SourceUnreadable(
            f"{path} cannot be opened: {error.strerror}", hint="check its permissions"
        ) from error
    if not header:
        raise SourceUnreadable(f"{path} is empty", hint="MLflow has not written anything to it yet")
    if not header.startswith(MAGIC):
        raise SourceUnreadable(
            f"{path} is not a SQLite database",
            hint="give the file that MLflow writes to, or an mlruns folder",
        )
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    # The page count is valid only if the two change counters agree: https://www.sqlite.org/fileformat2.html
    if len(header) < 100 or (
        header[24:28] == header[92:96] and pages * (65536 if page == 1 else page) > size
    ):
        raise SourceUnreadable(
            f"{path} is cut short: {size} bytes", hint="restore it from a backup, or copy it again"
        )


def _needs_rollback(connection: sqlite3.Connection) -> bool:
    """Whether a killed writer's journal lies there. A living writer's is no obstacle: its lock protects us both."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        return "locked" not in str(error)
    return False


def _is_wal(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\2\2"


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(32)
    except FileNotFoundError:
        return b""
