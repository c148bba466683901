"""Cypher on a real server: what is bounded, what is shown, how it is said. The back door looks at what lies there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lineage_graph.errors import QueryInvalid, QueryTimeout, StoreMissing
from lineage_graph.stores.cypher import CypherNode, CypherPath, CypherRelationship
from lineage_graph.stores.neo4j.console import _PROFILE, Neo4jConsole
from lineage_graph.stores.neo4j.schema import make_store
from tests.stores.neo4j.asked import GRAPH
from tests.support.neo4j import on_neo4j, wipe

pytestmark = on_neo4j


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
