"""Run as a program: models that look features up and runs that retrieved some, written by real MLflow into the store named as argument.

What Databricks' client writes into a model, and Feast's integration into a run, is written here as they do it; their forms are
cited in `lineage_graph.sources.mlflow.feature_spec` and `feast`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import mlflow
import pandas as pd
import yaml
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema, TensorSpec

LOADER = "databricks.feature_store.mlflow_model"
LOOKED_UP = {"lookup_key": ["customer"], "source": "feature_store"}
CUSTOMERS = {"table_name": "Main.shop.customers", **LOOKED_UP}
WHOLE = {
    "input_columns": [
        {"customer": {"data_type": "long", "include": False, "source": "training_data"}},
        {"day": {"data_type": "date", "include": False, "source": "training_data"}},
        {"amount": {"source": "training_data"}},
        {"note": {"include": False, "source": "training_data"}},
        {"orders": {"feature_name": "orders_30d", "timestamp_lookup_key": ["day"], **CUSTOMERS}},
        {"latitude": {"feature_name": "lat", "include": False, **CUSTOMERS}},
        {"unused": {"feature_name": "unused", "include": False, **CUSTOMERS}},
        {"region": {"feature_name": "region", **LOOKED_UP, "table_name": "shop.regions", "lookup_key": ["area"]}},
        {"area": {"feature_name": "area_id", "include": False, **CUSTOMERS}},
        {
            "distance": {
                "udf_name": "main.shop.distance",
                "input_bindings": {"from": "latitude", "to": "amount"},
                "source": "on_demand_feature",
            }
        },
    ],
    "input_tables": [{"Main.shop.customers": {"table_id": "1"}}, {"shop.regions": {"table_id": "2"}}],
    "serialization_version": 9,
}  # fmt: skip
DECLARED = {
    "input_columns": [{"amount": {"source": "training_data", "include": True, "data_type": "double"}}],
    "features": ["main.shop.avg_amount_7d"],
    "serialization_version": 11,
}
ODD = {
    "input_columns": [
        {"ü#1/b": {"feature_name": "a b#c/ü", **CUSTOMERS, "table_name": "main.shop.größe@1"}},
        {"red": {"feature_name": "\x1b[31mred\u202e", **CUSTOMERS}},
        {"key": {"feature_name": "AKIAIOSFODNN7EXAMPLE", **CUSTOMERS}},
        {"up": {"feature_name": "x", **CUSTOMERS, "table_name": "../../etc/passwd"}},
        {"three": {"feature_name": "x", **CUSTOMERS, "table_name": "a.b.c.d"}},
        {"number": {"feature_name": 3, **CUSTOMERS}},
        {"nothing": None},
        ["a list"],
        {"elsewhere": {"source": "a new kind"}},
    ]
}
SPECS: dict[str, str] = {
    "spec-whole": yaml.safe_dump(WHOLE, sort_keys=False),
    "spec-broken": "input_columns: [{",
    "spec-declared": yaml.safe_dump(DECLARED),
    "spec-odd": yaml.safe_dump(ODD),
    "spec-empty": "",
}


def orders(folder: Path) -> Path:
    path = folder / "orders.csv"
    columns = ("customer", "day", "amount", "note", "churned", "conv_rate")
    pd.DataFrame({name: [1.5, 2.5] for name in columns}).to_csv(path, index=False)
    return path


def read(path: Path) -> None:
    frame = pd.read_csv(path)
    mlflow.log_input(mlflow.data.from_pandas(frame, source="/srv/shop/orders.csv", name="orders"), "training")


def log_model(name: str, data: Path, loader: str, signature: ModelSignature | None = None) -> None:
    mlflow.pyfunc.log_model(
        name=name, loader_module=loader, data_path=str(data), signature=signature, pip_requirements=["mlflow"]
    )


def takes(*columns: str) -> ModelSignature:
    return ModelSignature(inputs=Schema([ColSpec("double", column) for column in columns]))


def packaged(name: str, spec: str, folder: Path) -> None:
    """A model as `FeatureEngineeringClient.log_model` leaves it."""
    data = folder / name / "feature_store"
    (data / "raw_model").mkdir(parents=True)
    (data / "raw_model" / "MLmodel").write_text("flavors: {}\n")
    (data / "feature_spec.yaml").write_text(spec)
    with mlflow.start_run(run_name=name):
        read(orders(folder))
        log_model(name, data, LOADER)


def retrieve(refs: Sequence[str], kind: str = "historical", project: str = "shop") -> None:
    """The tags that Feast leaves in the active run."""
    text = ",".join(refs)
    text = text if len(text) <= 4990 else text[:4987] + "..."
    mlflow.set_tags({"feast.project": project, "feast.retrieval_type": kind, "feast.feature_refs": text})


STATS = ["driver_stats:conv_rate", "driver_stats@v2:acc_rate", "driver_stats:trips", "weather:rain"]


def retrieved(folder: Path) -> None:
    plain = folder / "plain"
    plain.mkdir()
    with mlflow.start_run(run_name="feast-signed"):
        retrieve(STATS)
        read(orders(folder))
        log_model("feast-signed", plain, "shop", takes("conv_rate", "driver_stats__acc_rate", "amount"))
    with mlflow.start_run(run_name="feast-unsigned"):
        retrieve(STATS)
        log_model("feast-unsigned", plain, "shop")
    with mlflow.start_run(run_name="feast-tensor"):
        retrieve(["weather:rain"])
        tensor = ModelSignature(inputs=Schema([TensorSpec(pd.Series([1.5]).to_numpy().dtype, (-1, 2))]))
        log_model("feast-tensor", plain, "shop", tensor)
    with mlflow.start_run(run_name="feast-two"):
        retrieve(STATS)
        log_model("feast-two-a", plain, "shop", takes("conv_rate"))
        log_model("feast-two-b", plain, "shop", takes("rain"))
    with mlflow.start_run(run_name="feast-online"):
        retrieve(STATS, "online")
        log_model("feast-online", plain, "shop")
    with mlflow.start_run(run_name="feast-file"):
        retrieve(["weather:wind"], "online")
        log_model("feast-file", plain, "shop")
        mlflow.log_text(json.dumps(["weather:rain"]), "feast_features.json")
    with mlflow.start_run(run_name="feast-cut"):
        retrieve(["weather:rain", *(f"weather:{'x' * 60}{number}" for number in range(90))])
        log_model("feast-cut", plain, "shop", takes("rain"))
    with mlflow.start_run(run_name="feast-odd"):
        retrieve(
            ["a/b:c", "wetter ü:größe#1", "no reference", "red\x1b[31m:AKIAIOSFODNN7EXAMPLE"], project="p/q"
        )
        log_model("feast-odd", plain, "shop")
    with mlflow.start_run(run_name="feast-dataset"):
        frame = pd.read_csv(orders(folder))
        named = {"source": "feast.get_historical_features", "name": "feast_training_data"}
        mlflow.log_input(mlflow.data.from_pandas(frame, **named), "training")
        log_model("feast-dataset", plain, "shop", takes("amount"))


def main(uri: str) -> None:
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("features")
    with tempfile.TemporaryDirectory() as folder:
        for name, spec in SPECS.items():
            packaged(name, spec, Path(folder))
        retrieved(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1])
