"""Writes of many transactions, each worked out while the one before is on its way: the same graph as from a store without any."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import pytest

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Origin, Record
from lineage_graph.stores.memory.store import MemoryStore
from lineage_graph.stores.neo4j.ahead import one_ahead
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.stores.neo4j.writing import BATCH
from lineage_graph.testing.dump import assert_same
from tests.stores.inside import look_into_neo4j

ORIGIN = Origin("test:a", "test", read_at=1_000)
RUNS = 2 * BATCH + BATCH // 2
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


@pytest.mark.neo4j
@pytest.mark.xdist_group("neo4j")
def test_many_batches_make_the_graph_of_one(neo4j_server, connection):
    store, memory = Neo4jStore(neo4j_server.full_url), MemoryStore()
    for turn in (0, 1):
        for each in (store, memory):
            crawl(each, runs(turn))
        assert_same(store, memory)
        look_into_neo4j(connection)
    store.close()


def test_each_is_made_once_in_order_and_at_most_one_too_many():
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    made = one_ahead(lambda number: number * number, numbers())
    assert [next(made), next(made), next(made)] == [0, 1, 4]
    assert taken == [0, 1, 2, 3]
    made.close()


def test_what_goes_wrong_ahead_is_raised_in_its_place():
    made = one_ahead(lambda number: 1 // number, [1, 0, 1])
    assert next(made) == 1
    with pytest.raises(ZeroDivisionError):
        next(made)
