"""Readers and writers beside each other, in processes of their own."""

import subprocess
import sys
import time
from contextlib import closing

import pytest

from lineage_graph.errors import StoreBusy
from lineage_graph.graph import Origin, Record
from lineage_graph.stores.base import Direction, NodeFilter
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.drawing import draw, edge, ingest, node
from tests.stores.sqlite.crawling import crawl

WRITER = """
import sys
from lineage_graph.graph import Origin, Record
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.drawing import edge, node
path, origin, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for generation in range(count):
    records = [
        Record(f"runs/{place}", str(generation).encode(), (node(f"run:{origin}{place}", generation=generation),),
               (edge("dataset:d", "READ_BY", f"run:{origin}{place}"),))
        for place in range(30)
    ]
    with SqliteStore(path).writing(Origin(f"test:{origin}", "test", read_at=1000 + generation)) as writing:
        writing.write(records)
        writing.finish(retract=True)
"""


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, *map(str, arguments)], stderr=subprocess.PIPE, text=True
    )


def test_two_writers_wait_for_each_other(tmp_path):
    path = tmp_path / "graph.db"
    writers = [start(path, name, 15) for name in "ab"]
    for writer in writers:
        _, errors = writer.communicate(timeout=100)
        assert writer.returncode == 0, errors
    store = SqliteStore(str(path))
    assert sum(store.info().nodes.values()) == 61
    assert {node.properties.get("generation") for node in store.find(NodeFilter(id_prefix="run:"))} == {14}


def test_an_answer_beside_a_writer_is_whole(tmp_path):
    path = tmp_path / "graph.db"
    with closing(SqliteStore(str(path))) as store:
        ingest(store, [draw("source:s HAS_VERSION dataset:d")], origin="test:own")
        writer = start(path, "a", 40)
        generations = set()
        while writer.poll() is None:
            answer = store.reach(["source:s"], Direction.DOWNSTREAM)
            runs = [node for node in answer.nodes.values() if node.id.startswith("run:")]
            assert len(runs) in (0, 30)
            seen = {node.properties["generation"] for node in runs}
            assert len(seen) <= 1
            assert len(answer.edges) == len(answer.nodes) - 1
            generations |= seen
        assert writer.returncode == 0, writer.stderr.read()
        writer.stderr.close()
        assert len(generations) > 1, "the reader saw nothing of the writing"


def test_a_writer_that_waits_too_long_says_so(tmp_path):
    path = str(tmp_path / "graph.db")
    impatient = SqliteStore(path, patience=0.1)
    with SqliteStore(path).writing(Origin("test:a", "test", read_at=1)) as writing:
        writing.write([draw("run:r PRODUCED model:m")])
        began = time.monotonic()
        with pytest.raises(StoreBusy, match="another ingest"), impatient.writing(Origin("test:b", "test")):
            pass
        assert time.monotonic() - began < 5
        with pytest.raises(StoreBusy):
            impatient.forget("test:a")
        # Questions do not wait.
        assert set(impatient.get(["run:r"])) == {"run:r"}
    with impatient.writing(Origin("test:b", "test")):
        pass


def test_a_large_answer_is_of_one_state_however_late_it_is_looked_at(tmp_path):
    count = 6_000
    path = str(tmp_path / "graph.db")

    def records(generation):
        for place in range(count):
            run = f"run:{place:05}"
            claims = (node(run, generation=generation),)
            yield Record(f"runs/{place}", b"%d" % generation, claims, (edge("dataset:d", "READ_BY", run),))

    with closing(SqliteStore(path)) as store:
        ingest(store, records(1), at=10)
        answer = store.reach(["dataset:d"], Direction.DOWNSTREAM)
        ingest(store, records(2), at=20)
        ingest(store, [], at=30)
        assert len(answer.nodes) == count + 1
        assert list(answer.nodes)[:2] == list(answer.hops)[:2] == ["dataset:d", "run:00000"]
        assert {node.properties.get("generation") for node in answer.nodes.values()} == {None, 1}
        assert [edge.dst for edge in answer.edges] == sorted(answer.hops)[1:]
        assert store.reach(["dataset:d"], Direction.DOWNSTREAM) == ({}, [], {})


def test_a_backup_is_a_store(tmp_path):
    path, copy = tmp_path / "graph.db", tmp_path / "copy.db"
    crawl(str(path), 0, 20)
    store = SqliteStore(str(path))
    with store.writing(Origin("test:b", "test", read_at=9)) as writing:
        writing.write([draw("run:r PRODUCED model:m")])
        store.backup(str(copy))
    assert SqliteStore(str(copy)).get(["run:r"]).keys() == {"run:r"}
    assert list(SqliteStore(str(copy)).records("test:a")) == list(store.records("test:a"))
