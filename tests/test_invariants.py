"""What holds whatever was crawled in whatever order: over the committed stores, declarations about them, and drawn graphs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lineage_graph import Lineage
from lineage_graph.graph import EdgeClaim, EdgeType, Kind, Record
from lineage_graph.query.answer import Answer
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.table import open_store
from lineage_graph.testing.drawing import ingest as ingest_records
from lineage_graph.testing.strategies import edge_claims, node_claims
from tests import truth
from tests.support.answers import flowing
from tests.support.clock import NOON, clock
from tests.support.dumps import parts_that_differ, told
from tests.support.networks import Network
from tests.support.origins import DECLARED, MLFLOW, Given, built, ingest

MINUTE = 60_000
ORIGINS = (*MLFLOW, *DECLARED)
SPOKEN_OF = {
    "shop-team": "shop",
    "hints-team": "hints",
    "places": "server",
    "old-team": "old130",
    "judges": "evaluations",
}


def meetings(most: int = 4) -> st.SearchStrategy[list[Given]]:
    """Some origins, more often than not some that speak of each other."""
    alone = st.sampled_from(ORIGINS).map(lambda given: [given])
    together = st.sampled_from(DECLARED).map(lambda team: [team, Given("mlflow", SPOKEN_OF[team.name])])
    return (
        st.lists(st.one_of(together, alone), min_size=1, max_size=most)
        .map(lambda groups: list(dict.fromkeys(given for group in groups for given in group)))
        .filter(lambda found: len(found) <= most)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("declared")


def store_url(kind: str, folder: Path) -> str:
    return "memory:" if kind == "memory" else f"sqlite:///{folder}/graph.db"


# ---- ingesting


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("given_origin", ORIGINS, ids=lambda given: given.origin)
def test_twice_is_once(given_origin, kind, tmp_path):
    spoken_of = SPOKEN_OF.get(given_origin.name)
    others = [Given("mlflow", spoken_of)] if spoken_of else []
    with built([*others, given_origin], tmp_path, store_url(kind, tmp_path)) as lineage:
        before, change = told(lineage, when=False), lineage.store.state()[0]
        ingest(lineage, given_origin, tmp_path, at=NOON + MINUTE)
        assert parts_that_differ(told(lineage, when=False), before) == []
        assert lineage.store.changes(change).nodes == ()
        (origin,) = [one for one in lineage.store.info().origins if one.name == given_origin.origin]
        assert origin.read_at == NOON + MINUTE


@settings(max_examples=10)
@given(st.data())
def test_any_order_of_origins_is_one_graph(folder, data):
    origins = data.draw(meetings())
    assume(len(origins) > 1)
    order = data.draw(st.permutations(origins))
    with built(origins, folder) as lineage, built(order, folder) as other:
        assert parts_that_differ(told(lineage), told(other)) == []


@pytest.mark.slow
def test_all_origins_there_and_back(folder):
    with built(ORIGINS, folder) as lineage, built(ORIGINS[::-1], folder) as other:
        assert parts_that_differ(told(lineage), told(other)) == []


@settings(max_examples=5)
@given(st.data())
def test_to_forget_is_never_to_have_ingested(folder, data):
    origins = data.draw(meetings(3))
    for gone in origins:
        rest = [given for given in origins if given != gone]
        with built(origins, folder) as lineage, built(rest, folder) as other:
            forget(lineage, gone)
            if rest:
                assert parts_that_differ(told(lineage), told(other)) == []
            else:
                assert lineage.store.find(NodeFilter()) == []


@pytest.mark.parametrize(
    "gone", [Given("declared", "shop-team"), Given("mlflow", "shop")], ids=lambda one: one.kind
)
def test_to_forget_in_a_file(gone, tmp_path):
    origins = [Given("mlflow", "shop"), Given("declared", "shop-team"), Given("mlflow", "wal")]
    rest = [given for given in origins if given != gone]
    with built(origins, tmp_path, store_url("sqlite", tmp_path)) as lineage, built(rest, tmp_path) as other:
        forget(lineage, gone)
        assert parts_that_differ(told(lineage), told(other)) == []


def forget(lineage: Lineage, gone: Given) -> None:
    with clock(NOON):
        lineage.forget(gone.origin)


# ---- asking: both ways, and as networkx would


def assert_inverse_and_as_networkx_says(lineage: Lineage, **options: bool) -> None:
    """Of all nodes: a is upstream of b if and only if b is downstream of a, or is hidden there as an end that is deleted or failed.

    Other exceptions there are none: data that a run only scored, and evaluations, are left out both ways or found both ways.
    """
    ids = flowing(lineage)
    exported = lineage.downstream(ids, **options).to_networkx()
    assert set(exported) == set(ids)
    nodes = {node.id: node for node in lineage.store.find(NodeFilter())}
    network = Network(exported, nodes, evaluation=options.get("include_evaluation", False))
    above = {id: ids_of(lineage.upstream(id, **options)) for id in ids}
    for id in ids:
        down = lineage.downstream(id, **options)
        below, expected = ids_of(down), {other for other in ids if id in above[other]}
        assert below <= expected, sorted(below - expected)
        assert len(expected - below) == sum(down.hidden.values()), sorted(expected - below)
        assert below == network.descendants(id)
        assert above[id] == network.ancestors(id)


def ids_of(answer: Answer) -> set[str]:
    return {node.id for node in answer.nodes}


OPTIONS: tuple[dict[str, bool], ...] = (
    {},
    {"include_evaluation": True},
    {"include_possible": True},
    {"include_evaluation": True, "include_possible": True},
)


PLAIN, EVERYTHING = OPTIONS[0], OPTIONS[-1]
SLOW_ALONE = [pytest.param(option, marks=pytest.mark.slow, id=" ".join(option)) for option in OPTIONS[1:3]]


@pytest.mark.parametrize(
    "options", [pytest.param(PLAIN, id="plain"), *SLOW_ALONE, pytest.param(EVERYTHING, id="everything")]
)
@pytest.mark.parametrize("store", MLFLOW, ids=lambda given: given.name)
def test_up_and_down_are_inverse_and_as_networkx_says(store, options, tmp_path):
    spoken_of = [Given("declared", team) for team, about in SPOKEN_OF.items() if about == store.name]
    with built([store, *spoken_of], tmp_path) as lineage:
        assert_inverse_and_as_networkx_says(lineage, **options)


@pytest.mark.slow
@settings(max_examples=10)
@given(st.data())
def test_where_origins_meet_up_and_down_are_inverse(folder, data):
    options = data.draw(st.sampled_from(OPTIONS))
    with built(data.draw(meetings()), folder) as lineage:
        assert_inverse_and_as_networkx_says(lineage, **options)


def dense_records() -> st.SearchStrategy[Record]:
    """Enough edges between few nodes for paths to branch, meet and turn back; some nodes deleted or failed."""
    edges = st.lists(edge_claims().map(_one_role), min_size=5, max_size=40)
    return st.builds(
        lambda edges, nodes: Record(
            "drawn", b"1", tuple(nodes), tuple({edge[:3]: edge for edge in edges}.values())
        ),
        edges,
        st.lists(node_claims(), max_size=12, unique_by=lambda node: node.id),
    )


def _one_role(edge: EdgeClaim) -> EdgeClaim:
    """An edge that several claim shows one role, and the walk goes by each: here all claim the same one."""
    if edge.type is not EdgeType.READ_BY:
        return edge
    role = ("training", "inference", "inference")[sum(map(ord, edge.src + edge.dst)) % 3]
    return edge._replace(properties={"role": role})


@settings(max_examples=40)
@given(st.lists(dense_records(), min_size=1, max_size=2), st.sampled_from(OPTIONS))
def test_in_any_graph_up_and_down_are_inverse_and_as_networkx_says(found, options):
    store = open_store("memory:")
    for number, record in enumerate(found):
        ingest_records(store, [record], origin=f"test:{number}")
    lineage = Lineage(store)
    assume(flowing(lineage))
    assert_inverse_and_as_networkx_says(lineage, **options)


# ---- every store answers alike


@pytest.fixture(scope="module", params=truth.store_names())
def alike(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alike]:
    folder = tmp_path_factory.mktemp(request.param)
    given_origin = Given("mlflow", request.param)
    with (
        built([given_origin], folder) as memory,
        built([given_origin], folder, store_url("sqlite", folder)) as sqlite,
    ):
        yield Alike(request.param, memory, sqlite)


class Alike(NamedTuple):
    name: str
    memory: Lineage
    sqlite: Lineage


def test_a_file_answers_the_true_questions_like_memory(alike):
    for question in (each for each in truth.questions() if each.store == alike.name):
        if "refused" not in question.truth:
            assert_alike(alike, question.direction, question.ref, **question.options)
            assert_alike(alike, "show", question.ref)
    assert parts_that_differ(told(alike.sqlite), told(alike.memory)) == []


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_answers_any_question_like_memory(alike, data):
    refs = data.draw(st.lists(st.sampled_from(flowing(alike.memory)), min_size=1, max_size=3, unique=True))
    options = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "depth": st.integers(0, 4),
                "limit": st.integers(0, 5),
                "kinds": st.sets(st.sampled_from(sorted(Kind)), min_size=1).map(sorted),
                "include_evaluation": st.booleans(),
                "include_possible": st.booleans(),
                "as_of": st.sampled_from((NOON - MINUTE, NOON, NOON + MINUTE)),
            },
        )
    )
    for command in ("upstream", "downstream", "impact"):
        assert_alike(alike, command, refs, **options)
    assert_alike(alike, "path", refs[0], end=refs[-1])
    assert_alike(alike, "search", data.draw(st.sampled_from(("train", "MODEL", "a", "data/"))))


def assert_alike(alike: Alike, command: str, asked: Any, **options: Any) -> None:
    said = [_ask(lineage, command, asked, **options) for lineage in (alike.memory, alike.sqlite)]
    assert said[0] == said[1]


def _ask(lineage: Lineage, command: str, asked: Any, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(lineage, command)(asked, **options).to_dict()
    del answer["graph"]["store"], answer["graph"]["change"]
    return answer
