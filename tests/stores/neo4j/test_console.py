"""Cypher on a real server: what is refused, what is bounded, what is shown. The back door looks at what lies there."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lineage_graph.errors import QueryError, QueryInvalid, QueryRefused, QueryTimeout, StoreMissing
from lineage_graph.stores.cypher import CypherNode, CypherPath, CypherRelationship
from lineage_graph.stores.neo4j.console import _PROFILE, Neo4jConsole
from lineage_graph.stores.neo4j.schema import make_store
from tests.support.neo4j import connected, on_neo4j, wipe

pytestmark = on_neo4j

GRAPH = """
CREATE (s:LineageNode:Source {id: 's3://lake/orders', name: 'orders', uri: 's3://lake/orders', `_claims`: ['[]'], `_changed`: 7})
CREATE (d:LineageNode:Dataset {id: 'd', name: 'orders', rows: 3, start: datetime('2026-01-01T01:00:00+01:00'), `_changed`: 7})
CREATE (r:LineageNode:Run {id: 'run:1', name: 'train', params: '{"lr":"0.1"}', `_changed`: 7})
CREATE (s)-[:HAS_VERSION {evidence: 'logged', `_claims`: ['[]'], `_interval`: ''}]->(d)
CREATE (d)-[:READ_BY {evidence: 'logged', role: 'training', `_claims`: ['[]'], `_interval`: ''}]->(r)
CREATE (x:Person {name: 'Ana', id: 'mine', `_hidden`: 1})
CREATE (x)-[:LIKES]->(r)
"""
EVERYTHING = """
CALL () {
  MATCH (n) RETURN collect([elementId(n), labels(n), properties(n)]) AS nodes
}
CALL () {
  MATCH (a)-[r]->(b) RETURN collect([elementId(a), type(r), properties(r), elementId(b)]) AS edges
}
RETURN nodes, edges
"""


@pytest.fixture(scope="module")
def served(neo4j_server):
    """One graph for all that only reads, or must not do more."""
    with connected(neo4j_server) as connection:
        wipe(connection)
        make_store(connection, force=False)
        connection.write(lambda tx: tx.run(GRAPH))
        yield connection


@pytest.fixture
def console(served):
    return Neo4jConsole(served)


def everything(connection):
    """All that lies in the database, in an order of its own; indexes, constraints and users beside it."""
    ((nodes, edges),) = connection.read(EVERYTHING)
    schema = connection.read("SHOW INDEXES YIELD name RETURN name ORDER BY name")
    constraints = connection.read("SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name")
    labels = connection.read("CALL db.labels() YIELD label RETURN label ORDER BY label")
    users = connection.read("SHOW USERS YIELD user RETURN user ORDER BY user")
    return sorted(map(repr, nodes)), sorted(map(repr, edges)), schema, constraints, labels, users


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


def test_nodes_relationships_and_paths(console):
    table = console.run(
        "MATCH p = (s:Source)-[h:HAS_VERSION]->(d:Dataset)-[r:READ_BY]->(x:Run) RETURN d, r, p, [h], {a: x} AS m",
        {},
    )
    assert table.columns == ("d", "r", "p", "[h]", "m")
    ((d, r, p, (h,), m),) = table.rows
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert d == CypherNode("d", "Dataset", "orders", {"id": "d", "name": "orders", "rows": 3, "start": start})
    assert d.properties["start"].utcoffset().total_seconds() == 0
    assert r == CypherRelationship("d", "run:1", "READ_BY", {"evidence": "logged", "role": "training"})
    assert isinstance(p, CypherPath)
    assert [item.type if isinstance(item, CypherRelationship) else item.id for item in p.items] == [
        *("s3://lake/orders", "HAS_VERSION", "d", "READ_BY", "run:1"),
    ]
    assert h == CypherRelationship("s3://lake/orders", "d", "HAS_VERSION", {"evidence": "logged"})
    assert m["a"].kind == "Run"


def test_a_path_against_the_arrows_keeps_their_direction(console):
    ((path,),) = console.run("MATCH p = (:Run)<-[:READ_BY]-(:Dataset)<--(:Source) RETURN p", {}).rows
    assert [item.id for item in path.items[::2]] == ["run:1", "d", "s3://lake/orders"]
    assert [(edge.src, edge.dst) for edge in path.items[1::2]] == [("d", "run:1"), ("s3://lake/orders", "d")]


def test_a_relationship_alone_names_its_ends(console):
    rows = console.run("MATCH (:LineageNode)-[r]->(:LineageNode) RETURN r ORDER BY type(r)", {}).rows
    assert [(r.src, r.dst) for (r,) in rows] == [("s3://lake/orders", "d"), ("d", "run:1")]


def test_what_is_not_ours_says_so(console):
    ((person, likes),) = console.run("MATCH (p:Person)-[l:LIKES]->() RETURN p, l", {}).rows
    assert person.kind is None
    assert person.id.startswith("element:")
    assert (person.name, person.properties) == ("Ana", {"name": "Ana", "id": "mine"})
    assert (likes.src, likes.dst) == (person.id, "run:1")


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (n:Run) RETURN n",
        "MATCH (n:Run) RETURN properties(n)",
        "MATCH (n:Run) RETURN n {.*}",
        "MATCH (n:Run) RETURN [n {.*}]",
        "MATCH (n:Run) RETURN {deep: {n: n {.*}}}",
        "MATCH ()-[r:READ_BY]->() RETURN r",
        "MATCH ()-[r:READ_BY]->() RETURN properties(r)",
        "MATCH p = (:Source)-->() RETURN p",
    ],
)
def test_what_the_store_keeps_for_itself_is_not_shown(query, console):
    assert "_c" not in repr(console.run(query, {}).rows)
    assert "_interval" not in repr(console.run(query, {}).rows)


VALUES = {
    "null": None,
    "true": True,
    "1": 1,
    "9223372036854775807": 2**63 - 1,
    "1.5": 1.5,
    "0.0 / 0.0": None,
    "1.0 / 0.0": None,
    "'text'": "text",
    "[1, [2.5, 0.0 / 0.0]]": [1, [2.5, None]],
    "{a: {b: 1}}": {"a": {"b": 1}},
    "datetime('2026-03-01T12:00:00[Europe/Berlin]')": datetime(2026, 3, 1, 11, tzinfo=UTC),
    "datetime({epochMillis: 1})": datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=UTC),
    "date('2026-03-01')": "2026-03-01",
    "localdatetime('2026-03-01T12:00:00')": "2026-03-01T12:00:00.000000000",
    "duration('P1Y2DT3S')": "P1Y2DT3S",
}


@pytest.mark.parametrize(("expression", "value"), VALUES.items(), ids=VALUES)
def test_values(expression, value, console):
    ((shown,),) = console.run(f"RETURN {expression} AS x", {}).rows
    assert shown == value
    assert type(shown) is type(value)


def test_a_point_is_text(console):
    ((shown,),) = console.run("RETURN point({x: 1, y: 2}) AS x", {}).rows
    assert shown == "CartesianPoint(1.0, 2.0)"


def test_a_time_beyond_the_calendar_is_said(console):
    with pytest.raises(QueryInvalid, match="cannot be shown"):
        console.run("RETURN datetime('+123456-01-01T00:00Z') AS x", {})


@pytest.mark.parametrize(
    ("limit", "rows", "more", "left"),
    [(None, 10, False, 0), (10, 10, False, 0), (9, 9, True, None), (0, 0, True, None)],
)
def test_a_row_limit_says_that_there_is_more(limit, rows, more, left, console):
    table = console.run("UNWIND range(1, 10) AS n RETURN n", {}, limit=limit)
    assert (len(table.rows), table.more, table.left_out) == (rows, more, left)


def test_a_row_limit_does_not_fetch_the_rest(console):
    table = console.run("UNWIND range(1, 10000000) AS n RETURN n", {}, limit=5, timeout=20)
    assert [row[0] for row in table.rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("timeout", [1.0, 0.2, 0.0])
def test_a_query_is_cut_off_in_time(timeout, console, served):
    endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b UNWIND range(1, 100000) AS c RETURN count(*)"
    began = datetime.now(UTC)
    with pytest.raises(QueryTimeout) as caught:
        console.run(endless, {}, timeout=timeout)
    assert (datetime.now(UTC) - began).total_seconds() < timeout + 5
    assert "--timeout" in caught.value.hint
    assert served.read("RETURN 1") == [[1]]


INVALID = {
    "MATCH (n RETURN n": "(line 1, column 10)",
    "MATCH (n)\nRETURN m": "(line 2, column 8)",
    "RETURN 1; RETURN 2": "exactly one statement",
    "// nothing": "end of input",
    "": "empty",
    "PROFILE MATCH (n": "SyntaxError",
    "RETURN 1 / 0": "by zero",
    "CALL nothing.of.that.name()": "nothing.of.that.name",
    "RETURN nofunction(1)": "nofunction",
    "RETURN date('x')": "x",
    "MATCH (n) RETURN id(n) + {}": "",
}


@pytest.mark.parametrize(("query", "said"), INVALID.items(), ids=INVALID)
def test_what_is_no_cypher_is_said_with_its_place(query, said, console):
    with pytest.raises(QueryInvalid) as caught:
        console.run(query, {})
    assert said in caught.value.message
    assert "EXPLAIN" not in caught.value.message or query.startswith("//")
    assert "\n" not in caught.value.message


def test_a_missing_parameter_is_named(console):
    with pytest.raises(QueryInvalid, match="name") as caught:
        console.run("RETURN $name", {})
    assert "-p" in caught.value.hint


@pytest.mark.parametrize(
    "value", [2**63, "\ud800", {1, 2}, object()], ids=["too large", "half a character", "a set", "an object"]
)
def test_a_parameter_that_cannot_be_sent(value, console):
    with pytest.raises(QueryInvalid, match="parameter"):
        console.run("RETURN $x", {"x": value})


def test_no_secret_is_repeated(console):
    with pytest.raises(QueryInvalid) as caught:
        console.run("RETURN 'bolt://ana:hunter2@host' AS x,, 'password=hunter2'", {})
    assert "hunter2" not in caught.value.message


NOTED = {
    "MATCH (n) RETURN n": True,
    "MATCH (n) RETURN count(n)": True,
    "MATCH (n) WHERE n.name = 'x' RETURN n": True,
    "MATCH ()-[r]->() RETURN r": False,
    "RETURN EXISTS { MATCH (n) WHERE n.x = 1 } AS x": True,
    "MATCH (n:LineageNode) RETURN n": False,
    "MATCH (n:Run) RETURN count(n)": False,
    "MATCH (n) WHERE n:Run OR n:Model RETURN n": False,
    "MATCH (:Dataset)-[r]->() RETURN r": False,
    "RETURN 1": False,
}


@pytest.mark.parametrize(("query", "noted"), NOTED.items(), ids=NOTED)
def test_a_look_at_everything_is_noted(query, noted, console):
    assert bool(console.run(query, {}).notes) is noted


def test_explain_and_profile_show_the_plan(console):
    explained = console.run("EXPLAIN MATCH (n:Run) RETURN n", {})
    assert explained.columns == ("operator", "details", "estimated_rows")
    assert [row[0] for row in explained.rows] == ["ProduceResults", "  NodeByLabelScan"]
    for query in ("PROFILE MATCH (n:Run) RETURN n", "// why\nCYPHER 5 profile MATCH (n:Run) RETURN n"):
        profiled = console.run(query, {})
        assert profiled.columns == ("operator", "details", "estimated_rows", "rows", "db_hits")
        assert profiled.rows[0][3] == 1


PROFILED = {
    "PROFILE RETURN 1": "",
    "profile RETURN 1": "",
    " \n// x\n/* PROFILE */ PROFILE RETURN 1": " \n// x\n/* PROFILE */ ",
    "CYPHER PROFILE RETURN 1": "CYPHER ",
    "CYPHER 5 runtime=slotted planner = cost PROFILE RETURN 1": "CYPHER 5 runtime=slotted planner = cost ",
    "RETURN 1 AS PROFILE": None,
    "// PROFILE RETURN 1": None,
    "/* */ RETURN 1 AS /* */PROFILE": None,
    "CYPHER 5 RETURN 1 AS PROFILE": None,
    "PROFILED": None,
}


@pytest.mark.parametrize(("query", "before"), PROFILED.items(), ids=PROFILED)
def test_what_is_taken_for_the_prefix_of_a_profile(query, before):
    found = _PROFILE.match(query)
    assert (found[1] if found else None) == before


def test_words_are_those_of_the_graph(console):
    words = console.words()
    assert words["labels"] == ("LineageNode", "Source", "Dataset", "Run")
    assert words["types"] == ("HAS_VERSION", "READ_BY")
    assert words["properties"] == ("evidence", "id", "name", "params", "role", "rows", "start", "uri")


def test_writing_is_done_when_asked_for_and_told(connection):
    connection.write(lambda tx: tx.run("MATCH (n) DETACH DELETE n"))
    make_store(connection, force=False)
    connection.write(lambda tx: tx.run(GRAPH))
    console = Neo4jConsole(connection)
    table = console.run("MATCH (n:Run) SET n.note = $note", {"note": "x"}, write=True)
    assert table.notes == ("properties set: 1",)
    assert connection.read("MATCH (n:Run) RETURN n.note") == [["x"]]
    console.run("UNWIND [1, 2] AS i CALL (i) { CREATE (:X {i: i}) } IN TRANSACTIONS OF 1 ROW", {}, write=True)
    assert connection.read("MATCH (n:X) RETURN count(n)") == [[2]]


def test_a_graph_that_is_not_there_is_said(connection):
    with pytest.raises(StoreMissing):
        Neo4jConsole(connection).run("RETURN 1", {})
    connection.write(lambda tx: tx.run("CREATE (:Person)"))
    with pytest.raises(StoreMissing):
        Neo4jConsole(connection).run("CREATE (:Person)", {}, write=True)


MEETING = {
    "a kind": ("MATCH (n:Run) RETURN count(n)", True),
    "rows of a kind": ("MATCH (n:Run) RETURN n.id", True),
    "two kinds": ("MATCH (n:Source|Dataset) RETURN n", True),
    "a type": ("MATCH ()-[r:READ_BY]->() RETURN r.role", True),
    "how many of a type": ("MATCH ()-[r:READ_BY]->() RETURN count(r)", True),
    "a kind by a condition": ("MATCH (n {id: 'x'}) WHERE n:Run RETURN n", True),
    "ours": ("MATCH (n:LineageNode&Run) RETURN n.id", False),
    "from ours on": ("MATCH (n:LineageNode&Run)<-[:READ_BY]-(d:Dataset) RETURN d.id", False),
    "others on purpose": ("MATCH (n:Person) RETURN n.name", False),
    "no node": ("RETURN 1", False),
}


@pytest.mark.parametrize(("query", "meets"), MEETING.values(), ids=list(MEETING))
def test_what_may_be_of_others_is_said_where_there_are_others(connection, query, meets):
    wipe(connection)
    make_store(connection, force=False)
    connection.write(lambda tx: tx.run(GRAPH))
    console = Neo4jConsole(connection)
    said = "others keep nodes with labels of ours"
    # Others, with labels of their own.
    assert said not in str(console.run(query, {}).notes)
    connection.write(lambda tx: tx.run("CREATE (:Run {id: 'theirs'})"))
    notes = str(console.run(query, {}).notes)
    assert (said in notes or "every node" in notes) is meets
