"""A run's record: what it read and made, what its record lacks; one table a rule of the design."""

import pytest

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Evidence, NodeClaim, Record, State
from lineage_graph.sources.mlflow.payload import Measured
from tests.sources.mlflow.records import ORDERS, OTHER_RUN, RUN, all_nodes, data, flow, gaps, mapped


def run_node(record: Record) -> NodeClaim:
    return all_nodes(record)[naming.run_id(RUN)]


def test_a_training_input_and_a_model():
    record = mapped(data(uri="/srv/orders.csv", context="training"), model_outputs=(("m-1", 3),))
    assert record.key == f"runs/{RUN}"
    assert flow(record) == {
        (ORDERS, "READ_BY", "RUN", "logged", "context"),
        ("RUN", "PRODUCED", "m-1", "logged", "model-output"),
    }
    assert gaps(record) == {}
    read = next(edge for edge in record.edges if edge.type is EdgeType.READ_BY)
    assert read.properties == {"role": "training", "context": "training"}
    assert (read.ref, read.valid_from) == (f"inputs/{RUN}/orders@71fe0c35", 1_000)


def test_evaluation_data_is_no_input_of_the_run():
    record = mapped(
        data(uri="/srv/orders.csv", context="train"),
        data("holdout", "00000001", uri="/srv/holdout.csv", context="test"),
        model_outputs=(("m-1", 0),),
    )
    assert flow(record) == {
        (ORDERS, "READ_BY", "RUN", "logged", "context"),
        ("RUN", "PRODUCED", "m-1", "logged", "model-output"),
        ("laptop=file:///srv/holdout.csv@00000001", "EVALUATED_IN", "RUN/m-1", "logged", "context"),
        ("m-1", "EVALUATED_IN", "RUN/m-1", "inferred", "same-run"),
    }


GAPS = {
    "nothing read": ((), {}, {"no-dataset"}),
    "evaluation data only, a model made": (
        (data(context="test"),),
        {"model_outputs": (("m-1", 0),)},
        {"evaluation-data-only"},
    ),
    "evaluation data only, model unknown": ((data(context="test"),), {}, {"evaluation-data-only"}),
    "evaluation data only, another's model": ((data(context="test"),), {"model_inputs": ("m-1",)}, set()),
    "unspecified": ((data(),), {}, {"role-not-recorded"}),
    "running": ((data(context="train"),), {"status": "RUNNING"}, {"run-not-finished"}),
    "scheduled": ((), {"status": "SCHEDULED"}, {"run-not-finished", "no-dataset"}),
    "failed": ((data(context="train"),), {"status": "FAILED"}, set()),
}


@pytest.mark.parametrize(("inputs", "fields", "expected"), GAPS.values(), ids=GAPS)
def test_what_the_runs_record_lacks(inputs, fields, expected):
    assert set(run_node(mapped(*inputs, **fields)).gaps) == expected


STATES = {
    "finished": ({}, State.LIVE),
    "running": ({"status": "RUNNING"}, State.LIVE),
    "failed": ({"status": "FAILED"}, State.FAILED),
    "killed": ({"status": "KILLED"}, State.FAILED),
    "deleted": ({"lifecycle": "deleted"}, State.DELETED),
    "failed and deleted": ({"status": "FAILED", "lifecycle": "deleted"}, State.DELETED),
}


@pytest.mark.parametrize(("fields", "state"), STATES.values(), ids=STATES)
def test_states(fields, state):
    record = mapped(data(context="train", uri="/srv/orders.csv"), **fields)
    assert run_node(record).state is state
    assert (ORDERS, "READ_BY", "RUN", "logged", "context") in flow(
        record
    )  # what it read is a fact all the same


def test_an_unfinished_model_is_not_produced():
    record = mapped(model_outputs=(("m-1", 0), ("m-2", 0)), unfinished_outputs=("m-2",))
    assert flow(record) == {("RUN", "PRODUCED", "m-1", "logged", "model-output")}


def test_groups_are_no_flow():
    record = mapped(tags={"mlflow.parentRunId": OTHER_RUN})
    groups = {(str(edge.type), edge.dst) for edge in record.edges}
    assert groups == {("CHILD_OF", f"run:{OTHER_RUN}"), ("IN_EXPERIMENT", "experiment:prod/1")}


def test_a_run_is_not_its_own_parent():
    assert not [e for e in mapped(tags={"mlflow.parentRunId": RUN}).edges if e.type is EdgeType.CHILD_OF]


def test_what_is_kept_of_a_run():
    record = mapped(
        user="ana",
        params={"lr": "0.1", "db_password": "hunter2"},
        metrics={"auc": 0.9, "loss": float("nan"), "best": float("inf")},
        tags={
            "mlflow.source.name": "/srv/train.py",
            "mlflow.source.git.commit": "4f2",
            "mlflow.source.git.repoURL": "https://ana:hunter2@git.example/shop",
            "mlflow.source.git.branch": "main",
            "mlflow.note.content": "second try",
            "mlflow.loggedArtifacts": "[]",
            "mlflow.source.type": "LOCAL",
            "team": "growth",
        },
    )
    assert run_node(record).properties == {
        "run_id": RUN,
        "status": "FINISHED",
        "experiment": "churn",
        "experiment_id": "1",
        "start": 1_000,
        "end": 2_000,
        "ran_by": "ana",
        "source_name": "/srv/train.py",
        "commit": "4f2",
        "repo": "https://git.example/shop",
        "branch": "main",
        "parent": None,
        "description": "second try",
        "params": {"lr": "0.1", "db_password": "***"},
        "metrics": {"auc": 0.9, "loss": None, "best": 1.7976931348623157e308},
        "tags": {"mlflow.source.type": "LOCAL", "team": "growth"},
    }


def texts_in(value: object) -> list[str]:
    return list(value.values()) if isinstance(value, dict) else []


def test_a_long_text_is_cut_and_says_so():
    (text,) = texts_in(run_node(mapped(params={"prompt": "word " * 40_000})).properties["params"])
    assert len(text) < 66_000
    assert text.endswith(" [cut here: 200000 characters in full]")


def test_an_inference_input_is_read_and_says_so():
    record = mapped(data(uri="/srv/orders.csv", context="prediction"))
    read = next(edge for edge in record.edges if edge.type is EdgeType.READ_BY)
    assert read.properties["role"] == "inference"


SAME = [
    data("orders", uri="/srv/orders.csv", context="train"),
    data("again", uri="/srv/orders.csv", context="fit"),
    data("bare", uri="/srv/orders.csv"),
    data("scored", uri="/srv/orders.csv", context="predict"),
]
TESTED = [
    data("holdout", "00000002", uri="/srv/holdout.csv", context="test"),
    data("twice", "00000002", uri="/srv/holdout.csv", context="eval"),
]


@pytest.mark.parametrize("order", [1, -1], ids=["as recorded", "the other way round"])
def test_an_edge_that_several_rows_claim_cites_them_all(order):
    record = mapped(*[*SAME, *TESTED][::order], model_outputs=(("m-1", 0),))
    read = [edge for edge in record.edges if edge.type is EdgeType.READ_BY]
    assert {(edge.ref, edge.properties["role"], edge.properties["context"]) for edge in read} == {
        (f"inputs/{RUN}/orders@71fe0c35", "training", "train"),
        (f"inputs/{RUN}/again@71fe0c35", "training", "fit"),
    }
    assert {edge.dst for edge in read} == {f"run:{RUN}"}
    assert len({edge.src for edge in read}) == 1
    judged = [
        edge for edge in record.edges if edge.type is EdgeType.EVALUATED_IN and edge.src.startswith("dataset")
    ]
    assert {edge.ref for edge in judged} == {f"inputs/{RUN}/holdout@00000002", f"inputs/{RUN}/twice@00000002"}


def test_no_row_says_an_edge_twice():
    record = mapped(
        data(uri="/srv/orders.csv", context="train"),
        data("again", uri="/srv/orders.csv", context="fit"),
        model_outputs=(("m-1", 0), ("m-1", 5)),
        params={"data_a": "/srv/x.csv", "data_b": "/srv/x.csv"},
        measured=(Measured("m-1", "x", "0"), Measured("m-1", "x", "0")),
    )
    keys = [(*edge[:3], edge.ref) for edge in record.edges]
    assert len(keys) == len(set(keys))
    ids = [node.id for node in record.nodes]
    assert len(ids) == len(set(ids))


def test_possible_edges_are_never_more_than_possible():
    record = mapped(params={"train-data-path": "s3://lake/train.parquet"})
    found = [edge for edge in record.edges if edge.rule == "param-names-data"]
    assert [edge.evidence for edge in found] == [Evidence.POSSIBLE, Evidence.POSSIBLE]
    assert gaps(record) == {"Run": {"no-dataset"}}
