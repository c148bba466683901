"""How a query becomes ladybug's, without a database: what decides whether it may run, and in what form."""

import pytest

from lineage_graph.errors import QueryInvalid, QueryRefused
from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.scope import Topology
from lineage_graph.stores.mirror.topology import longest_chain
from lineage_graph.stores.mirror.translating import translate


@pytest.fixture
def catalog() -> Catalog:
    made = Catalog(size=50)
    made.add("Source", {"id": "s", "name": "s"})
    made.add("Dataset", {"id": "d", "name": "d", "rows": 3, "odd": "x"})
    made.add("Dataset", {"id": "d", "name": "d", "odd": 1})
    made.add("Run", {"id": "r", "name": "r", "odd": "x"})
    made.add("READ_BY", {"evidence": "logged"})
    for edge_type, src, dst in (
        ("HAS_VERSION", "Source", "Dataset"),
        ("READ_BY", "Dataset", "Run"),
        ("WROTE", "Run", "Dataset"),
        ("CHILD_OF", "Run", "Run"),
    ):
        made.join(edge_type, src, dst, loop=False)
    return made


def text(query: str, catalog: Catalog, longest: int | None = 4) -> str:
    return translate(query, {}, catalog, lambda types: Topology(longest)).text


@pytest.mark.parametrize(
    ("query", "longest", "form"),
    [
        ("MATCH (s:Source)-[*]->(r:Run) RETURN DISTINCT r.id", None, "* SHORTEST 1..50"),
        ("MATCH (s:Source)-[*]->(r) RETURN DISTINCT r.id", 4, "* SHORTEST 1..50"),
        ("MATCH (s:Source)-[*]->(r:Run) RETURN r.id", 4, "* TRAIL 1..4"),
        ("MATCH (s:Source)-[*1..3]->(r:Run) RETURN r.id", None, "* TRAIL 1..3"),
        ("MATCH (s:Source)-[*1..900]->(r:Run) RETURN r.id", 40, "* TRAIL 1..40"),
        ("MATCH (s:Source)-[*]->(r:Run) RETURN s.id, count(DISTINCT r)", None, "* SHORTEST 1..50"),
        ("MATCH (s:Source)-[*]->(r:Run) RETURN s.id, count(r)", 4, "* TRAIL 1..4"),
        ("MATCH p = (s:Source)-[*]->(r:Run) RETURN s.id, min(length(p))", None, "* SHORTEST 1..50"),
        ("MATCH p = (s:Source)-[*]->(r:Run) RETURN DISTINCT length(p)", 4, "* TRAIL 1..4"),
        ("MATCH (s:Source) WHERE EXISTS { (s)-[*]->(:Run) } RETURN s.id", None, "* SHORTEST 1..50"),
        ("MATCH (r:Run)-[:CHILD_OF*0..2]->(q) RETURN DISTINCT q.id", 4, "* TRAIL 0..2"),
    ],
)
def test_how_far_a_pattern_goes(query, longest, form, catalog):
    assert form in text(query, catalog, longest)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (s:Source)-[*]->(r) RETURN r.id",
        "MATCH (a:Run)-[:CHILD_OF*]->(b:Run) RETURN DISTINCT b.id",
        "MATCH (d:Dataset)-[:READ_BY|WROTE*]->(x) RETURN DISTINCT x.id",
    ],
)
def test_circles_have_no_end(query, catalog):
    with pytest.raises(QueryRefused, match="run in circles"):
        text(query, catalog, None) if "DISTINCT" not in query else text(
            query.replace("DISTINCT ", ""), catalog, None
        )


def test_a_start_that_may_be_an_end_is_not_walked_by_nodes_alone(catalog):
    with pytest.raises(QueryRefused):
        text("MATCH (a:Run)-[:CHILD_OF*]->(b:Run) RETURN DISTINCT b.id", catalog, None)


def test_no_relationship_twice(catalog):
    asked = text("MATCH (a:Dataset)-[x:READ_BY]->(b:Run)<-[y:READ_BY]-(c) RETURN a.id, c.id", catalog)
    assert asked.count(".eid <> ") == 1
    apart = text(
        "MATCH (a:Dataset)-[x:READ_BY]->(b:Run) MATCH (b)<-[y:READ_BY]-(c) RETURN a.id, c.id", catalog
    )
    assert ".eid" not in apart


def test_texts_of_a_person_are_never_in_the_query(catalog):
    hostile = "') RETURN 1 //"
    asked = translate(
        'MATCH (s:Source {name: $n}) WHERE s.name <> "a\'b" RETURN s.id AS `x) DROP`',
        {"n": hostile},
        catalog,
        lambda types: Topology(1),
    )
    assert "RETURN 1" not in asked.text
    assert "a'b" not in asked.text
    assert "DROP" not in asked.text
    assert asked.columns == ("x) DROP",)
    assert set(asked.parameters.values()) == {hostile, "a'b"}


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("MATCH (d:Dataset) RETURN d.odd", "several types"),
        ("MATCH (d:Dataset) WHERE d.rows = 'x' RETURN d", "an integer = text"),
        ("MATCH (n:LineageNode) RETURN n.odd + 1", "several types"),
        ("MATCH (n) RETURN n", "without a label"),
        ("MATCH (n:!Run) RETURN n", "without a label"),
        ("MATCH (d:Dataset) RETURN d.rows + d.name", "an integer + text"),
    ],
)
def test_types_are_known_before(query, why, catalog):
    with pytest.raises(QueryRefused) as caught:
        text(query, catalog)
    assert why in caught.value.message


def test_a_label_tells_types_apart(catalog):
    assert text("MATCH (r:Run) RETURN r.odd", catalog)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("MATCH (n:Run) RETURN n.id,", "a value"),
        ("MATCH (n:Run)", "MATCH, OPTIONAL MATCH"),
        ("RETURN 'abc", "a text without its end"),
        ("RETURN 017", "017"),
        ("RETURN 99999999999999999999", "too large"),
        ("RETURN 9223372036854775808", "too large"),
        ("RETURN 1 - 9223372036854775809", "too large"),
        ("RETURN 1 / 0", "division by zero"),
        ("MATCH (n:Run) RETURN n.id LIMIT 1 - 2", "LIMIT"),
        ("MATCH (n:Run) RETURN n.id LIMIT 9223372036854775807 * 2", "LIMIT"),
        ("MATCH (n:Run) RETURN n.id LIMIT n.rows", "not defined"),
        ("MATCH (n:Run) RETURN n.id LIMIT count(*)", "LIMIT"),
        ("MATCH (n:Run) RETURN count(toString(count(*)))", "aggregated already"),
        ("MATCH (n:Run) RETURN n.id AS a, n.name AS a", "same name"),
        ("MATCH (n:Run) RETURN n.id LIMIT -1", "LIMIT"),
        ("MATCH (n:Run) RETURN n.id LIMIT 1.5", "LIMIT"),
        ("MATCH (n:Run) WITH n.id RETURN 1", "WITH needs a name"),
        ("MATCH (n:Run) WHERE count(n) > 1 RETURN n", "aggregate in WHERE"),
        ("MATCH (n:Run) RETURN count(count(n))", "aggregated already"),
        ("MATCH (n:Run) WITH n.id AS i RETURN n.id", "not defined"),
        ("RETURN 1 AS a UNION RETURN 2 AS b", "different columns"),
        ("RETURN " + "(" * 500 + "1" + ")" * 500, "nested too deeply"),
        ("RETURN " + "- " * 5000 + "1", "nested too deeply"),
        ("RETURN " + "(n WHERE " * 30 + "1" + ")" * 30, ""),
        ("RETURN " + " + ".join(["1"] * 5000), "nested too deeply"),
    ],
)
def test_what_is_no_cypher(query, words, catalog):
    with pytest.raises(QueryInvalid) as caught:
        text(query, catalog)
    assert words in caught.value.message


def test_the_longest_chain():
    chain = [(number, number + 1) for number in range(5_000)]
    assert longest_chain(chain) == 5_000
    assert longest_chain([*chain, (5_000, 0)]) is None
    assert longest_chain([("a", "a")]) is None


def test_the_clock_is_looked_at_while_the_longest_chain_is_measured():
    looks = []
    longest_chain([(number, number + 1) for number in range(30_000)], lambda: looks.append(1))
    assert 2 < len(looks) < 100
