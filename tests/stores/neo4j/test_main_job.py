"""What people do, on Neo4j: crawl a real store, ask all that can be asked of it, crawl again, forget. As in memory, to the letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import LineageError
from lineage_graph.graph import Kind
from lineage_graph.stores.base import NodeFilter
from lineage_graph.testing.dump import assert_same_dumps, dump
from tests import truth
from tests.support.clock import NOON, clock
from tests.support.neo4j import Server, connected, on_neo4j, wipe

pytestmark = on_neo4j

QUESTIONS = list(truth.questions())
Both = tuple[Lineage, Lineage, str]


IN_ANY_CASE = ("evaluations", "shop")
STORES = [
    pytest.param(name, marks=[] if name in IN_ANY_CASE else pytest.mark.slow) for name in truth.store_names()
]


@pytest.fixture(scope="module", params=STORES)
def both(request: pytest.FixtureRequest, neo4j_server: Server) -> Iterator[Both]:
    """One real store, crawled into memory and into Neo4j."""
    with connected(neo4j_server) as connection:
        wipe(connection)
    told = truth.read_truth(request.param)
    with Lineage.open("memory:") as memory, Lineage.open(neo4j_server.full_url) as served:
        for lineage in (memory, served):
            with clock(NOON):
                lineage.ingest("mlflow", str(truth.STORES / request.param / told["uri"]), name=told["store"])
        yield memory, served, request.param


def _assert_same(served: Lineage, memory: Lineage) -> None:
    assert_same_dumps(_told(served), _told(memory))


def _told(lineage: Lineage) -> dict[str, object]:
    """All that the store tells; up to which change links were resolved is its own affair."""
    told = dump(lineage.store)
    origins = [
        replace(origin, report={**origin.report, "through": 0}) if origin.name == "resolve" else origin
        for origin in lineage.store.state()[1]
    ]
    return {**told, "origins": origins, "state": None}


def _ask(lineage: Lineage, question: truth.Question) -> dict[str, Any]:
    try:
        answer = getattr(lineage, question.direction)(question.ref, **question.options).to_dict()
    except LineageError as error:
        return error.to_dict()
    # Which store it is, and how often that was written to, is all that may differ.
    graph = {key: value for key, value in answer["graph"].items() if key == "origins"}
    return {**answer, "graph": graph}


def test_the_graph_is_the_same(both: Both) -> None:
    memory, served, _ = both
    _assert_same(served, memory)


def test_every_answer_is_the_same(both: Both) -> None:
    memory, served, store = both
    for question in QUESTIONS:
        if question.store == store:
            assert json.dumps(_ask(served, question)) == json.dumps(_ask(memory, question)), question.id


def test_what_is_missing_is_the_same(both: Both) -> None:
    memory, served, _ = both
    mine, theirs = served.doctor().to_dict(), memory.doctor().to_dict()
    assert {**mine, "graph": None} == {**theirs, "graph": None}


def test_the_card_of_every_version_is_the_same(both: Both) -> None:
    memory, served, _ = both
    versions = memory.store.find(NodeFilter(kinds=frozenset({Kind.MODEL_VERSION, Kind.ALIAS})))
    for version in versions:
        for command in ("show", "impact"):
            mine, theirs = (getattr(each, command)(version.id).to_dict() for each in (served, memory))
            assert {**mine, "graph": None} == {**theirs, "graph": None}, (command, version.id)
        reports = [each.audit(version.id, created=NOON).to_dict() for each in (served, memory)]
        assert [{**report, "graph": None} for report in reports[:1]] == [{**reports[1], "graph": None}], (
            version.id
        )


def test_a_crawl_that_finds_nothing_new_writes_nothing(both: Both) -> None:
    memory, served, store = both
    told = truth.read_truth(store)
    for lineage in (memory, served):
        with clock(NOON + 60_000):
            report = lineage.ingest("mlflow", str(truth.STORES / store / told["uri"]), name=told["store"])
        assert (report.seen.written, report.seen.retracted) == (0, 0)
    _assert_same(served, memory)


def test_to_forget_leaves_nothing(both: Both) -> None:
    memory, served, store = both
    for lineage in (memory, served):
        with clock(NOON + 120_000):
            lineage.forget(f"mlflow:{truth.read_truth(store)['store']}")
    _assert_same(served, memory)
    assert served.status().counts == {}
