# needs: mlflow==3.17.2 python==3.11
"""Contexts as people write them, and what a store hints at without saying it."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import begin, dataset, log_model, write_orders

CONTEXTS = {
    "ctx-training": "training",
    "ctx-Training": "Training",
    "ctx-train": "train",
    "ctx-md-train": "md_train",
    "ctx-train-x": "train_x",
    "ctx-dev-train": "Dev: train dataset",
    "ctx-all-splits": "train+val+test",
    "ctx-camel": "trainTestSplit",
    "ctx-fit": "fit",
    "ctx-tuning": "tuning",
    "ctx-validation": "validation",
    "ctx-Evaluations": "Evaluations",
    "ctx-llm-evaluation": "llm_evaluation",
    "ctx-holdout": "holdout",
    "ctx-tests": "tests",
    "ctx-test-prediction": "test prediction",
    "ctx-prediction": "prediction",
    "ctx-inference": "inference",
    "ctx-scores": "scores",
    "ctx-raw-data": "raw_data",
    "ctx-origin": "origin",
    "ctx-processed": "processed",
    "ctx-reference": "reference",
    "ctx-latest": "latest constraint",
    "ctx-path": "/srv/shop/data/train/rows.csv",
}
NAMED = {
    "named-train": "train_set",
    "named-test": "X_test",
    "named-both": "train_and_test",
    "named-neither": "rows",
}


def contexts() -> None:
    for i, (run, context) in enumerate(CONTEXTS.items()):
        path = write_orders(f"{run}.csv", shift=i, rows=20 + i)
        with mlflow.start_run(run_name=run):
            mlflow.log_input(dataset(path, run.replace("train", "t").replace("test", "s")), context=context)
    for i, (run, name) in enumerate(NAMED.items()):
        path = write_orders(f"{run}.csv", shift=i, rows=60 + i)
        with mlflow.start_run(run_name=run):
            mlflow.log_input(dataset(path, name))


def first_context_stays() -> None:
    path = write_orders("both.csv", shift=3, rows=70)
    with mlflow.start_run(run_name="two-contexts"):
        mlflow.log_input(dataset(path, "both"), context="test")
        mlflow.log_input(dataset(path, "both"), context="training")
        log_model(pd.read_csv(path), register="two-contexts")


def unspecified_flows() -> None:
    path = write_orders("unspecified.csv", shift=4, rows=71)
    with mlflow.start_run(run_name="unspecified"):
        mlflow.log_input(dataset(path, "rows_71"))
        log_model(pd.read_csv(path), register="unspecified")


def params_that_name_data() -> None:
    frame = pd.read_csv(write_orders("quiet.csv", shift=5))
    with mlflow.start_run(run_name="param-path"):
        mlflow.log_params(
            {
                "train-data-path": "s3://lake/train.parquet",
                "input_dim": 128,
                "data_version": "v3",
                "max_depth": 4,
            }
        )
        log_model(frame, register="param-path")
    with mlflow.start_run(run_name="param-table"):
        mlflow.log_param("training_source", "postgres:shop.orders")
        log_model(frame, register="param-table")
    with mlflow.start_run(run_name="param-nothing"):
        mlflow.log_params(
            {"data": "yes", "file": "model", "learning_rate": 0.1, "owner": "s3://lake/not-data-key.csv"}
        )
        log_model(frame, register="param-nothing")


def references(client) -> None:
    frame = pd.read_csv(write_orders("quiet.csv", shift=5))
    path = write_orders("first.csv", shift=6)
    with mlflow.start_run(run_name="first") as first:
        mlflow.log_input(dataset(path, "first"), context="training")
        log_model(pd.read_csv(path), register="base")
    client.set_registered_model_alias("base", "live", 1)
    with mlflow.start_run(run_name="follow-run"):
        mlflow.log_param("original_run_id", first.info.run_id)
        log_model(frame, register="follow-run")
    with mlflow.start_run(run_name="follow-model"):
        mlflow.log_param("api_model_uri", "models:/base@live")
        log_model(frame, register="follow-model")


def parent_and_child() -> None:
    path = write_orders("child.csv", shift=7)
    with mlflow.start_run(run_name="parent"):
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.log_input(dataset(path, "child"), context="training")
        log_model(pd.read_csv(path), register="split")


def same_content() -> None:
    """The frame of a file, logged with its path by one run and without by another."""
    path = write_orders("known.csv", shift=8)
    with mlflow.start_run(run_name="with-path"):
        mlflow.log_input(dataset(path, "known"), context="training")
    with mlflow.start_run(run_name="without-path"):
        mlflow.log_input(mlflow.data.from_pandas(pd.read_csv(path), name="frame"), context="training")
        log_model(pd.read_csv(path), register="without-path")


def feast() -> None:
    path = write_orders("entities.csv", shift=9)
    with mlflow.start_run(run_name="feast"):
        mlflow.set_tags(
            {
                "feast.project": "shop",
                "feast.retrieval_type": "historical",
                "feast.feature_service": "churn_v1",
                "feast.feature_views": "customer_stats",
                "feast.feature_refs": "customer_stats:orders,customer_stats:amount",
            }
        )
        mlflow.log_input(dataset(path, "entities"), context="training")
        log_model(pd.read_csv(path), register="feast")


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    mlflow.set_experiment("hints")
    contexts()
    first_context_stays()
    unspecified_flows()
    params_that_name_data()
    references(MlflowClient())
    parent_and_child()
    same_content()
    feast()


main()
