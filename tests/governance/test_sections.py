"""Cases that no committed store has, drawn by hand."""

from __future__ import annotations

from lineage_graph.api import Lineage
from lineage_graph.governance.report import Audit
from lineage_graph.graph import Claimed, EdgeClaim, EdgeType, Evidence
from tests.query.graphs import draw, edge, node

RAW, ORDERS, OLD = (
    "source:file:///raw.csv",
    "dataset:file:///orders.csv@new",
    "dataset:file:///orders.csv@old",
)
PLACE = "source:file:///orders.csv"
CLEAN, TRAIN, OTHER = "run:c1ea0000", "run:77a10000", "run:07e40000"
MODEL, BASE, OTHERS = "model:m-1", "model:m-base", "model:m-other"
VERSION = "modelversion:prod/default/churn/1"


def continues(src: str, dst: str) -> Claimed:
    claim = EdgeClaim(src, dst, EdgeType.CONTINUES_AS, Evidence.DECLARED, "drawn", f"{src}>{dst}")
    return Claimed("mlflow:prod", f"edges/{src}>{dst}", claim)


def report() -> Audit:
    """Raw data, cleaned by a run; trained on what was cleaned, from a base model; judged on it, as the base and another model are."""
    store = draw(
        node(RAW, uri="file:///raw.csv"),
        node(PLACE, uri="file:///orders.csv"),
        node("dataset:file:///raw.csv@1", source="file:///raw.csv"),
        node(OLD, source="file:///orders.csv"),
        node(ORDERS, source="file:///orders.csv", digest="d"),
        *(node(run, run_id=run[4:], status="FINISHED") for run in (CLEAN, TRAIN, OTHER)),
        *(node(model) for model in (MODEL, BASE, OTHERS)),
        node(VERSION, name="churn/1", model="churn", version=1),
        *(node(f"evaluation:e{number}", run_id=f"e{number}") for number in range(3)),
        edge(RAW, "ver", "dataset:file:///raw.csv@1"),
        edge("dataset:file:///raw.csv@1", "read", CLEAN, role="training"),
        edge(CLEAN, "wrote", OLD),
        continues(OLD, ORDERS),
        edge(PLACE, "ver", OLD),
        edge(PLACE, "ver", ORDERS),
        edge(ORDERS, "read", TRAIN, role="training"),
        edge(ORDERS, "read", OTHER, role="training"),
        edge(BASE, "load", TRAIN),
        edge(TRAIN, "made", MODEL),
        edge(OTHER, "made", OTHERS),
        edge(MODEL, "reg", VERSION),
        edge(MODEL, "eval", "evaluation:e0"),
        edge(BASE, "eval", "evaluation:e1"),
        edge(OTHERS, "eval", "evaluation:e2"),
        *(edge(ORDERS, "eval", f"evaluation:e{number}") for number in range(3)),
    )
    with Lineage(store) as lineage:
        return lineage.audit("churn/1")


def test_only_what_judged_its_own_model_judged_it():
    assert [judged.id for judged in report().judgements.evaluations] == ["evaluation:e0"]


def test_data_that_judges_what_was_trained_on_it_is_marked():
    (judged,) = report().judgements.evaluations
    assert [(data.id, data.also_trained_on) for data in judged.data] == [(ORDERS, True)]


def test_a_base_model_is_on_the_way_and_not_its_own():
    assert [(model.id, model.own) for model in report().models] == [(MODEL, True), (BASE, False)]


def test_a_run_that_wrote_data_is_a_step_and_a_run_on_the_way():
    found = report()
    assert [(run.id, run.made_it) for run in found.runs] == [(TRAIN, True), (CLEAN, False)]
    (step,) = found.steps
    assert [end.uri for end in (*step.inputs, *step.outputs)] == ["file:///raw.csv", "file:///orders.csv"]


def test_the_first_origin_is_what_nothing_wrote():
    assert [(place.uri, place.first) for place in report().origins] == [
        ("file:///raw.csv", True),
        ("file:///orders.csv", False),
    ]


def test_data_that_goes_on_as_it_was_written_is_one_box():
    found = report()
    assert OLD in {each.id for each in found.whole.nodes}
    assert OLD not in {each.id for each in found.drawn.nodes}
    assert (CLEAN, "WROTE", ORDERS) in {each.key for each in found.drawn.edges}
    assert not [each for each in found.drawn.edges if OLD in (each.src, each.dst)]
