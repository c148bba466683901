"""Real MLflow stores of several versions, and their true answers, worked out by hand: exact sets, both directions."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import ReferenceUnresolved
from lineage_graph.graph import EdgeType, Kind, Node
from lineage_graph.stores.base import NodeFilter
from tests import truth

QUESTIONS = list(truth.questions())
STORES = truth.store_names()


@cache
def crawled(store: str) -> Lineage:
    lineage = Lineage.open("memory:")
    told = truth.read_truth(store)
    lineage.ingest("mlflow", str(truth.STORES / store / told["uri"]), name=told["store"])
    return lineage


@cache
def run_names(store: str) -> dict[str, str]:
    runs = crawled(store).store.find(NodeFilter(kinds=frozenset({Kind.RUN})))
    return {str(run.properties.get("run_id")): run.name for run in runs}


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.id for question in QUESTIONS])
def test_the_answer_is_the_truth(question):
    lineage = crawled(question.store)
    ask = getattr(lineage, question.direction)
    if "refused" in question.truth:
        with pytest.raises(ReferenceUnresolved) as refused:
            ask(question.ref, **question.options)
        assert refused.value.code == question.truth["refused"]
        return
    answer = ask(question.ref, **question.options).to_dict()
    assert truth.differences(answer, question, run_names(question.store)) == []


COLUMNS = [(store, told) for store in STORES for told in truth.read_truth(store).get("columns", ())]


@pytest.mark.parametrize(
    ("store", "told"), COLUMNS, ids=[f"{store}: {told['column']}" for store, told in COLUMNS]
)
def test_which_models_use_a_column(store, told):
    answer: dict[str, Any] = crawled(store).downstream(f"column:{told['column']}").to_dict()
    models = truth.labels_of(answer, run_names(store)).get("Model", [])
    assert truth.unmatched(told["models"], models) == ([], [])
    unknown = {gap["node"] for gap in answer["gaps"] if gap["code"] == "use-unknown"}
    assert (answer["roots"][0]["id"] in unknown) == told.get("unknown", False)


ROLES = [(store, role) for store in STORES for role in truth.read_truth(store).get("roles", ())]


@pytest.mark.parametrize(
    ("store", "told"), ROLES, ids=[f"{store}: {told['run']!a} {n}" for n, (store, told) in enumerate(ROLES)]
)
def test_the_role_of_an_input_and_how_it_is_known(store, told):
    lineage = crawled(store).store
    runs = [run for run in lineage.find(NodeFilter(kinds=frozenset({Kind.RUN}))) if run.name == told["run"]]
    run_ids = {run.properties["run_id"] for run in runs}
    evaluations = lineage.find(NodeFilter(kinds=frozenset({Kind.EVALUATION})))
    ends = [node.id for node in [*runs, *evaluations] if node.properties["run_id"] in run_ids]
    around = lineage.neighbours(ends, frozenset({EdgeType.READ_BY, EdgeType.EVALUATED_IN}))
    found = set()
    for edge in around.edges:
        data = around.nodes[edge.src]
        if data.kind is Kind.DATASET and _is_named(data, told["dataset"]) and edge.dst in ends:
            role = "evaluation" if edge.type is EdgeType.EVALUATED_IN else edge.properties["role"]
            found.add((str(role), edge.rule))
    assert {role for role, _ in found} == {told["role"]}
    assert {rule for _, rule in found} <= {told.get("rule", rule) for _, rule in found}


def _is_named(data: Node, label: str) -> bool:
    names: Any = data.properties["names"]
    return label in {*names, *(f"{name}@{data.properties['digest']}" for name in names)}


@pytest.mark.parametrize("store", STORES)
def test_what_was_skipped_is_counted(store):
    crawled(store)
    (origin,) = [o for o in crawled(store).store.info().origins if o.type == "mlflow"]
    skipped: Any = origin.report["skipped"]
    codes = {skip["code"] for skip in skipped}
    for word in truth.read_truth(store).get("skipped", ()):
        assert any(word in code for code in codes), f"nothing skipped for {word}: {codes}"
