"""A SQLite file is read as it stands, and nothing of it changes: whatever mode it is in, whoever died over it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lineage_graph.errors import SourceUnreadable
from lineage_graph.sources.mlflow.discover import read_target
from lineage_graph.sources.mlflow.opening import open_reader
from lineage_graph.sources.mlflow.sqlite_access import SqliteAccess
from tests.sources.mlflow.conftest import STORES, snapshot, unchanged

RENAME = "UPDATE experiments SET name = 'renamed' WHERE name = 'churn'"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    return Path(shutil.copy(STORES / "shop" / "mlflow.db", folder / "mlflow.db"))


def names(path: Path, timeout: float = 5) -> set[str]:
    with closing(SqliteAccess(path, timeout)) as access:
        return {row[0] for row in access.rows("SELECT name FROM experiments")}


def is_open(path: Path) -> bool:
    """Whether this process still holds the file, where the system tells: the error's traceback keeps what was not closed."""
    held = Path("/proc/self/fd")
    return held.exists() and path in {Path(os.path.realpath(entry)) for entry in held.iterdir()}


@contextmanager
def rollback_journal(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute(RENAME)
    yield


@contextmanager
def wal_at_rest(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute(RENAME)
    assert not path.with_name("mlflow.db-wal").exists()
    yield


@contextmanager
def wal_with_a_writer(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute(RENAME)
        assert path.with_name("mlflow.db-wal").stat().st_size > 0
        yield


KILLED = """
import os, sqlite3, sys
writer = sqlite3.connect(sys.argv[1], isolation_level=None)
writer.execute("PRAGMA journal_mode = " + sys.argv[2])
if sys.argv[2] == "WAL":
    writer.execute(sys.argv[3])
else:
    writer.execute(sys.argv[3])
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE tags SET value = value || hex(zeroblob(2000))")
    writer.execute("UPDATE experiments SET name = 'never committed' || experiment_id")
os._exit(0)
"""


def _killed(path: Path, mode: str) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(path), mode, RENAME], check=True)


@contextmanager
def wal_of_a_killed_writer(path: Path) -> Iterator[None]:
    _killed(path, "WAL")
    path.with_name("mlflow.db-shm").unlink()
    assert path.with_name("mlflow.db-wal").stat().st_size > 0
    yield


@contextmanager
def journal_of_a_killed_writer(path: Path) -> Iterator[None]:
    _killed(path, "DELETE")
    assert path.with_name("mlflow.db-journal").stat().st_size > 0
    yield


@pytest.mark.parametrize(
    "state",
    [rollback_journal, wal_at_rest, wal_with_a_writer, wal_of_a_killed_writer, journal_of_a_killed_writer],
    ids=lambda state: state.__name__,
)
def test_what_was_committed_is_read_and_nothing_changes(
    state: Callable[[Path], object], database: Path
) -> None:
    with state(database), unchanged(database.parent):  # type: ignore[attr-defined]
        found = names(database)
    assert "renamed" in found
    assert "churn" not in found


def test_a_write_without_locks_between_two_answers_is_noticed(database: Path) -> None:
    with wal_at_rest(database):
        access = SqliteAccess(database, 5)
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("UPDATE experiments SET name = 'again' WHERE name = 'renamed'")
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with unchanged(database.parent):
        found = {row[0] for row in access.rows("SELECT name FROM experiments")}
    access.close()
    writer.close()
    assert "again" in found


def test_reading_does_not_keep_a_writer_waiting(database: Path) -> None:
    with (
        closing(SqliteAccess(database, 5)) as access,
        closing(sqlite3.connect(database, timeout=0.1)) as writer,
    ):
        access.rows("SELECT * FROM runs")
        writer.execute(RENAME)
        writer.commit()


def test_text_that_is_no_utf8_is_read_with_a_replacement(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("UPDATE experiments SET name = CAST(x'63e9' AS TEXT) WHERE name = 'churn'")
    assert "c\ufffd" in names(database)


def not_a_database(path: Path) -> None:
    path.write_text("experiment,run\n1,2\n" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def header_only(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def garbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[512:] = b"\xa5" * (len(content) - 512)
    path.write_bytes(content)


def garbled_beside_a_journal(path: Path) -> None:
    garbled(path)
    path.with_name("mlflow.db-journal").write_bytes(b"left by a killed writer")


def missing(path: Path) -> None:
    path.unlink()


def other_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("CREATE TABLE orders (id)")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (not_a_database, "is not a SQLite database"),
        (empty, "is empty"),
        (truncated, "is cut short"),
        (header_only, "is cut short"),
        (garbled, "cannot be read"),
        (garbled_beside_a_journal, "cannot be read"),
        (missing, "does not exist"),
        (other_tables, "holds no MLflow tables"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_no_mlflow_database_is_said_in_one_line(
    spoil: Callable[[Path], None], words: str, database: Path
) -> None:
    spoil(database)
    before = snapshot(database.parent)
    with pytest.raises(SourceUnreadable, match=words) as raised:
        open_reader(read_target(str(database), Path.cwd()), 5, {})
    assert raised.value.hint
    assert "\n" not in raised.value.message
    assert snapshot(database.parent) == before
    assert not is_open(database)


def test_a_locked_database_is_given_up_after_the_time_limit(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceUnreadable, match="stayed locked") as raised:
            names(database, timeout=0.2)
    assert "--timeout" in raised.value.hint
    assert not is_open(database)
