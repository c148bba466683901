"""Questions with conditions on relationships, in WHERE and in a later WITH … WHERE: the rows that plain Python finds over the edges."""

from collections import Counter
from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lineage_graph.errors import QueryRefused
from tests.stores.mirror.drawn import Graph, Question

ON_START = ("o.rows > 100", "o.name <> 'd1'")
ON_EDGE = {"evidence": "inferred", "role": "training", "rule": "context"}
FORMS = (
    "MATCH {pattern} WHERE {start} AND {edge} RETURN o.id, x.id",
    "MATCH {pattern} WHERE {start} WITH o, h, x WHERE {edge} RETURN o.id, x.id",
    "MATCH {pattern} WITH o, h, x WHERE {start} AND {edge} RETURN o.id, x.id",
    "MATCH {pattern} WITH h, o, x WHERE {edge} WITH o, x WHERE {start} RETURN o.id, x.id",
)
PATTERNS = (
    "(o:Dataset)-[h:READ_BY]->(d)-[r]->(x)",
    "(o:Dataset)-[h:READ_BY]->(d) MATCH (d)-[r]->(x)",
    "(o:Dataset)-[h:READ_BY]->(d) WITH h, d, o MATCH (d)-[r]->(x)",
)


@pytest.fixture(scope="module")
def plain(graph) -> Graph:
    return Graph.of(graph)


@pytest.mark.parametrize("pattern", PATTERNS, ids=["one", "two", "apart"])
@pytest.mark.parametrize("form", FORMS, ids=["match", "later", "both later", "in turn"])
def test_a_condition_on_the_start_and_one_on_the_relationship(form, pattern, mirror, plain):
    for start, (key, value) in product(ON_START, ON_EDGE.items()):
        query = form.format(pattern=pattern, start=start, edge=f"h.{key} = '{value}'")
        expected: Counter[tuple[str, str]] = Counter()
        for first, second in product(plain.edges, plain.edges):
            node = plain.nodes[first.src]
            fits = node.get("rows", 0) > 100 if "rows" in start else node["name"] != "d1"
            joined = first.type == "READ_BY" and first.dst == second.src
            if fits and joined and first.flat.get(key) == value:
                expected[first.src, second.dst] += 1
        assert expected, query
        assert Counter(mirror.run(query, {}).rows) == expected, query


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_drawn(seed, mirror, plain):
    question = Question(Random(seed))
    expected = question.answer(plain)
    assume(expected.total() < 20_000)
    try:
        rows = mirror.run(question.text, {}).rows
    except QueryRefused:
        return
    assert Counter(rows) == expected, question.text


@pytest.mark.parametrize("pattern", PATTERNS[:2], ids=["one", "two"])
def test_one_condition_on_both(pattern, mirror):
    where = "WHERE o.rows > 100 AND (h.evidence = 'inferred' OR o.name = 'd1')"
    at_once = mirror.run(f"MATCH {pattern} {where} RETURN o.id, x.id", {}).rows
    later = mirror.run(f"MATCH {pattern} WITH o, h, x {where} RETURN o.id, x.id", {}).rows
    assert later
    assert Counter(at_once) == Counter(later)
