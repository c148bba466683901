"""What profile and schema say: numbers by hand from mlflow/data/digest_utils.py."""

import json

import pytest

from lineage_graph.sources.mlflow.digests import Coverage, read_columns, read_coverage

ROWS, ELEMENTS = "first-10000-rows", "first-10000-elements"
COVERAGES = {
    "pandas": ("local", {"num_rows": 24, "num_elements": 96}, Coverage(24, ROWS, 24)),
    "pandas, more than are hashed": ("local", {"num_rows": 50_000}, Coverage(50_000, ROWS, 10_000)),
    "numpy": ("local", {"features_shape": [100, 4]}, Coverage(100, ELEMENTS, 100)),
    "numpy, wide: 10,000 elements are 2 rows": (
        "local",
        {"features_shape": [100, 5_000]},
        Coverage(100, ELEMENTS, 2),
    ),
    "numpy, images: not one row": ("local", {"features_shape": [100, 224, 224]}, Coverage(100, ELEMENTS, 0)),
    "numpy, one axis": ("local", {"features_shape": [20_000]}, Coverage(20_000, ELEMENTS, 10_000)),
    "numpy, named": (
        "local",
        {"features_shape": {"a": [9, 2], "b": [9, 20_000]}},
        Coverage(9, ELEMENTS, 0),
    ),
    "numpy, named, of different length": (
        "local",
        {"features_shape": {"a": [9], "b": [7]}},
        Coverage(None, ELEMENTS, 7),
    ),
    "numpy, a scalar": ("local", {"features_shape": []}, Coverage(1, ELEMENTS, 1)),
    "spark": ("delta_table", {"approx_count": 1_000}, Coverage(1_000, "plan")),
    "spark, not counted": ("spark", {"approx_count": "unknown"}, Coverage(None, "plan")),
    "tensorflow": ("local", {"features_cardinality": -2}, Coverage(None, ELEMENTS)),
    "metadata only": ("local", None, Coverage(None, "none")),
    "spark without a profile": ("spark", None, Coverage(None, "unknown")),
    "kept by MLflow": ("mlflow_evaluation_dataset", {"num_records": 3}, Coverage(None, "none")),
    "of a kind of its own": ("mine", {"rows": 3}, Coverage()),
    "no number": ("local", {"num_rows": "many"}, Coverage()),
    "true is no number": ("local", {"num_rows": True}, Coverage()),
}


@pytest.mark.parametrize(("source_type", "profile", "expected"), COVERAGES.values(), ids=COVERAGES)
def test_a_profile_says_how_much_a_digest_covers(source_type, profile, expected):
    text = None if profile is None else json.dumps(profile)
    assert read_coverage("71fe0c35", source_type, text) == expected


@pytest.mark.parametrize("digest", ["v1", "", "71FE0C35", "71fe0c357"])
def test_a_digest_of_another_form_is_of_the_users_making(digest):
    assert read_coverage(digest, "local", '{"num_rows": 24}') == Coverage(24, "unknown", None)


def test_columns_of_a_table():
    schema = {
        "mlflow_colspec": [
            {"type": "long", "name": "orders", "required": True},
            {"type": "object", "properties": {}, "name": "address"},
            {"type": "double"},
        ]
    }
    columns = read_columns(json.dumps(schema))
    assert columns
    assert columns.items == (("orders", "long"), ("address", "object"))


def test_tensors_keep_their_sides_as_json_in_json():
    tensor = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}
    schema = {
        "mlflow_tensorspec": {
            "features": json.dumps([tensor | {"name": "x"}]),
            "targets": json.dumps([tensor]),
        }
    }
    columns = read_columns(json.dumps(schema))
    assert columns
    assert columns.items == (("x", "float64[-1, 4]"),)


@pytest.mark.parametrize("schema", [None, "", "no JSON", "[]", "{}", '{"mlflow_colspec": 3}', "[" * 100_000])
def test_what_is_no_schema_has_no_columns(schema):
    assert read_columns(schema) is None


def test_the_schemas_digest_depends_on_order_and_types():
    first, second, third = (
        read_columns(json.dumps({"mlflow_colspec": spec}))
        for spec in (
            [{"name": "a", "type": "long"}, {"name": "b", "type": "long"}],
            [{"name": "b", "type": "long"}, {"name": "a", "type": "long"}],
            [{"name": "a", "type": "long"}, {"name": "b", "type": "string"}],
        )
    )
    assert first
    assert second
    assert third
    assert len({first.digest, second.digest, third.digest}) == 3
