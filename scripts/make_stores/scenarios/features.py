# needs: mlflow==3.17.2 feast==0.67.0 scikit-learn==1.7.2 python==3.11
"""Feast's own integration: features retrieved to train on, by service and by name, and online to predict."""

from datetime import UTC, datetime
from pathlib import Path

import mlflow
import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource
from feast.types import Float32, Int64
from feast.value_type import ValueType
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression
from vocabulary import DATA, HOME, begin

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
STORE = """\
project: drivers
registry: registry.pb
provider: local
online_store: {type: sqlite, path: online.sqlite}
entity_key_serialization_version: 3
mlflow: {enabled: true, tracking_uri: "sqlite:////srv/shop/mlflow.db"}
"""


def view(name: str, **columns) -> FeatureView:
    times = pd.date_range(AT, periods=4, freq="s")
    path = DATA / f"{name}.parquet"
    pd.DataFrame({"driver_id": range(4), "at": times, **columns}).to_parquet(path)
    fields = [Field(name=c, dtype=Int64 if c == "trips" else Float32) for c in columns]
    source = FileSource(name=f"{name}_file", path=str(path), timestamp_field="at")
    return FeatureView(name=name, entities=[DRIVER], schema=fields, source=source)


DRIVER = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)


def apply() -> FeatureStore:
    Path("feature_store.yaml").write_text(STORE)
    store = FeatureStore(str(HOME))
    stats = view("driver_stats", conv_rate=[0.1, 0.2, 0.3, 0.4], trips=[3, 4, 5, 6])
    ratings = view("ratings", stars=[1.0, 5.0, 4.0, 2.0])
    service = FeatureService(name="activity", features=[stats])
    store.apply([DRIVER, stats, ratings, service])
    return store


def entities() -> pd.DataFrame:
    later = pd.date_range(datetime(2026, 9, 2, tzinfo=UTC), periods=4, freq="s")
    return pd.DataFrame({"driver_id": range(4), "event_timestamp": later, "left": [0, 1, 0, 1]})


def train(store: FeatureStore, name: str, features, columns, register=None, logs_data=False) -> None:
    with store.mlflow.start_run(run_name=name):
        frame = store.get_historical_features(features=features, entity_df=entities()).to_df()
        if logs_data:
            store.mlflow.log_training_dataset(frame)
        taken = frame[columns].astype(float)
        model = LogisticRegression().fit(taken, frame["left"])
        signature = mlflow.models.infer_signature(taken)
        store.mlflow.log_model(model, "model", signature=signature, pip_requirements=["scikit-learn"])
        run = store.mlflow.active_run_id
    if register:
        store.mlflow.register_model(f"runs:/{run}/model", register)


def predict(store: FeatureStore) -> None:
    with store.mlflow.start_run(run_name="predict"):
        store.get_online_features(features=["ratings:stars"], entity_rows=[{"driver_id": 1}])


def main() -> None:
    begin()
    store = apply()
    activity = store.get_feature_service("activity")
    train(store, "fit-service", activity, ["conv_rate", "trips"], register="churn")
    both = ["driver_stats:conv_rate", "ratings:stars"]
    train(store, "fit-names", both, ["conv_rate", "stars"], register="churn", logs_data=True)
    MlflowClient("sqlite:////srv/shop/mlflow.db").set_registered_model_alias("churn", "champion", 2)
    predict(store)


main()
