"""The location in a dataset's source, by the type that wrote it; forms as MLflow 3.17 and the stores of others have them."""

import json

import pytest

from lineage_graph.sources.mlflow.origins import Origin, read_origin

LOCATED = {
    "local": ("local", {"uri": "/srv/x.csv"}, "/srv/x.csv"),
    "s3": ("s3", {"uri": "s3://b/x"}, "s3://b/x"),
    "gs": ("gs", {"uri": "gs://b/x"}, "gs://b/x"),
    "http": ("http", {"url": "https://h.example/x.csv"}, "https://h.example/x.csv"),
    "delta path": ("delta_table", {"path": "s3://b/t", "delta_table_version": 8}, "s3://b/t"),
    "spark path": ("spark", {"path": "hdfs:///x"}, "hdfs:///x"),
    "hub": ("hugging_face", {"path": "stanfordnlp/imdb", "split": "train"}, "hf://datasets/stanfordnlp/imdb"),
    "hub, old name": ("hugging_face", {"path": "imdb"}, "hf://datasets/imdb"),
    "reader of files": ("hugging_face", {"path": "csv", "data_files": ["/srv/a.csv"]}, "/srv/a.csv"),
    "local folder": ("hugging_face", {"path": "./mine"}, "./mine"),
    "volume": ("uc_volume", {"path": "/Volumes/main/raw/in/x.csv"}, "dbfs:/Volumes/main/raw/in/x.csv"),
    "custom with uri": ("mine", {"uri": "snowflake://acct/db/t", "n": 1}, "snowflake://acct/db/t"),
    "custom with url": ("mine", {"url": "https://h.example/x"}, "https://h.example/x"),
    "custom absolute path": ("mine", {"path": "/srv/x"}, "/srv/x"),
}
TABLES = {
    "delta": ("delta_table", {"delta_table_name": "main.s.orders", "delta_table_version": 3}),
    "spark": ("spark", {"table_name": "main.s.orders"}),
    "databricks": ("databricks-uc-table", {"table_name": "main.s.orders"}),
    "custom": ("mine", {"table_name": "main.s.orders"}),
}
UNLOCATED = {
    "code": ("code", '{"tags": {"mlflow.source.name": "train.py"}}', {"code": "train.py"}),
    "code without tags": ("code", '{"tags": null}', {}),
    "query": ("spark", '{"sql": "SELECT * FROM shop.orders"}', {"sql": "SELECT * FROM shop.orders"}),
    "several files": ("hugging_face", '{"path": "csv", "data_files": ["a.csv", "b.csv"]}', None),
    "kept by MLflow": ("mlflow_evaluation_dataset", '{"dataset_id": "d-1"}', {"dataset_id": "d-1"}),
    "no uri": ("local", "{}", {"recorded": "{}"}),
    "uri that is no text": ("local", '{"uri": {"a": 1}}', {"recorded": '{"uri": {"a": 1}}'}),
    "custom words": ("mine", '{"query": "q"}', {"recorded": '{"query": "q"}'}),
    "custom relative": ("mine", '{"path": "x"}', {"recorded": '{"path": "x"}'}),
    "a word": ("mine", "warehouse", {"recorded": "warehouse"}),
    "null": ("local", "null", {"recorded": "null"}),
    "a list": ("local", "[1]", {"recorded": "[1]"}),
    "half a JSON": ("local", '{"uri": "/srv', {"recorded": '{"uri": "/srv'}),
    "too deep": ("local", "[" * 100_000, None),
    "nothing": ("local", "", {}),
}


@pytest.mark.parametrize(("kind", "source", "location"), LOCATED.values(), ids=LOCATED)
def test_each_type_keeps_its_location_in_its_own_way(kind, source, location):
    found = read_origin(kind, json.dumps(source))
    assert (found.location, found.is_table) == (location, False)


@pytest.mark.parametrize(("kind", "source"), TABLES.values(), ids=TABLES)
def test_tables_are_known_as_such(kind, source):
    found = read_origin(kind, json.dumps(source))
    assert (found.location, found.is_table) == ("main.s.orders", True)


@pytest.mark.parametrize(("kind", "source", "details"), UNLOCATED.values(), ids=UNLOCATED)
def test_where_no_location_is_recorded_none_is_made_up(kind, source, details):
    found = read_origin(kind, source)
    assert found.location == ""
    if details is not None:
        assert found.details == details


def test_text_that_is_no_json_is_a_location_if_it_looks_like_one():
    assert read_origin("mine", "postgresql://db.example/shop").location == "postgresql://db.example/shop"
    assert read_origin("mine", '"/srv/x.csv"').location == "/srv/x.csv"


def test_versions_and_revisions_are_kept():
    delta = read_origin("delta_table", '{"path": "s3://b/t", "delta_table_version": 8}')
    assert delta == Origin("s3://b/t", False, "8", {"table_version": "8"})
    hub = read_origin(
        "hugging_face", '{"path": "imdb", "revision": "e6281661", "split": "train", "config_name": "plain"}'
    )
    assert hub.version == "e6281661"
    assert hub.details == {"revision": "e6281661", "split": "train", "config": "plain"}


def test_a_table_version_that_is_left_out_is_not_taken_for_zero():
    assert read_origin("delta_table", '{"path": "s3://b/t"}').version == ""
