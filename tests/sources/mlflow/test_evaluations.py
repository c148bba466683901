"""Rule 2: which model was judged on which data, and what is no judgement at all."""

import json
from typing import Any

import pytest

from lineage_graph.graph import EdgeType, Kind, NodeClaim, Record
from lineage_graph.sources.mlflow.mapping import map_run
from lineage_graph.sources.mlflow.payload import DatasetInput, Measured
from tests.sources.mlflow.records import RUN, SCOPE, UUID, all_nodes, data, flow, gaps, mentions, run

TRAIN = data("orders", "00000001", uri="/srv/orders.csv", context="training", rows=24)
TEST = data("holdout", "00000002", uri="/srv/holdout.csv", context="test", rows=12)
BARE = TEST._replace(tags={})
OTHER = data("other", "00000003", uri="/srv/other.csv", context="test", rows=7)
HOLDOUT = "laptop=file:///srv/holdout.csv@00000002"
ELSE = "laptop=file:///srv/other.csv@00000003"
HISTORY = json.dumps([{"artifact_path": "model", "model_uuid": UUID}])


def tag(*entries: tuple[str, str, str]) -> dict[str, str]:
    return {"mlflow.datasets": json.dumps([dict(zip(("name", "hash", "model"), entry)) for entry in entries])}


def judged(*inputs: DatasetInput, **fields: Any) -> set[tuple[str, ...]]:
    """(model or dataset, evaluation, evidence, rule) of every edge into an evaluation."""
    edges = [edge for edge in flow(map_run(run(*inputs, **fields), SCOPE)) if edge[1] == "EVALUATED_IN"]
    return {edge[:1] + edge[2:] for edge in edges}


CASES = {
    "a MODEL_INPUT row": (
        [TEST],
        {"model_inputs": ("m-1",)},
        {("m-1", "RUN/m-1", "logged", "model-input"), (HOLDOUT, "RUN/m-1", "logged", "context")},
    ),
    "a row before the tag": (
        [TEST],
        {"model_inputs": ("m-1",), "tags": tag(("holdout", "h", "m-2"))},
        {("m-1", "RUN/m-1", "logged", "model-input"), (HOLDOUT, "RUN/m-1", "logged", "context")},
    ),
    "the tag, by the data's name": (
        [TEST, OTHER],
        {"tags": tag(("holdout", "h", "m-1"), ("other", "h", "m-2"))},
        {
            ("m-1", "RUN/m-1", "logged", "evaluate-tag"),
            (HOLDOUT, "RUN/m-1", "logged", "context"),
            ("m-2", "RUN/m-2", "logged", "evaluate-tag"),
            (ELSE, "RUN/m-2", "logged", "context"),
        },
    ),
    "the tag, data without a name there": (
        [BARE],
        {"tags": tag(("72", "72", "m-1"))},
        {("m-1", "RUN/m-1", "logged", "evaluate-tag"), (HOLDOUT, "RUN/m-1", "inferred", "evaluate-tag")},
    ),
    "the tag names other data": (
        [TEST],
        {"tags": tag(("other", "h", "m-1"))},
        {(HOLDOUT, "RUN", "logged", "context")},
    ),
    "the tag names a model of this run by its uuid": (
        [TRAIN, TEST],
        {"tags": tag(("holdout", "h", UUID)) | {"mlflow.log-model.history": HISTORY}},
        {
            ("RUN/model", "RUN/RUN/model", "logged", "evaluate-tag"),
            (HOLDOUT, "RUN/RUN/model", "logged", "context"),
        },
    ),
    "measured": (
        [TRAIN, TEST],
        {
            "measured": (Measured("m-1", "holdout", "00000002", {"f1": 0.5}),),
            "model_outputs": (("m-1", 0), ("m-2", 0)),
        },
        {("m-1", "RUN/m-1", "logged", "measured"), (HOLDOUT, "RUN/m-1", "logged", "context")},
    ),
    "the only model that the run made": (
        [TRAIN, TEST],
        {"model_outputs": (("m-1", 0),)},
        {("m-1", "RUN/m-1", "inferred", "same-run"), (HOLDOUT, "RUN/m-1", "logged", "context")},
    ),
    "a failed model isn't made": (
        [TEST],
        {"model_outputs": (("m-1", 0), ("m-2", 0)), "unfinished_outputs": ("m-2",)},
        {("m-1", "RUN/m-1", "inferred", "same-run"), (HOLDOUT, "RUN/m-1", "logged", "context")},
    ),
    "one of two": (
        [TRAIN, TEST],
        {"model_outputs": (("m-1", 0), ("m-2", 0))},
        {(HOLDOUT, "RUN", "logged", "context")},
    ),
    "one of two, of which only the model says who made it": (
        [TRAIN, TEST],
        {"model_outputs": (("m-1", 0),), "source_models": ("m-2",)},
        {(HOLDOUT, "RUN", "logged", "context")},
    ),
    "the only model that the run made, as only the model says": (
        [TRAIN, TEST],
        {"source_models": ("m-1", "m-2"), "unfinished_outputs": ("m-2",)},
        {("m-1", "RUN/m-1", "inferred", "same-run"), (HOLDOUT, "RUN/m-1", "logged", "context")},
    ),
    "two named, matched by what was measured": (
        [TEST, OTHER],
        {
            "model_inputs": ("m-1", "m-2"),
            "measured": (
                Measured("m-1", "holdout", "00000002", {"f1": 0.5}),
                Measured("m-2", "other", "00000003", {"f1": 0.6}),
            ),
        },
        {
            ("m-1", "RUN/m-1", "logged", "model-input"),
            (HOLDOUT, "RUN/m-1", "logged", "context"),
            ("m-2", "RUN/m-2", "logged", "model-input"),
            (ELSE, "RUN/m-2", "logged", "context"),
        },
    ),
    "two named, nothing matches": (
        [TEST],
        {"model_inputs": ("m-1", "m-2")},
        {
            ("m-1", "RUN/m-1", "inferred", "model-input"),
            (HOLDOUT, "RUN/m-1", "logged", "context"),
            ("m-2", "RUN/m-2", "inferred", "model-input"),
            (HOLDOUT, "RUN/m-2", "logged", "context"),
        },
    ),
    "another's model was judged on other data": (
        [TRAIN, TEST, OTHER],
        {
            "model_outputs": (("m-own", 0),),
            "model_inputs": ("m-1",),
            "measured": (Measured("m-1", "other", "00000003", {"f1": 0.5}),),
        },
        {
            ("m-own", "RUN/m-own", "inferred", "same-run"),
            (HOLDOUT, "RUN/m-own", "logged", "context"),
            ("m-1", "RUN/m-1", "logged", "model-input"),
            (ELSE, "RUN/m-1", "logged", "context"),
        },
    ),
    "a metric on data that nobody said what for": (
        [BARE],
        {"model_outputs": (("m-1", 0),), "measured": (Measured("m-1", "holdout", "00000002", {"f1": 0.5}),)},
        # Its name says evaluation: the metric only says on which model.
        {("m-1", "RUN/m-1", "logged", "measured"), (HOLDOUT, "RUN/m-1", "inferred", "dataset-name")},
    ),
    "measured on data of no row": (
        [TRAIN],
        {"model_outputs": (("m-1", 0),), "measured": (Measured("m-1", "gone", "00000009", {"f1": 0.5}),)},
        {("m-1", "RUN/m-1", "logged", "measured")},
    ),
    # ---- no judgements
    "training data": ([TRAIN], {"model_outputs": (("m-1", 0),)}, set()),
    "a metric on training data": (
        [TRAIN],
        {"model_outputs": (("m-1", 0),), "measured": (Measured("m-1", "orders", "00000001", {"f1": 0.5}),)},
        set(),
    ),
    "a metric on training data under another name": (
        [TRAIN, TRAIN._replace(name="dataset", tags={})],
        {"model_outputs": (("m-1", 0),), "measured": (Measured("m-1", "dataset", "00000001", {"f1": 0.5}),)},
        set(),
    ),
    "a metric on training data under a name of no row": (
        [TRAIN],
        {"measured": (Measured("m-1", "X", "00000001", {"f1": 0.5}),)},
        set(),
    ),
    "training metrics on data of no row": (
        [TRAIN],
        {"measured": (Measured("m-1", "dataset", "00000009", {"training_score": 0.5}),)},
        set(),
    ),
    "a metric of the run's own model": (
        [TRAIN],
        {"model_outputs": (("m-1", 0),), "model_inputs": ("m-1",)},
        set(),
    ),
    "a metric names another's model, no data": ([], {"model_inputs": ("m-1",)}, set()),
    "inference": ([TEST._replace(tags={"mlflow.data.context": "prediction"})], {}, set()),
}


@pytest.mark.parametrize(("inputs", "fields", "expected"), CASES.values(), ids=CASES)
def test_which_model_was_judged_on_which_data(inputs, fields, expected):
    assert judged(*inputs, **fields) == expected


def evaluation(record: Record) -> NodeClaim:
    (found,) = (node for node in all_nodes(record).values() if node.kind is Kind.EVALUATION)
    return found


GAPS = {
    "model unknown": ([TEST], {}, {"evaluation-without-model"}),
    "no data": ([], {"model_inputs": ("m-1",), "metrics": {"example_count": 3.0}}, {"no-dataset"}),
    "neither": ([], {"metrics": {"example_count": 3.0}}, {"evaluation-without-model", "no-dataset"}),
    "neither, by the tag": (
        [],
        {"tags": {"mlflow.datasets": "[]"}},
        {"evaluation-without-model", "no-dataset"},
    ),
    "both": ([TEST], {"model_inputs": ("m-1",)}, set()),
    "a uuid that resolve must find": ([TEST], {"tags": tag(("holdout", "h", UUID))}, set()),
}


@pytest.mark.parametrize(("inputs", "fields", "expected"), GAPS.values(), ids=GAPS)
def test_what_an_evaluation_lacks(inputs, fields, expected):
    assert set(evaluation(map_run(run(*inputs, **fields), SCOPE)).gaps) == expected


def test_several_models_that_nothing_matches_are_marked():
    record = map_run(run(TEST, model_inputs=("m-1", "m-2")), SCOPE)
    assert gaps(record) == {"Evaluation": {"unmatched"}}
    edges = [edge for edge in record.edges if str(edge.type) == "EVALUATED_IN"]
    assert len(edges) == 4
    assert all(edge.properties["unmatched"] for edge in edges)


def test_a_uuid_of_another_run_is_left_to_resolve():
    record = map_run(run(TEST, tags=tag(("holdout", "h", UUID))), SCOPE)
    assert mentions(record) == {f"model-uuid:{UUID}"}
    assert evaluation(record).id == f"evaluation:{RUN}"
    assert evaluation(record).properties["model_uuid"] == UUID


def test_metrics_are_those_on_the_model_and_the_data():
    rows = (
        Measured("m-1", "holdout", "00000002", {"f1": 0.5}),
        Measured("m-1", "orders", "00000001", {"f1": 0.9, "auc": 1.0}),
    )
    record = map_run(
        run(TRAIN, TEST, model_outputs=(("m-1", 0),), metrics={"loss": 1.0}, measured=rows), SCOPE
    )
    assert evaluation(record).properties["metrics"] == {"f1": 0.5}
    assert evaluation(record).properties["datasets"] == ["holdout@00000002"]


def test_without_such_rows_they_are_the_runs_but_for_those_of_the_training():
    record = map_run(
        run(TRAIN, TEST, model_outputs=(("m-1", 0),), metrics={"f1": 0.5, "training_f1": 1.0}), SCOPE
    )
    assert evaluation(record).properties["metrics"] == {"f1": 0.5}


@pytest.mark.parametrize("text", ["", "no JSON", "{}", "[[]]", '[{"model": 3}]', '[{"name": []}]', "null"])
def test_a_tag_that_says_nothing_names_no_model(text):
    record = map_run(run(TEST, tags={"mlflow.datasets": text}), SCOPE)
    assert set(evaluation(record).gaps) == {"evaluation-without-model"}


def test_two_uuids_are_two_evaluations():
    """One a model: each is looked for by its own uuid, on its own data."""
    second = "d" * 32
    record = map_run(run(TEST, OTHER, tags=tag(("holdout", "h", UUID), ("other", "h", second))), SCOPE)
    found = {node.properties["model_uuid"]: node for node in record.nodes if node.kind is Kind.EVALUATION}
    assert {uuid: node.properties["datasets"] for uuid, node in found.items()} == {
        UUID: ["holdout@00000002"],
        second: ["other@00000003"],
    }
    assert {(mention.key, mention.node) for mention in record.mentions} >= {
        (f"model-uuid:{uuid}", node.id) for uuid, node in found.items()
    }
    data_of = {(edge.src, edge.dst) for edge in record.edges if edge.type is EdgeType.EVALUATED_IN}
    assert {(src[-8:], dst) for src, dst in data_of} == {
        ("00000002", found[UUID].id),
        ("00000003", found[second].id),
    }


def test_a_uuid_and_a_model_that_is_not_known_are_two_evaluations():
    record = map_run(run(TEST, OTHER, tags=tag(("holdout", "h", UUID))), SCOPE)
    nodes = [node for node in record.nodes if node.kind is Kind.EVALUATION]
    assert [node.properties.get("model_uuid") for node in nodes] == [UUID, None]
    assert [("evaluation-without-model" in node.gaps) for node in nodes] == [False, True]
