"""A run's record: what it read and made, what its record lacks; one table a rule of the design."""

from typing import Any

import pytest

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Evidence, Kind, NodeClaim, Record, State
from lineage_graph.sources.mlflow.mapping import map_run
from lineage_graph.sources.mlflow.payload import DatasetInput, Measured
from lineage_graph.sources.mlflow.scope import Scope
from tests.sources.mlflow.records import (
    OTHER_RUN,
    RUN,
    SCOPE,
    all_edges,
    all_nodes,
    data,
    flow,
    gaps,
    mentions,
    run,
)

ORDERS = "laptop=file:///srv/orders.csv@71fe0c35"


def mapped(*inputs: DatasetInput, **fields: Any) -> Record:
    return map_run(run(*inputs, **fields), SCOPE)


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


def test_the_datasets_record_is_shared_and_says_where_it_lies():
    record = mapped(data(uri="/srv/orders.csv", context="training", columns=["a", "b"]))
    datasets, schemas = record.shared
    assert datasets.key.startswith("datasets/")
    assert [(str(e.type), e.src, e.dst) for e in datasets.edges] == [
        ("HAS_VERSION", "source:laptop=file:///srv/orders.csv", f"dataset:{ORDERS}")
    ]
    node = all_nodes(record)[f"dataset:{ORDERS}"]
    assert node.name == "orders"
    assert node.properties == {
        "name": "orders",
        "names": ["orders"],
        "digest": "71fe0c35",
        "digest_strength": "first-10000-rows",
        "digest_rows": 24,
        "rows": 24,
        "token": "71fe0c35",
        "source": "file:///srv/orders.csv",
        "source_type": "local",
        "columns": [{"name": "a", "type": "long"}, {"name": "b", "type": "long"}],
    }
    assert {(str(e.type), e.dst.partition("#")[2]) for e in schemas.edges} == {
        ("HAS_COLUMN", "a"),
        ("HAS_COLUMN", "b"),
    }


def test_ten_versions_of_one_source_cost_its_columns_once():
    records = [
        mapped(data(digest=f"0000000{i}", uri="/srv/orders.csv", context="train", columns=["a"]))
        for i in range(10)
    ]
    shared = {part.key for record in records for part in record.shared}
    assert len([key for key in shared if key.startswith("schemas/")]) == 1
    assert len([key for key in shared if key.startswith("datasets/")]) == 10


def test_columns_without_a_location_are_the_datasets_own():
    record = mapped(data("frame", context="train", columns=["a"]))
    assert [(e.src, e.dst) for e in record.shared[1].edges] == [
        ("dataset:prod/1/frame@71fe0c35", "feature:dataset:prod/1/frame@71fe0c35#a")
    ]


def test_code_is_no_origin():
    record = mapped(data("frame", context="train"))
    assert flow(record) == {("prod/1/frame@71fe0c35", "READ_BY", "RUN", "logged", "context")}
    assert gaps(record) == {"Dataset": {"code-only-source"}}
    assert not [edge for edge in all_edges(record) if edge.type is EdgeType.HAS_VERSION]


SOURCES = {
    "code": ("code", '{"tags": {}}', {"code-only-source"}),
    "a query": ("spark", '{"sql": "SELECT 1"}', {"code-only-source"}),
    "kept by MLflow": ("mlflow_evaluation_dataset", '{"dataset_id": "d-1"}', {"code-only-source"}),
    "no JSON": ("mine", "the warehouse", {"source-unreadable"}),
    "a list": ("local", "[1]", {"source-unreadable"}),
    "half a JSON": ("local", '{"uri": "/srv', {"source-unreadable"}),
    "keys that nobody knows": ("mine", '{"query": "q"}', {"source-unreadable"}),
}


@pytest.mark.parametrize(("kind", "source", "expected"), SOURCES.values(), ids=SOURCES)
def test_what_was_not_recorded_and_what_could_not_be_read_are_two_gaps(kind, source, expected):
    given = data(context="train")._replace(source_type=kind, source=source)
    assert gaps(mapped(given)) == {"Dataset": expected}


def test_a_relative_path_belongs_to_store_and_experiment_until_there_is_a_root():
    given = run(data(uri="data/orders.csv", context="train"))
    record = map_run(given, SCOPE)
    assert gaps(record) == {"Source": {"relative-path"}}
    source = next(node for node in all_nodes(record).values() if node.kind is Kind.SOURCE)
    assert source.id == "source:relative:prod/churn:data/orders.csv"
    assert source.properties == {
        "uri": "data/orders.csv",
        "recorded": "data/orders.csv",
        "scope": "prod/churn",
    }
    rooted = map_run(given, Scope("prod", "laptop", {"churn": "/srv"}))
    assert gaps(rooted) == {}
    assert "source:laptop=file:///srv/data/orders.csv" in all_nodes(rooted)


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


class TestSameDigestInOneRun:
    """Rule 6: within one run, an equal digest is the same data."""

    def test_code_beside_a_location_is_that_location(self):
        record = mapped(
            data("dataset", context="train"), data("orders", uri="/srv/orders.csv", context="training")
        )
        assert flow(record) == {(ORDERS, "READ_BY", "RUN", "logged", "context")}
        assert gaps(record) == {}
        named = [
            node.properties["names"]
            for part in (record, *record.shared)
            for node in part.nodes
            if node.id.endswith(ORDERS)
        ]
        assert len(named) == 2
        assert ["dataset"] in named
        assert ["orders"] in named

    def test_two_locations_stay_two_and_the_code_is_neither(self):
        record = mapped(
            data("dataset", context="train"),
            data("a", uri="/srv/a.csv", context="train"),
            data("b", uri="/srv/b.csv", context="train"),
        )
        assert len([edge for edge in record.edges if edge.type is EdgeType.READ_BY]) == 3
        assert gaps(record) == {"Dataset": {"code-only-source"}}

    @pytest.mark.parametrize("rows", [1, 0, None])
    def test_a_digest_of_one_row_is_no_evidence(self, rows):
        record = mapped(
            data("dataset", context="train", rows=rows),
            data(uri="/srv/orders.csv", context="train", rows=rows),
        )
        assert gaps(record) == {"Dataset": {"code-only-source"}}

    def test_two_names_of_one_file_are_one_read(self):
        record = mapped(
            data("train", uri="/srv/orders.csv"), data("train_df", uri="/srv/orders.csv", context="training")
        )
        assert flow(record) == {(ORDERS, "READ_BY", "RUN", "logged", "context")}


CONTENTS = {
    "many rows": ({"rows": 24}, True),
    "one row": ({"rows": 1}, False),
    "rows unknown": ({"rows": None}, False),
    "digest of the user's": ({"digest": "v1"}, False),
}


@pytest.mark.parametrize(("fields", "usable"), CONTENTS.values(), ids=CONTENTS)
def test_content_is_compared_where_the_digest_says_something(fields, usable):
    record = mapped(data(columns=["a"], **fields))
    keys = [mention.key for part in record.shared for mention in part.mentions]
    assert bool(keys) is usable
    if usable:
        digest, _, rows = keys[0].removeprefix("content:").split("/")
        assert (digest, rows) == ("71fe0c35", "24")


def test_without_a_digest_the_table_version_is_the_token():
    given = data(digest="")._replace(
        source_type="delta_table", source='{"path": "s3://lake/t", "delta_table_version": 8}'
    )
    dataset = all_nodes(mapped(given))["dataset:s3://lake/t@8"]
    assert dataset.properties["token"] == "8"
    assert dataset.properties["digest_strength"] == "version"
    assert dataset.properties["table_version"] == "8"


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


class TestModelsBefore3:
    """They are folders of their run, listed in its history."""

    HISTORY = (
        '[{"artifact_path": "model", "model_uuid": "' + "c" * 32 + '", "flavors": {"sklearn": {}},'
        ' "signature": {"inputs": "[{\\"name\\": \\"a\\", \\"type\\": \\"long\\"}]", "outputs": null}},'
        ' {"artifact_path": "model", "model_uuid": "' + "d" * 32 + '"}, {"artifact_path": "small"},'
        ' {"artifact_path": "new", "model_id": "m-1"}, {"model_uuid": "x"}, 3]'
    )

    def test_one_model_a_path(self):
        record = mapped(tags={"mlflow.log-model.history": self.HISTORY})
        assert flow(record) == {
            ("RUN", "PRODUCED", "RUN/model", "logged", "log-model-history"),
            ("RUN", "PRODUCED", "RUN/small", "logged", "log-model-history"),
        }
        assert {f"model-uuid:{'c' * 32}", f"model-uuid:{'d' * 32}"} <= mentions(record)
        assert all_nodes(record)[f"model:{RUN}/model"].properties["times_logged"] == 2

    def test_a_signature_of_the_history_is_read(self):
        history = '[{"artifact_path": "m", "signature": {"inputs": "[{\\"name\\": \\"a\\", \\"type\\": \\"long\\"}]"}}]'
        record = mapped(tags={"mlflow.log-model.history": history})
        model = all_nodes(record)[f"model:{RUN}/m"].properties
        assert model["signature"] == {"inputs": [{"name": "a", "type": "long"}], "outputs": []}
        assert model["signature_state"] == "read"

    @pytest.mark.parametrize("history", ["", "no JSON", "{}", "[[]]", "null"])
    def test_what_is_no_history_lists_nothing(self, history):
        assert flow(mapped(tags={"mlflow.log-model.history": history})) == set()

    def test_they_are_deleted_with_their_run(self):
        record = mapped(tags={"mlflow.log-model.history": '[{"artifact_path": "m"}]'}, lifecycle="deleted")
        assert all_nodes(record)[f"model:{RUN}/m"].state is State.DELETED


def test_possible_edges_are_never_more_than_possible():
    record = mapped(params={"train-data-path": "s3://lake/train.parquet"})
    found = [edge for edge in record.edges if edge.rule == "param-names-data"]
    assert [edge.evidence for edge in found] == [Evidence.POSSIBLE, Evidence.POSSIBLE]
    assert gaps(record) == {"Run": {"no-dataset"}}
