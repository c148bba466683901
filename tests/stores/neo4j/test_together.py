"""Several at once on one database: writers take turns, readers never wait."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lineage_graph.errors import StoreBusy
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Origin, Record
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.neo4j import lease
from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.stores.neo4j.levels import reach_by_levels
from lineage_graph.stores.neo4j.listing import list_records
from lineage_graph.stores.neo4j.schema import STORE, make_store
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.testing.drawing import draw, ingest, node
from lineage_graph.testing.dump import assert_same_dumps, dump
from tests.stores.inside import look_into_neo4j
from tests.stores.neo4j.crawling import crawl, start_crawl
from tests.support.neo4j import on_neo4j, wipe

pytestmark = on_neo4j
RECORDS = 60


@pytest.fixture
def store(neo4j_server, connection):
    store = Neo4jStore(neo4j_server.full_url, patience=0.4)
    yield store
    store.close()


@pytest.mark.parametrize(
    "origins", [("test:a", "test:b"), ("test:a", "test:a")], ids=["two origins", "one origin"]
)
def test_two_processes_write_one_after_the_other(neo4j_server, connection, store, origins):
    url = neo4j_server.full_url
    children = [start_crawl(url, origin, 0, RECORDS) for origin in origins]
    for child in children:
        child.communicate()
    assert [child.returncode for child in children] == [0, 0]
    look_into_neo4j(connection)
    together = dump(store)
    wipe(connection)
    for origin in origins:
        crawl(url, origin, 0, RECORDS)
    assert_same_dumps(together, dump(store))
    assert connection.read("MATCH (n:LineageNode) WITH n.id AS id, count(*) AS c WHERE c > 1 RETURN id") == []


def test_who_has_no_patience_is_told_so(neo4j_server, store):
    with store.writing(Origin("test:a", "test")):
        began = time.monotonic()
        other = Neo4jStore(neo4j_server.full_url, patience=0.4)
        with pytest.raises(StoreBusy, match="another ingest writes"), other.writing(Origin("test:b", "test")):
            pass
        assert 0.3 < time.monotonic() - began < 5
        other.close()
    # The turn is given back.
    ingest(store, [draw("source:s HAS_VERSION dataset:d")])


def test_readers_do_not_wait(neo4j_server, store):
    ingest(store, [draw("source:s HAS_VERSION dataset:d")])
    with store.writing(Origin("test:a", "test")) as writing:
        writing.write([draw("source:t HAS_VERSION dataset:d", "more")])
        reader = Neo4jStore(neo4j_server.full_url)
        assert set(reader.get(["source:s", "source:t"])) == {"source:s", "source:t"}
        assert [origin.complete for origin in reader.state()[1]] == [False]
        reader.close()


def test_a_writer_that_fell_silent_is_given_up(neo4j_server, store, monkeypatch):
    """Its process is gone, or so it seems: the sign of life stops, and another one takes over."""
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.3)
    monkeypatch.setattr(lease.Lease, "renew", lambda self: None)
    other = Neo4jStore(neo4j_server.full_url)
    with store.writing(Origin("test:a", "test")) as silent:
        ingest(other, [draw("source:s HAS_VERSION dataset:d")], origin="test:b")
        with other.writing(Origin("test:b", "test")) as going_on:
            with pytest.raises(StoreBusy, match="took over"):
                silent.write([draw("source:t HAS_VERSION dataset:d")])
            going_on.write([draw("source:u HAS_VERSION dataset:d")])
    other.close()
    assert set(store.get(["source:s", "source:t", "source:u"])) == {"source:u"}


def test_a_slow_crawl_keeps_its_turn(neo4j_server, store, monkeypatch):
    monkeypatch.setattr(lease, "LEASE_SECONDS", 1.0)
    with store.writing(Origin("test:a", "test")) as writing:
        time.sleep(2.5)
        other = Neo4jStore(neo4j_server.full_url, patience=0)
        with pytest.raises(StoreBusy), other.writing(Origin("test:b", "test")):
            pass
        other.close()
        writing.write([draw("source:s HAS_VERSION dataset:d")])


def test_a_batch_longer_than_the_lease_keeps_the_turn(neo4j_server, connection, monkeypatch):
    """Who waits for the lock of a batch meanwhile, be it the sign of life or another writer, looks at the clock after it."""
    monkeypatch.setattr(lease, "LEASE_SECONDS", 2.0)
    make_store(connection, force=False)
    other, done = Connection(neo4j_server.full_url), list[object]()

    def take_over():
        with lease.leased(other, 30):
            done.append("other")

    waiting = threading.Thread(target=take_over)

    def slow(transaction, turn):
        if not waiting.is_alive():
            waiting.start()
        time.sleep(4)

    with lease.leased(connection, 5) as ours:
        ours.write(slow)
        for number in range(3):
            time.sleep(0.4)
            ours.write(lambda transaction, turn: None)
            done.append(number)
    waiting.join()
    other.close()
    assert done == [0, 1, 2, "other"]


def test_many_make_the_graph_at_once(neo4j_server, connection):
    wipe(connection, schema=True)
    connections = [Connection(neo4j_server.full_url) for _ in range(6)]
    for each in connections:
        each.read("RETURN 1")
    with ThreadPoolExecutor(len(connections)) as pool:
        for made in [pool.submit(make_store, each, force=False) for each in connections]:
            made.result()
    for each in connections:
        each.close()
    assert connection.read("MATCH (s:LineageStore) RETURN count(s)") == [[1]]


def test_who_looks_while_another_begins_takes_nothing_for_foreign(neo4j_server, connection, monkeypatch):
    """Between the look for our graph and the look for other data, another writer makes the graph and writes."""
    wipe(connection)
    other, second = Neo4jStore(neo4j_server.full_url), Neo4jStore(neo4j_server.full_url)
    read = second.connection.read

    def read_late(query, **parameters):
        rows = read(query, **parameters)
        monkeypatch.undo()
        ingest(other, [draw("source:s HAS_VERSION dataset:d")], origin="test:b")
        return rows

    monkeypatch.setattr(second.connection, "read", read_late)
    ingest(second, [draw("source:t HAS_VERSION dataset:d")])
    assert set(second.get(["source:s", "source:t"])) == {"source:s", "source:t"}
    for each in (other, second):
        each.close()


@pytest.mark.parametrize("statement", [lease._TAKE, lease._RENEW, lease._END], ids=["take", "renew", "end"])
def test_a_lease_is_never_made_shorter(connection, statement):
    make_store(connection, force=False)
    far = 4_000_000_000_000
    _set_lease(connection, until=far)
    _run(connection, statement, owner="us", lease=1000, number=0)
    assert connection.read("MATCH (s:LineageStore) RETURN s.owner, s.until") == [["us", far]]


def _set_lease(connection, until):
    _run(connection, "MATCH (s:LineageStore {id: $id}) SET s.owner = 'us', s.until = $until", until=until)


def _run(connection, statement, **parameters):
    connection.write(lambda transaction: transaction.run(statement, id=STORE, **parameters))


def test_a_page_that_is_written_to_meanwhile_is_read_again(neo4j_server, store):
    """Between the statements that a listing takes, the record comes to speak of another node."""
    other = Neo4jStore(neo4j_server.full_url)
    before, after = (Record("r", name.encode(), (node(f"run:{name}"),)) for name in "ab")
    ingest(store, [before])
    asked: list[str] = []

    def ask(query, **parameters):
        rows = store.connection.read(query, **parameters)
        if not asked:
            ingest(other, [after], at=2000)
        asked.append(query)
        return rows

    assert list(list_records(ask, "test:a", None, retracted=False)) == [after]
    other.close()


def _continued(*edges: str) -> Record:
    claims = tuple(
        EdgeClaim(f"dataset:{edge[0]}", f"dataset:{edge[1]}", EdgeType.CONTINUES_AS, Evidence.INFERRED, "x")
        for edge in edges
    )
    return Record("r", repr(edges).encode(), (), claims)


@pytest.fixture
def interrupted(neo4j_server, store):
    """Asks, and after an answer with the second letter in it another writer writes: as often as there are records."""
    other = Neo4jStore(neo4j_server.full_url)

    def interrupt(records):
        def ask(query, **parameters):
            rows = store.connection.read(query, **parameters)
            if "dataset:b" in repr(rows) and (record := next(records, None)):
                ingest(other, [record], at=2000)
            return rows

        return ask

    yield interrupt
    other.close()


@pytest.mark.parametrize(
    "follow", [Follow(possible=True), Follow(evaluation=True)], ids=["possible", "evaluation"]
)
def test_a_walk_that_is_written_to_meanwhile_is_made_again(store, interrupted, follow):
    """Between two levels the record's claims change places: those at one place are not the same claim."""
    ingest(store, [_continued("ab", "bc")])
    ask = interrupted(iter([_continued("bd", "ab")]))
    answer = reach_by_levels(ask, ["dataset:a"], Direction.DOWNSTREAM, None, follow)
    assert sorted(answer.nodes) == ["dataset:a", "dataset:b", "dataset:d"]
    assert [(edge.src, edge.dst) for edge in answer.edges] == [
        ("dataset:a", "dataset:b"),
        ("dataset:b", "dataset:d"),
    ]


def test_a_walk_ends_that_is_written_to_without_end(store, interrupted):
    ingest(store, [_continued("ab")])
    ask = interrupted(_continued("ab", f"b{letter}") for letter in itertools.cycle("cd"))
    with pytest.raises(StoreBusy, match="faster than it is read"):
        reach_by_levels(ask, ["dataset:a"], Direction.DOWNSTREAM, None, Follow(possible=True))
