"""Writes of many transactions, each worked out while the one before is on its way: the same graph as from a store without any."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import blake2b

import pytest

from lineage_graph.errors import LineageError
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Origin, Record
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.memory.store import MemoryStore
from lineage_graph.stores.neo4j.ahead import OneAhead
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.stores.neo4j.writing import BATCH
from lineage_graph.testing.dump import assert_same
from tests.stores.inside import look_into_neo4j
from tests.support.neo4j import on_neo4j

pytestmark = on_neo4j
ORIGIN = Origin("test:a", "test", read_at=1_000)
RUNS = BATCH + BATCH // 5
TABLES = 30


def runs(turn: int = 0) -> Iterator[Record]:
    """Runs of tables that most batches share; every fifth changes with `turn`, and one comes again in the last batch."""
    for number in range(RUNS):
        yield run(number, turn if number % 5 == 0 else 0)
    yield run(3, turn + 7)
    if turn:
        # One that is new speaks of the same as one that has changed.
        yield run(RUNS + 5, turn)


def run(number: int, turn: int) -> Record:
    """A run of a table, which has another column the next time."""
    name, table = f"run:{number}", f"dataset:t{number % TABLES}"
    columns = turn if number % (5 * TABLES) == 0 else 0
    key = f"tables/{table}/{columns}"
    data = NodeClaim(table, Kind.DATASET, table, {"columns": columns})
    shared = Record(key, _hash(key), (data, NodeClaim("source:hub", Kind.SOURCE, "hub")))
    read = EdgeClaim(table, name, EdgeType.READ_BY, Evidence.LOGGED, "row", f"{name}/{turn}")
    claims: tuple[NodeClaim, ...] = (
        NodeClaim(name, Kind.RUN, f"train-{turn}", {"start": number, "params": {"lr": turn, "nan": 0.5}}),
        NodeClaim("run:parent", Kind.RUN, "parent", {"start": 0}),
    )
    # What this one ends at nobody describes until it comes itself, in another batch.
    wrote = EdgeClaim(name, f"dataset:t{(number + 1) % (2 * TABLES)}", EdgeType.WROTE, Evidence.LOGGED, "row")
    told = f"{number}/{turn}"
    if turn and number > RUNS - 20:
        late = EdgeClaim("run:late", "dataset:late", EdgeType.WROTE, Evidence.LOGGED, "row", name)
        claims, wrote = (*claims, NodeClaim("run:late", Kind.RUN, f"by {number}")), late
    return Record(name, _hash(told), claims, (read, wrote), (Mention(told, name),), (shared,))


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def crawl(store, records) -> None:
    with store.writing(ORIGIN) as session:
        known = list(records)
        fresh = session.fresh([(record.key, record.fingerprint) for record in known])
        session.write(record for record in known if record.key in fresh)
        session.finish(retract=True)


def test_many_batches_make_the_graph_of_one(neo4j_server, connection):
    store, memory = Neo4jStore(neo4j_server.full_url), MemoryStore()
    for turn in (0, 1):
        for each in (store, memory):
            crawl(each, runs(turn))
        assert_same(store, memory)
        look_into_neo4j(connection)
    store.close()


def some(first: int, count: int = 3) -> list[Record]:
    return [run(number, 0) for number in range(first, first + count)]


@pytest.fixture
def stores(neo4j_server, connection) -> Iterator[tuple[Neo4jStore, Neo4jStore]]:
    """One that writes, and another connection."""
    both = Neo4jStore(neo4j_server.full_url), Neo4jStore(neo4j_server.full_url)
    yield both
    for each in both:
        each.close()


def seen_by(store: Neo4jStore) -> set[str]:
    return {node.id for node in store.find(NodeFilter(kinds=frozenset({Kind.RUN})))} - {"run:parent"}


def test_the_first_batch_is_there_at_once_and_each_when_the_next_is_given(stores):
    store, other = stores
    with store.writing(ORIGIN) as session:
        for first, there in ((0, 3), (10, 3), (20, 6)):
            session.write(some(first))
            assert len(seen_by(other)) == there
            assert [origin.complete for origin in other.state()[1]] == [False]
        session.finish(retract=True)
        assert len(seen_by(other)) == 9


def test_who_writes_sees_all_that_was_written(stores):
    store, _ = stores
    with store.writing(ORIGIN) as session:
        session.write(some(0))
        session.write(some(10))
        assert session.fresh([(record.key, record.fingerprint) for record in some(10)]) == set()
        session.write(some(20))
        assert len(seen_by(store)) == 9
        session.write(some(30))
        session.remove(["run:30"])
        assert len(seen_by(store)) == 11


@pytest.mark.parametrize(("error", "kept"), [(ValueError, 6), (KeyboardInterrupt, 3)])
def test_a_session_that_breaks_off_keeps_what_was_written(stores, error, kept):
    """Who presses Ctrl-C waits for nothing: the next crawl writes the last batch again."""
    store, other = stores

    def break_off() -> None:
        with store.writing(ORIGIN) as session:
            session.write(some(0))
            session.write(some(10))
            raise error

    with pytest.raises(error):
        break_off()
    assert len(seen_by(other)) == kept


def test_a_batch_that_cannot_be_written_is_said_by_the_next_and_nothing_after_it_is_written(stores):
    store, other = stores
    # What no store takes, and nobody looks at before it is written.
    odd = Record("odd", b"1", (NodeClaim("nothing", Kind.RUN, "x"),))

    def write_all() -> None:
        with store.writing(ORIGIN) as session:
            session.write(some(0))
            session.write([odd])
            session.write(some(10))

    with pytest.raises(LineageError):
        write_all()
    assert len(seen_by(other)) == 3


def test_what_goes_wrong_ahead_is_raised_when_its_turn_comes():
    done: list[int] = []
    ahead = OneAhead(done.append)
    ahead.give(lambda: 1)
    ahead.give(lambda: 1 // 0)
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        ahead.give(lambda: 2)
    ahead.catch_up()
    ahead.close()
    assert done == [1]


def test_threads_take_short_turns_while_one_is_ahead_and_then_those_of_before():
    usual, meanwhile = sys.getswitchinterval(), list[float]()

    def do(_: object) -> None:
        inner.catch_up()
        meanwhile.append(sys.getswitchinterval())

    inner = OneAhead[int](lambda _: meanwhile.append(sys.getswitchinterval()))
    outer = OneAhead[int](do)
    for each in (inner, outer):
        each.give(lambda: 1)
    outer.catch_up()
    for each in (inner, outer):
        each.close()
    assert len(meanwhile) == 2
    assert max(meanwhile) < usual
    assert sys.getswitchinterval() == usual
