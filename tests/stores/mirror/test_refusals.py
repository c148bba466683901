"""What is not answered says so in one line, and which way leads on."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lineage_graph.errors import QueryInvalid, QueryRefused
from tests.stores.mirror.questions import INVALID, PARAMETERS, REFUSED


@pytest.mark.parametrize("query", REFUSED)
def test_refused_by_name_with_the_way_to_neo4j(query, mirror, graph):
    with pytest.raises(QueryRefused) as caught:
        mirror.run(query, PARAMETERS)
    assert caught.value.message.startswith("the embedded store does not run ")
    assert "\n" not in caught.value.message + caught.value.hint
    assert f"lineage-graph copy {graph.path} bolt://" in caught.value.hint


@pytest.mark.parametrize("query", INVALID)
def test_invalid(query, mirror):
    with pytest.raises(QueryInvalid):
        mirror.run(query, PARAMETERS)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("MATCH (n:Run) RETURN apoc.text.join(n.names, '')", "("),
        ("MATCH (n:Run) RETURN round(n.big)", "round()"),
        ("MATCH (n:Run) RETURN percentileCont(n.big, 0.5)", "percentilecont()"),
        ("MATCH (n:Run) RETURN exists(n.x)", "exists()"),
        ("MATCH (n:Source) RETURN n.weight / n.weight", "/ of floats"),
        ("MATCH (n:Run) WITH n ORDER BY n.id RETURN n", "ORDER BY without LIMIT"),
        ("MATCH (n:Run) WITH n ORDER BY n.id LIMIT 3 RETURN collect(n.id)", "collect() after ORDER BY"),
        ("MATCH (a:Run)-[:CHILD_OF*]-(b:Run) RETURN a, b", "without an end"),
        ("MATCH (a)-[*]->(b)-[*]->(c), (a)-[:READ_BY*]->(d) RETURN a", "two patterns of many steps"),
        ("COPY (MATCH (n:Run) RETURN n.id) TO 'x.csv'", "COPY"),
        ("ATTACH 'x' AS y", "ATTACH"),
        ("INSTALL json", "INSTALL"),
        ("EXPLAIN MATCH (n:Run) RETURN n", "EXPLAIN"),
        ("CALL show_tables() RETURN *", "CALL"),
        ("MATCH (n:Run) CALL { WITH n RETURN 1 AS x } RETURN x", "CALL"),
        ("MATCH (n:Run) FOREACH (x IN [1] | SET n.x = 1)", "FOREACH"),
        ("MATCH p = SHORTEST 1 (a:Run)-[:CHILD_OF]->+(b) RETURN p", "SHORTEST"),
        (
            "MATCH (n:Run|Dataset) WITH n LIMIT 3 MATCH (n)-[:READ_BY]->(r) RETURN r.id",
            "from n that not all its kinds",
        ),
        ("MATCH (a:Run) WHERE EXISTS { (a)-->(b) WHERE a.flag OR b.flag } RETURN a.id", "a.flag of outside"),
        ("MATCH (a:Run) OPTIONAL MATCH p=(a)-->(b) WHERE nodes(p)[0].flag RETURN b.id", "the path p"),
        ("MATCH (n:Run) USING INDEX n:Run(id) RETURN n", "USING"),
    ],
)
def test_the_construct_is_named(query, word, mirror):
    with pytest.raises((QueryRefused, QueryInvalid)) as caught:
        mirror.run(query, PARAMETERS)
    assert word in caught.value.message


def test_a_time_of_a_place_is_not_one_of_utc(mirror):
    # ZoneInfo("UTC") is to Neo4j a place as well.
    for zone in ("Europe/Berlin", "UTC"):
        with pytest.raises(QueryRefused, match=r"\$t: Neo4j compares a time's zone too"):
            mirror.run("RETURN $t = $t", {"t": [datetime(2026, 1, 3, tzinfo=ZoneInfo(zone))][0]})


def test_nothing_is_written_whatever_is_asked(mirror):
    with pytest.raises(QueryRefused, match="nothing that Cypher writes"):
        mirror.run("MATCH (n:Run) RETURN n", {}, write=True)


@pytest.mark.parametrize(
    "text", ["it's", 'a"b', "a\\", "') RETURN 1 //", "`}) DETACH DELETE n //", "a\nb", "\x00", "ß😀"]
)
def test_texts_are_data(text, mirror):
    query = "MATCH (n:Source) WHERE n.name = $text OR $text = $text RETURN $text AS same, [x IN [$text] WHERE x = $text] AS list LIMIT 1"
    assert mirror.run(query, {"text": text}).rows == ((text, [text]),)
