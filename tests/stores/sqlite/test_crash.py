"""A writer that dies at any moment leaves a store that the next crawl completes, as if nothing had happened."""

import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.dump import dump
from lineage_graph.testing.subject import scratch_directory
from tests.stores.inside import look_into_sqlite
from tests.stores.sqlite.crawling import crawl

RECORDS = 60


@pytest.fixture(scope="module")
def scratch():
    with scratch_directory() as directory:
        yield Path(directory)


@pytest.fixture(scope="module")
def before(scratch):
    """A store of the first generation."""
    path = scratch / "before.db"
    crawl(str(path), 0, RECORDS)
    return path


@pytest.fixture(scope="module")
def whole(scratch, before):
    """What an uninterrupted second crawl makes of it."""
    path = scratch / "whole.db"
    shutil.copy(before, path)
    crawl(str(path), 1, RECORDS)
    return dump(SqliteStore(str(path)))


def crawl_and_die(path: Path, after_seconds: float) -> bool:
    """A child crawls and is killed; whether it was still at it."""
    child = os.fork()
    if child == 0:
        try:
            crawl(str(path), 1, RECORDS)
        finally:
            os._exit(0)
    if after_seconds:
        signal.sigtimedwait([], after_seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes of its own")
def test_a_killed_crawl_is_completed_by_the_next(scratch, before, whole):
    chance = random.Random(7)
    killed = 0
    for attempt in range(100):
        path = scratch / f"{attempt}.db"
        shutil.copy(before, path)
        for _ in range(chance.choice((1, 1, 2))):
            killed += crawl_and_die(path, chance.uniform(0.0, 0.05))
        look_into_sqlite(path)  # checks that the file is sound
        crawl(str(path), 1, RECORDS)
        assert dump(SqliteStore(str(path))) == whole, attempt
        for name in scratch.glob(f"{attempt}.db*"):
            name.unlink()
    assert killed > 30, "too few of them died at work to say anything"


def test_a_full_disk_leaves_what_was_there(tmp_path):
    from lineage_graph.errors import StoreUnreadable
    from lineage_graph.graph import Origin, Record
    from lineage_graph.stores.sqlite.connection import open_writer
    from lineage_graph.stores.sqlite.writing import SqliteWriting
    from lineage_graph.testing.drawing import node

    path = tmp_path / "graph.db"
    crawl(str(path), 0, RECORDS)
    store = SqliteStore(str(path))
    before = dump(store)
    with closing(open_writer(path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 10}")
        writing = SqliteWriting(connection, path, Origin("test:b", "test", read_at=5000))
        small = Record("small", b"1", (node("run:small"),))
        writing.write([small])
        large = [
            Record(f"runs/{place}", b"2", (node(f"run:{place}", text="x" * 900),)) for place in range(900)
        ]
        with pytest.raises(StoreUnreadable, match="disk is full") as caught:
            writing.write(large)
        assert "\n" not in caught.value.message
        assert caught.value.hint
        # What was written before in this session is there, of the batch that did not fit nothing is.
        assert [record.key for record in store.records("test:b")] == ["small"]
        connection.execute("PRAGMA max_page_count = 1000000")
        writing.write(large)
        writing.finish(retract=True)
    store.forget("test:b")
    assert dump(store) == before
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
