"""One query, two databases, the same rows: what the mirror answers at all it answers as Neo4j does."""

from collections.abc import Callable
from functools import cache

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import LineageError, QueryInvalid, QueryRefused
from lineage_graph.stores.cypher import CypherTable
from lineage_graph.stores.mirror.console import MirrorConsole
from lineage_graph.stores.neo4j.console import Neo4jConsole
from tests.stores.mirror.graphs import DAY, T0, records, retold, write
from tests.stores.mirror.questions import ANSWERED, BREAKS_OFF, PARAMETERS, REFUSED
from tests.support.neo4j import connected, on_neo4j, wipe

pytestmark = on_neo4j
ONLY_WITH_CIRCLES = ("these relationships run in circles", "something here leads to itself")


@pytest.fixture(scope="module")
def neo4j(graph, neo4j_server):
    with connected(neo4j_server) as connection:
        wipe(connection)
        Lineage(graph).copy_to(neo4j_server.full_url)
        yield Neo4jConsole(connection)


@pytest.fixture(scope="module")
def ours(mirror) -> Callable[[str], CypherTable | QueryRefused]:
    """What the mirror answers, asked once for all tests: a table, or why it refuses."""

    @cache
    def ask(query: str) -> CypherTable | QueryRefused:
        try:
            table: CypherTable = mirror.run(query, PARAMETERS, timeout=30)
        except QueryRefused as refused:
            return refused
        return table

    return ask


def comparable(table: CypherTable, ordered: bool) -> list[str]:
    """Rows as texts that tell 1 from 1.0 and from true; rows and collected lists have no order but where one was asked for."""
    rows = [[spell(cell, ordered) for cell in row] for row in table.rows]
    return [repr(row) for row in rows] if ordered else sorted(repr(row) for row in rows)


def spell(value, ordered: bool):
    if isinstance(value, list):
        items = [spell(item, ordered) for item in value]
        return items if ordered else sorted(items, key=repr)
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, tuple):
        return [spell(item, ordered=True) for item in value]
    if isinstance(value, dict):
        return sorted((key, spell(item, ordered=True)) for key, item in value.items())
    return value


@pytest.mark.parametrize("query", ANSWERED)
def test_answers(query, ours, neo4j):
    theirs = neo4j.run(query, PARAMETERS, timeout=30)
    answer = ours(query)
    if isinstance(answer, QueryRefused):
        # With circles an unbounded pattern has no end: refused, never cut.
        assert any(reason in answer.message for reason in ONLY_WITH_CIRCLES)
        return
    ordered = "ORDER BY" in query and "collect" not in query
    assert answer.columns == theirs.columns
    assert comparable(answer, ordered) == comparable(theirs, ordered)


def test_words_to_complete(mirror, neo4j):
    words = mirror.words()
    assert words["labels"][:2] == ("LineageNode", "Source")
    assert words == neo4j.words()


@pytest.mark.parametrize("query", BREAKS_OFF)
def test_neo4j_breaks_off_what_the_mirror_refuses(query, neo4j):
    with pytest.raises(QueryInvalid, match="start and end nodes are the same"):
        neo4j.run(query, PARAMETERS, timeout=30)


PAST = (
    "MATCH (n:LineageNode) RETURN n.id, n.state, labels(n)",
    "MATCH (n:LineageNode) WHERE n.state = 'deleted' RETURN n.id",
    "MATCH (n:ModelVersion)-[r:ALIASED_AS]->(a) RETURN n.id, n.state, a.id, a.state, r.valid_from, r.valid_to",
    "MATCH (n:ModelVersion) RETURN n.id, n.model, n.version, n.name, n.gaps",
)
"""Of nodes that only intervals that have ended speak of: one that is gone, and one that nothing ever described."""


@pytest.mark.parametrize("way", ["copied", "crawled"])
def test_what_only_the_past_speaks_of(way, neo4j_server, tmp_path):
    path = tmp_path / "graph.db"
    with connected(neo4j_server) as connection:
        wipe(connection)
        for gone, at in ((False, T0 + 20 * DAY), (True, T0 + 30 * DAY)):
            made = retold(records(cyclic=False), gone=gone)
            write(path, made, at).close()
            if way == "crawled":
                write(neo4j_server.full_url, made, at).close()
        lineage = Lineage.open(str(path))
        if way == "copied":
            lineage.copy_to(neo4j_server.full_url)
        mirror, neo4j = MirrorConsole(lineage.store, path), Neo4jConsole(connection)
        for query in PAST:
            ours, theirs = mirror.run(query, {}), neo4j.run(query, {})
            assert comparable(ours, ordered=False) == comparable(theirs, ordered=False), query
        state = mirror.run("MATCH (n:ModelVersion {version: 1}) RETURN n.state", {})
        assert state.rows == (("deleted",),)
        lineage.close()


def test_most_are_answered_with_rows(ours):
    answers = [ours(query) for query in ANSWERED]
    rows = sum(isinstance(answer, CypherTable) and bool(answer.rows) for answer in answers)
    assert rows > 0.85 * len(ANSWERED)


@pytest.mark.parametrize("query", REFUSED)
def test_refuses(query, mirror):
    with pytest.raises((QueryRefused, QueryInvalid)) as caught:
        mirror.run(query, PARAMETERS)
    assert isinstance(caught.value, LineageError)
