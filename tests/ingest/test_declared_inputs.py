"""A param that a declaration calls an input: the run read what it names, through real stores."""

from typing import Any

import pytest

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Kind, Record
from lineage_graph.stores.base import Direction
from tests.ingest.declaring import (
    INPUTS,
    MODEL,
    RUN,
    SCORE,
    V2,
    data,
    declare,
    draw,
    edges_of,
    node_of,
    registry,
    run,
    with_gap,
)


def with_param(value: str, native: str = RUN, name: str = "train", **properties: Any) -> Record:
    params = {"train-data-path": value, "lr": "0.1"}
    return run(native, name, 100, 200, ("no-dataset",), params=params, **properties)


def test_a_param_that_is_the_location(store, tmp_path):
    draw(
        store,
        [with_param("s3://lake/train.csv"), with_param("s3://lake/other.csv", SCORE, "other"), *registry()],
    )
    declare(store, tmp_path, INPUTS)
    above = store.reach([V2], Direction.UPSTREAM)
    assert [node.id for node in above.nodes.values() if node.kind is Kind.SOURCE] == [
        "source:s3://lake/train.csv"
    ]
    (read,) = [edge for edge in above.edges if edge.type is EdgeType.READ_BY]
    assert (read.evidence.value, read.rule, read.properties["role"]) == (
        "declared",
        "declared-input",
        "training",
    )
    assert read.records == ("resolve/declared:team/lineage.yaml:2",)
    assert node_of(store, naming.run_id(RUN)).gaps == ()
    declare(store, tmp_path, "")
    assert node_of(store, naming.run_id(RUN)).gaps == ("no-dataset",)
    assert len(store.reach([V2], Direction.UPSTREAM).nodes) == 3


@pytest.mark.parametrize("value", ["yes", "None", "3", "['a.csv']", "models:/churn/1", "***", "a\nb/c"])
def test_a_value_that_is_no_location(store, tmp_path, value):
    draw(store, [with_param(value)])
    declare(store, tmp_path, INPUTS)
    assert node_of(store, naming.run_id(RUN)).gaps == ("no-dataset",)


def test_inputs_of_one_experiment_and_their_role(store, tmp_path):
    records = [with_param("s3://lake/a.csv"), with_param("s3://lake/b.csv", SCORE, "b", experiment="other")]
    draw(store, records)
    declare(
        store, tmp_path, "experiments:\n  churn:\n    inputs: [{param: train-data-path, role: inference}]\n"
    )
    (edge,) = store.neighbours([naming.run_id(RUN)], frozenset({EdgeType.READ_BY})).edges
    assert edge.properties["role"] == "inference"
    assert edges_of(store, naming.run_id(SCORE), EdgeType.READ_BY) == []


def test_evaluation_data_by_the_words_of_its_param(store, tmp_path):
    draw(store, [run(RUN, "train", 100, 200, params={"test-path": "s3://lake/test.csv"}), *registry()])
    declare(store, tmp_path, "inputs: [params.test-path]\n")
    evaluation = naming.evaluation_id(RUN, "m-1")
    assert edges_of(store, naming.run_id(RUN), EdgeType.READ_BY) == []
    assert [(src, evidence) for src, _, evidence in edges_of(store, evaluation, EdgeType.EVALUATED_IN)] == [
        (naming.dataset_id("source:s3://lake/test.csv", f"run:{RUN}"), "declared"),
        (MODEL, "inferred"),
    ]


def test_a_run_that_comes_later_has_its_declared_input_too(store, tmp_path):
    declare(store, tmp_path, INPUTS)
    draw(store, [with_param("s3://lake/a.csv")])
    draw(store, [with_param("s3://lake/a.csv"), with_param("s3://lake/b.csv", SCORE, "late")])
    for native in (RUN, SCORE):
        assert len(edges_of(store, naming.run_id(native), EdgeType.READ_BY)) == 1
    draw(store, [with_param("s3://lake/a.csv")])
    assert edges_of(store, naming.run_id(SCORE), EdgeType.READ_BY) == []


def test_which_store_a_param_is_of_must_be_said_where_there_are_two(store, tmp_path):
    draw(store, [with_param("s3://lake/a.csv")])
    declare(store, tmp_path, INPUTS)
    assert len(edges_of(store, naming.run_id(RUN), EdgeType.READ_BY)) == 1
    draw(store, registry("zoo"), "zoo")
    assert edges_of(store, naming.run_id(RUN), EdgeType.READ_BY) == []
    assert "which store is meant" in str(with_gap(store)[0].properties["unresolved"])


def test_a_closed_gap_is_not_counted(store, tmp_path):
    draw(store, [with_param("s3://lake/a.csv"), run(SCORE, "score", gaps=("no-dataset",))])
    assert store.info().gaps["mlflow:shop"] == {"no-dataset": 2}
    declare(store, tmp_path, INPUTS)
    assert store.info().gaps == {"mlflow:shop": {"no-dataset": 1}}
    assert [node.id for node in with_gap(store, "no-dataset")] == [naming.run_id(SCORE)]


def test_another_param_takes_the_place_of_the_first(store, tmp_path):
    draw(store, [with_param("s3://lake/a.csv"), run(SCORE, "score", params={"path": "s3://lake/b.csv"})])
    declare(store, tmp_path, INPUTS)
    declare(store, tmp_path, "inputs: [params.path]\n")
    assert edges_of(store, naming.run_id(RUN), EdgeType.READ_BY) == []
    assert len(edges_of(store, naming.run_id(SCORE), EdgeType.READ_BY)) == 1


def test_a_param_that_repeats_what_was_logged_adds_nothing(store, tmp_path):
    draw(store, [with_param("/srv/orders.csv"), data("/srv/orders.csv", "71fe0c35", RUN, 100)])
    declare(store, tmp_path, INPUTS)
    assert [evidence for _, _, evidence in edges_of(store, naming.run_id(RUN), EdgeType.READ_BY)] == [
        "logged"
    ]
