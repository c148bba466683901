"""What no question may do on a real server, and what is data whatever it looks like. The back door looks at what lies there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lineage_graph.errors import QueryError, QueryInvalid, QueryRefused
from tests.stores.neo4j.asked import everything
from tests.support.neo4j import on_neo4j

pytestmark = on_neo4j

WRITING = {
    "create": "CREATE (:Run {id: 'new'})",
    "insert": "INSERT (:Run {id: 'new'})",
    "create a relationship": "MATCH (a:Source), (b:Run) CREATE (a)-[:X]->(b)",
    "merge what is new": "MERGE (:Run {id: 'new'})",
    "merge what is there": "MERGE (n:Run {id: 'run:1'}) RETURN n",
    "set a property": "MATCH (n:Run) SET n.name = 'x'",
    "set all properties": "MATCH (n:Run) SET n = {id: 'x'}",
    "add properties": "MATCH (n:Run) SET n += {y: 1}",
    "set a label": "MATCH (n:Run) SET n:Model",
    "set a label by name": "MATCH (n:Run) SET n:$('Model')",
    "remove a property": "MATCH (n:Run) REMOVE n.name",
    "remove a label": "MATCH (n:Run) REMOVE n:Run",
    "delete": "MATCH (n:Person) DETACH DELETE n",
    "delete nothing": "MATCH (n:Nobody) DELETE n",
    "delete relationships": "MATCH ()-[r]->() DELETE r",
    "foreach": "FOREACH (i IN [1] | CREATE (:X))",
    "call": "CALL () { CREATE (:X) }",
    "call and return": "CALL () { CREATE (x:X) RETURN x } RETURN x",
    "call in transactions": "UNWIND [1, 2] AS i CALL (i) { CREATE (:X {i: i}) } IN TRANSACTIONS OF 1 ROW",
    "call in concurrent transactions": "UNWIND [1, 2] AS i CALL (i) { CREATE (:X {i: i}) } IN 2 CONCURRENT TRANSACTIONS",
    "profile of a write": "PROFILE CREATE (:X)",
    "after a read": "MATCH (n:Run) WITH n CREATE (:X {of: n.id}) RETURN n",
    "union": "RETURN 1 AS x UNION CREATE (n:X) RETURN 1 AS x",
    "with options": "CYPHER 5 runtime=slotted CREATE (:X)",
    "options and profile": "CYPHER 5 PROFILE CREATE (:X)",
    "behind a comment": "// MATCH\n/* RETURN */ CREATE (:X)",
    "another mode in a comment": "/* accessMode: WRITE */ CREATE (:X)",
    "use": "USE neo4j CREATE (:X)",
    "index": "CREATE INDEX mine FOR (n:Run) ON (n.name)",
    "drop an index": "DROP INDEX lineage_changed",
    "constraint": "CREATE CONSTRAINT mine FOR (n:Run) REQUIRE n.name IS UNIQUE",
    "drop a constraint": "DROP CONSTRAINT lineage_node",
    "user": "CREATE USER bob SET PASSWORD 'abcdefgh'",
    "drop a user": "DROP USER neo4j",
    "password": "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'abcdefghi'",
    "another's password": "ALTER USER neo4j SET PASSWORD 'abcdefghi'",
    "database": "CREATE DATABASE other",
    "label by procedure": "CALL db.createLabel('NewLabel')",
    "type by procedure": "CALL db.createRelationshipType('NEW_TYPE')",
    "property by procedure": "CALL db.createProperty('newProperty')",
    "load csv and create": "LOAD CSV FROM 'file:///x.csv' AS line CREATE (:X)",
    "node property by procedure": "MATCH (n:Run) CALL db.create.setNodeVectorProperty(n, 'v', [1.0])",
}
MORE_THAN_READING = {
    "load csv": "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "load csv from an address": "LOAD CSV FROM 'http://127.0.0.1:1/x' AS line RETURN line",
    "load csv inside": "MATCH (n:Run) CALL (n) { LOAD CSV FROM 'file:///x' AS line RETURN line } RETURN line",
    "load csv profiled": "PROFILE LOAD CSV FROM 'file:///x' AS line RETURN line",
    "load csv before a word that is no prefix": "/* */ LOAD CSV FROM 'file:///x' AS /* */PROFILE RETURN PROFILE",
    "load csv profiled with options": "CYPHER 5 runtime = slotted /* */ PROFILE LOAD CSV FROM 'file:///x' AS l RETURN l",
    "load csv explained": "EXPLAIN LOAD CSV FROM 'file:///x' AS line RETURN line",
    "terminate": "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "terminate by a list": "SHOW TRANSACTIONS YIELD transactionId AS t TERMINATE TRANSACTIONS t YIELD message RETURN message",
    "transactions": "SHOW TRANSACTIONS",
    "settings": "SHOW SETTINGS",
    "users": "SHOW USERS",
    "databases": "SHOW DATABASES",
    "kill connections": "CALL dbms.killConnections(['bolt-1'])",
    "kill a connection": "CALL `dbms`.`killConnection`('bolt-1')",
    "query caches": "CALL db.clearQueryCaches()",
    "metadata": "CALL tx.setMetaData({a: 1})",
    "sampling": "CALL db.resampleOutdatedIndexes()",
    "replanning": "CALL db.prepareForReplanning(1)",
    "statistics": "CALL db.stats.stop('QUERIES')",
    "configuration": "CALL dbms.listConfig() YIELD name RETURN name",
}


@pytest.mark.parametrize("name", [*WRITING, *MORE_THAN_READING])
def test_what_does_more_than_read_is_refused_and_does_nothing(name, console, served):
    before = everything(served)
    # Community knows one database only, and says that first.
    with pytest.raises(QueryInvalid if name == "database" else QueryRefused) as caught:
        console.run((WRITING | MORE_THAN_READING)[name], {})
    assert everything(served) == before
    assert caught.value.exit_code == 1
    assert caught.value.hint


@pytest.mark.parametrize(
    "name", [name for name, query in MORE_THAN_READING.items() if not query.startswith("CALL ")]
)
def test_writing_allows_no_more_than_writing(name, console):
    query = MORE_THAN_READING[name]
    with pytest.raises(QueryRefused):
        console.run(query, {}, write=True)


def test_the_server_refuses_what_a_wrong_plan_would_let_through(console, served, monkeypatch):
    """Two locks: with the judgement of the plan gone, READ mode still holds."""
    monkeypatch.setattr("lineage_graph.stores.neo4j.console.check_plan", lambda *_, **__: [])
    before = everything(served)
    for query in WRITING.values():
        with pytest.raises(QueryError):
            console.run(query, {})
    assert everything(served) == before


EVIL = [
    "`",
    "'",
    '"',
    "}) DETACH DELETE n //",
    "' OR 1=1 //",
    "`) MATCH (n) DETACH DELETE n //",
    "\\u0027",
    "$x",
    "\0",
]


@pytest.mark.parametrize("text", EVIL)
def test_parameters_are_data(text, console, served):
    before = everything(served)
    table = console.run(
        "MATCH (n:LineageNode) WHERE n.name = $name OR $name = $name RETURN DISTINCT $name AS x",
        {"name": text},
    )
    assert table.rows == ((text,),)
    assert console.run("RETURN $m.`a b` AS x", {"m": {"a b": [text]}}).rows == (([text],),)
    assert everything(served) == before


def test_a_moment_of_a_zone_is_sent_by_its_offset(console):
    noon = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    table = console.run(
        "RETURN $one AS one, $many[0] AS many, $map.in AS m",
        {"one": noon, "many": [noon], "map": {"in": noon}},
    )
    assert table.rows == ((noon, noon, noon),)


def test_labels_and_properties_as_parameters_are_data(console, served):
    before = everything(served)
    for text in EVIL[:6]:
        assert (
            console.run("MATCH (n:LineageNode) WHERE n[$key] IS NOT NULL RETURN n", {"key": text}).rows == ()
        )
        assert console.run("MATCH (n:LineageNode:$($label)) RETURN n", {"label": text}).rows == ()
    assert everything(served) == before
