"""The committed SQLite tracking stores, copied where a test may change them, and crawled."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lineage_graph import Lineage
from tests import truth

NAMES = [store for store in truth.store_names() if truth.read_truth(store)["uri"] == "mlflow.db"]
"""The committed stores that are SQLite databases."""


def committed(store: str) -> Path:
    return truth.STORES / store / "mlflow.db"


def copy_of(store: str, folder: Path) -> Path:
    return Path(shutil.copyfile(committed(store), folder / f"{store}.db"))


@contextmanager
def edited(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are there afterwards, in the file itself."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        with connection:
            yield connection


def changed_copy(store: str, path: Path, change: Callable[[sqlite3.Connection], object]) -> Path:
    shutil.copyfile(committed(store), path)
    with edited(path) as connection:
        change(connection)
    return path


def rows(path: Path, sql: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def tables(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """table -> columns."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')] for (name,) in names}


def crawled(path: Path, name: str = "shop") -> Lineage:
    """The store in a graph in memory; where its artifacts happen to lie plays no part."""
    lineage = Lineage.open("memory:")
    lineage.ingest("mlflow", str(path), name=name, artifacts=False)
    return lineage
