"""Logged models of MLflow 3, and experiments."""

from typing import Any

import pytest

from lineage_graph.graph import State
from lineage_graph.sources.mlflow.file_state import FileState
from lineage_graph.sources.mlflow.mapping import map_experiment, map_model
from lineage_graph.sources.mlflow.payload import ExperimentPayload, ModelPayload
from lineage_graph.sources.mlflow.signature import UNREADABLE, Column, Signature
from tests.sources.mlflow.records import RUN, SCOPE, flow, gaps

CASES = {
    "ready": ({}, "PRODUCED", State.LIVE),
    "failed": ({"status": "FAILED"}, "ATTEMPTED", State.FAILED),
    "pending": ({"status": "PENDING"}, "ATTEMPTED", State.LIVE),
    "deleted": ({"lifecycle": "deleted"}, "PRODUCED", State.DELETED),
}


def model(**fields: Any) -> ModelPayload:
    defaults: dict[str, Any] = {"name": "model", "source_run_id": RUN, "created": 3_000}
    return ModelPayload("m-1", "1", **(defaults | fields))


@pytest.mark.parametrize(("fields", "edge", "state"), CASES.values(), ids=CASES)
def test_a_model_and_the_run_that_made_it(fields, edge, state):
    record = map_model(model(**fields), SCOPE)
    assert record.key == "logged-models/m-1"
    assert flow(record) == {("RUN", edge, "m-1", "logged", "source-run")}
    assert record.nodes[0].state is state
    assert (record.edges[0].ref, record.edges[0].valid_from) == ("logged-models/m-1", 3_000)


def test_a_model_of_no_run_says_so():
    record = map_model(model(source_run_id=""), SCOPE)
    assert flow(record) == set()
    assert gaps(record) == {"Model": {"no-run"}}


def test_a_signature_that_was_read():
    signature = Signature(FileState.READ, (Column("amount", "double"),), (), ("sklearn",), "u")
    properties = map_model(model(), SCOPE, signature).nodes[0].properties
    assert properties["signature"] == {"inputs": [{"name": "amount", "type": "double"}], "outputs": []}
    assert (properties["signature_state"], properties["flavors"], properties["uuid"]) == (
        "read",
        ["sklearn"],
        "u",
    )


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        (UNREADABLE, {"Model": {"signature-unreadable"}}),
        (Signature(FileState.ABSENT), {}),
        (Signature(FileState.NOT_READ), {}),
    ],
)
def test_only_a_signature_that_was_looked_for_can_be_unreadable(signature, expected):
    record = map_model(model(), SCOPE, signature)
    assert gaps(record) == expected
    assert record.nodes[0].properties["signature"] is None
    assert record.nodes[0].properties["signature_state"] == str(signature.state)


def test_the_versions_tag_may_say_one_version_twice():
    tag = '[{"name": "churn", "version": 1}, {"name": "churn", "version": "1"}, 3]'
    properties = map_model(model(tags={"mlflow.modelVersions": tag}), SCOPE).nodes[0].properties
    assert properties["versions"] == ["churn/1"]


def test_experiments_are_groups():
    node = map_experiment(
        ExperimentPayload("7", "churn", "deleted", "s3://lake/7?X-Amz-Signature=abc"), SCOPE
    ).nodes[0]
    assert (node.id, node.name, node.state) == ("experiment:prod/7", "churn", State.DELETED)
    assert node.properties["artifact_location"] == "s3://lake/7"
