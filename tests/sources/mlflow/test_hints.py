"""Rule 12: what a store hints at. It is possible, never more."""

import pytest

from lineage_graph.graph import Evidence
from lineage_graph.sources.mlflow.mapping import map_run
from tests.sources.mlflow.records import OTHER_RUN, RUN, SCOPE, data, flow, mentions, run

PARAMS = {
    "a URI": ("train-data-path", "s3://lake/train.parquet", "s3://lake/train.parquet"),
    "a path": ("data", "/srv/x.csv", "laptop=file:///srv/x.csv"),
    "a relative path": ("trainFile", "data/x.csv.gz", "relative:prod/churn:data/x.csv.gz"),
    "a table of a database": ("training_source", "postgres:orders", None),
    "a dotted table": ("source_table", "main.shop.orders", "laptop=table:main.shop.orders"),
    "of a configuration": ("cfg.data.path", "s3://lake/x.parquet", "s3://lake/x.parquet"),
    "a configuration's dataset": ("config.dataset", "s3://lake/x.parquet", "s3://lake/x.parquet"),
    "in a configuration of data": ("data_config.train_path", "s3://lake/x.parquet", "s3://lake/x.parquet"),
    "what a model takes": ("model_input_path", "s3://lake/x.parquet", "s3://lake/x.parquet"),
    "plural": ("input_files", "/srv/x.csv", "laptop=file:///srv/x.csv"),
}
NONE = {
    "no data word": ("owner", "s3://lake/x.csv"),
    "a word within a word": ("database_url", "s3://lake/x.csv"),
    "no location": ("data", "yes"),
    "a number": ("input_dim", "128"),
    "a version": ("data_version", "1.0"),
    "code": ("file", "train.py"),
    "a dotted name": ("dataset", "sklearn.datasets.load_iris"),
    "what it writes": ("output_path", "/srv/predictions.csv"),
    "a model": ("source_path", "models:/churn/3"),
    "a setting": ("config_file", "/srv/config.json"),
    "a configuration": ("config.path", "s3://lake/settings.json"),
    "where a model lies": ("model_file", "s3://lake/model.json"),
    "where a trained model lies": ("train_model_path", "s3://lake/model.json"),
    "what is written of the data": ("data_output_path", "s3://lake/x.csv"),
    "MLflow's own": ("mlflow.source.name", "/srv/train.csv"),
    "words": ("data", "see http://x.example/a for more"),
    "a list": ("data", "['a.csv', 'b.csv']"),
}


@pytest.mark.parametrize(("key", "value", "source"), PARAMS.values(), ids=PARAMS)
@pytest.mark.parametrize("place", ["params", "tags"])
def test_a_param_whose_name_has_a_data_word_may_be_the_data(key, value, source, place):
    record = map_run(run(**{place: {key: value}}), SCOPE)
    version, read = (edge for edge in record.edges if edge.rule == "param-names-data")
    assert (version.evidence, read.evidence) == (Evidence.POSSIBLE, Evidence.POSSIBLE)
    assert (str(version.type), str(read.type)) == ("HAS_VERSION", "READ_BY")
    assert (version.dst, read.dst) == (read.src, f"run:{RUN}")
    assert version.properties == {"text": f"{key}={value}"}
    if source:
        assert version.src.startswith(f"source:{source}")
    assert all(
        node.evidence is Evidence.POSSIBLE for node in record.nodes if node.id in (version.src, version.dst)
    )


@pytest.mark.parametrize(("key", "value"), NONE.values(), ids=NONE)
def test_what_is_no_hint(key, value):
    assert flow(map_run(run(params={key: value}, tags={key: value}), SCOPE)) == set()


def test_a_context_that_is_a_path_may_be_where_the_data_lies():
    record = map_run(run(data("frame", context="/srv/train.csv")), SCOPE)
    assert (
        "laptop=file:///srv/train.csv",
        "HAS_VERSION",
        "prod/1/frame@71fe0c35",
        "possible",
        "context-path",
    ) in flow(record)


def test_data_that_lies_elsewhere_is_not_made_a_version_of_the_path():
    record = map_run(run(data(uri="/srv/a.csv", context="/srv/b.csv")), SCOPE)
    found = {edge for edge in flow(record) if edge[4] == "context-path"}
    b = "laptop=file:///srv/b.csv@run:RUN"
    assert found == {
        ("laptop=file:///srv/b.csv", "HAS_VERSION", b, "possible", "context-path"),
        (b, "READ_BY", "RUN", "possible", "context-path"),
    }


REFERENCES = {
    "a run": ("original_run_id", OTHER_RUN, {f"run:{OTHER_RUN}"}),
    "a run's model": ("base", f"runs:/{OTHER_RUN}/model", {f"run:{OTHER_RUN}"}),
    "a model": ("api_model_uri", "models:/churn@live", {"model-uri:models:/churn@live"}),
    "itself": ("me", RUN, set()),
    "no id": ("x", "z" * 32, set()),
    "MLflow's own": ("mlflow.parentRunId", OTHER_RUN, set()),
}


@pytest.mark.parametrize(("key", "value", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_values_that_name_runs_and_models_are_left_to_resolve(key, value, expected):
    assert mentions(map_run(run(params={key: value}), SCOPE)) == expected
    assert mentions(map_run(run(tags={key: value}), SCOPE)) == expected
