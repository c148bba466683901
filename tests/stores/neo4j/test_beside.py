"""A database that holds other data: never touched without a word, and never counted, found or changed."""

from __future__ import annotations

import pytest

from lineage_graph.errors import StoreForeign, StoreMissing, StoreUnreadable
from lineage_graph.graph import Kind, Record
from lineage_graph.stores.base import Direction, NodeFilter
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.testing.drawing import draw, ingest, node
from lineage_graph.testing.dump import dump
from tests.support.neo4j import on_neo4j, wipe

pytestmark = on_neo4j

OTHERS = """CREATE (a:Run {id: 'run:r', name: 'theirs'})-[:READ_BY {evidence: 'logged'}]->(b:Run {id: 'run:x', gaps: ['no-dataset']})
CREATE (:Dataset {id: 'dataset:d', _claims: 'x'})-[:READ_BY {_claims: 'x'}]->(a) CREATE (:Person {name: 'Ada'})"""
ALL_OF_OTHERS = """MATCH (n) WHERE NOT n:LineageNode AND NOT n:LineageRecord AND NOT n:LineageOrigin AND NOT n:LineageStore
AND NOT n:LineageGone OPTIONAL MATCH (n)-[r]->(m)
RETURN labels(n), properties(n), type(r), properties(r), m.id ORDER BY n.id, m.id"""
GRAPH = "dataset:d READ_BY run:r\nrun:r PRODUCED model:m"


@pytest.fixture
def others(connection):
    wipe(connection, schema=True)
    connection.write(lambda transaction: transaction.run(OTHERS))
    return connection.read(ALL_OF_OTHERS)


@pytest.fixture
def store(neo4j_server, connection):
    store = Neo4jStore(neo4j_server.full_url)
    yield store
    store.close()


def test_a_question_to_an_empty_database_makes_nothing(store, connection):
    wipe(connection, schema=True)
    for ask in (
        store.info,
        store.state,
        lambda: store.find(NodeFilter()),
        lambda: store.get(["run:r"]),
        lambda: store.forget("x"),
    ):
        with pytest.raises(StoreMissing, match="there is no graph"):
            ask()
    assert connection.read("MATCH (n) RETURN count(n)") == [[0]]
    assert connection.read("SHOW CONSTRAINTS YIELD name") == []


def test_other_data_is_refused(store, connection, others):
    with pytest.raises(StoreForeign) as refused:
        ingest(store, [draw(GRAPH)])
    assert "--force" in refused.value.hint
    assert connection.read(ALL_OF_OTHERS) == others
    assert connection.read("SHOW CONSTRAINTS YIELD name") == []


def test_beside_other_data_ours_is_alone(store, connection, others, neo4j_server):
    store.force = True
    ingest(store, [draw(GRAPH)])
    assert dict(store.info().nodes) == {Kind.DATASET: 1, Kind.RUN: 1, Kind.MODEL: 1}
    assert sum(store.info().edges.values()) == 2
    assert not store.info().gaps
    assert [each.id for each in store.find(NodeFilter(kinds=frozenset({Kind.RUN})))] == ["run:r"]
    assert store.find(NodeFilter(name_contains="theirs")) == []
    assert set(store.reach(["dataset:d"], Direction.DOWNSTREAM).nodes) == {"dataset:d", "run:r", "model:m"}
    assert connection.read(ALL_OF_OTHERS) == others
    # Once it is ours, nobody has to say it again.
    again = Neo4jStore(neo4j_server.full_url)
    ingest(again, [draw("dataset:d READ_BY run:q")], origin="test:b")
    again.forget("test:b")
    again.forget("test:a")
    again.close()
    assert connection.read("MATCH (n:LineageNode) RETURN count(n)") == [[0]]
    assert connection.read(ALL_OF_OTHERS) == others


def test_what_an_analyst_adds_to_our_nodes_stays(store, connection):
    ingest(
        store, [Record("r", b"1", (node("run:r", status="RUNNING", old=1),)), draw("run:q PRODUCED model:m")]
    )
    connection.write(
        lambda transaction: transaction.run(
            "MATCH (q:LineageNode {id: 'run:q'}) MATCH (r:LineageNode {id: 'run:r'}) SET r.rank = 7, q.rank = 3 "
            "CREATE (:Person {name: 'Ada'})-[:OWNS]->(r) CREATE (q)-[:READ_BY]->(r) CREATE (q)-[:LIKE]->(r)"
        )
    )
    before = dump(store)
    assert store.reach(["run:q"], Direction.DOWNSTREAM).edges == store.edges(["run:q"])
    ingest(store, [Record("r", b"2", (node("run:r", status="FINISHED"),)), draw("run:q PRODUCED model:m")])
    assert dump(store) != before
    found = connection.read("MATCH (:Person)-[:OWNS]->(n) RETURN n.status, n.rank, n.old, n:LineageNode")
    assert found == [["FINISHED", 7, None, True]]
    # A node that we no longer know is left to those who have tied something to it.
    ingest(store, [], at=3000)
    assert store.find(NodeFilter()) == []
    assert connection.read("MATCH (n:LineageNode) RETURN count(n)") == [[0]]
    left = connection.read("MATCH (n)-[r]->(m) RETURN type(r), m.rank ORDER BY type(r)")
    assert left == [["LIKE", 7], ["OWNS", 7], ["READ_BY", 7]]
    # It does not look like ours any more: what it was says its id.
    own = connection.read(
        "MATCH (n) WHERE n.id STARTS WITH 'run:' AND n.rank > 0 RETURN labels(n), properties(n)"
    )
    assert sorted(own, key=str) == [[[], {"id": "run:q", "rank": 3}], [[], {"id": "run:r", "rank": 7}]]
    ingest(store, [Record("r", b"2", (node("run:r", status="FINISHED"),))], at=4000)
    assert list(store.get(["run:r"])) == ["run:r"]


def test_a_newer_graph_is_left_alone(store, connection):
    ingest(store, [draw(GRAPH)])
    connection.write(lambda transaction: transaction.run("MATCH (s:LineageStore) SET s.version = 99"))
    for ask in (lambda other: other.info(), lambda other: ingest(other, [])):
        other = Neo4jStore(f"bolt://{store.connection.address}")
        other.connection = store.connection
        with pytest.raises(StoreUnreadable, match="newer"):
            ask(other)
