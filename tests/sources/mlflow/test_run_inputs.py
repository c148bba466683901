"""The datasets that a run read: where they lie, what data they are, and what their record lacks."""

import pytest

from lineage_graph.graph import EdgeType, Kind
from lineage_graph.sources.mlflow.mapping import map_run
from lineage_graph.sources.mlflow.scope import Scope
from tests.sources.mlflow.records import ORDERS, SCOPE, all_edges, all_nodes, data, flow, gaps, mapped, run


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
