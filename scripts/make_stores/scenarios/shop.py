# needs: mlflow==3.17.2 python==3.11
# keeps: signatures
"""The shop's story: orders change under one path, three versions of churn, an alias that moves, failures, an evaluation."""

import subprocess

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import DATA, HOME, begin, dataset, log_model, write_orders

GIT = ["git", "-c", "user.name=ana", "-c", "user.email=ana@shop.example", "-C", str(HOME)]
DATED = {"GIT_AUTHOR_DATE": "2026-09-01T08:00:00Z", "GIT_COMMITTER_DATE": "2026-09-01T08:00:00Z"}


def commit_script() -> None:
    subprocess.run([*GIT, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*GIT, "remote", "add", "origin", "https://git.shop.example/shop/churn.git"], check=True)
    subprocess.run([*GIT, "add", "train.py"], check=True)
    subprocess.run(
        [*GIT, "commit", "-q", "-m", "churn: train"], check=True, env=DATED | {"PATH": "/usr/bin:/bin"}
    )


def train_first(holdout) -> None:
    orders = write_orders("orders.csv")
    frame = pd.read_csv(orders)
    with mlflow.start_run(run_name="train-1"):
        mlflow.log_param("max_iter", 50)
        mlflow.log_input(dataset(orders, "orders"), context="training")
        mlflow.log_input(holdout, context="validation")
        log_model(frame, register="churn")
        mlflow.log_metric("accuracy", 0.71)


def tune_second() -> None:
    orders = write_orders("orders.csv", rows=30, shift=1)
    frame = pd.read_csv(orders)
    with mlflow.start_run(run_name="tune-2"):
        mlflow.log_input(dataset(orders, "orders"), context="Training")
        for depth in ("a", "b"):
            with mlflow.start_run(run_name=f"tune-2-{depth}", nested=True):
                mlflow.log_input(dataset(orders, "orders"), context="tuning")
                log_model(frame, name="candidate")
                mlflow.log_metric("accuracy", 0.7)
        log_model(frame, register="churn")


def train_third() -> None:
    orders = write_orders("orders.csv", rows=36, shift=2)
    customers = write_orders("customers.csv", rows=20, shift=3)
    frame = pd.read_csv(orders)
    with mlflow.start_run(run_name="train-3"):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        mlflow.log_input(dataset(customers, "customers"), context="training")
        log_model(frame, register="churn")
        mlflow.log_metric("accuracy", 0.83)


def fail() -> None:
    orders = DATA / "orders.csv"
    for name, with_model in (("train-4", False), ("train-5", True)):
        try:
            with mlflow.start_run(run_name=name) as run:
                mlflow.log_input(dataset(orders, "orders"), context="training")
                if with_model:
                    model = mlflow.initialize_logged_model(name="model", source_run_id=run.info.run_id)
                    mlflow.finalize_logged_model(model.model_id, "FAILED")
                raise MemoryError("out of memory")
        except MemoryError:
            pass


def evaluate(holdout) -> None:
    with mlflow.start_run(run_name="eval-3"):
        mlflow.models.evaluate(
            "models:/churn/3",
            holdout,
            model_type="classifier",
            evaluator_config={"log_explainer": False, "log_model_explainability": False},
        )


def forecast() -> None:
    mlflow.set_experiment("stock")
    stock = write_orders("stock.csv", shift=5)
    with mlflow.start_run(run_name="forecast-1"):
        mlflow.log_input(dataset(stock, "stock"), context="train")
        log_model(pd.read_csv(stock), register="forecast")


def main() -> None:
    begin()
    commit_script()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    client = MlflowClient()
    mlflow.set_experiment("churn")
    rows = pd.read_csv(write_orders("holdout.csv", rows=12, shift=4))
    judged = rows[["orders", "amount", "churned"]]
    holdout = dataset(DATA / "holdout.csv", "holdout", frame=judged, targets="churned")
    train_first(holdout)
    client.set_registered_model_alias("churn", "champion", 1)
    tune_second()
    client.set_registered_model_alias("churn", "champion", 2)
    train_third()
    client.set_registered_model_alias("churn", "champion", 3)
    client.set_registered_model_alias("churn", "previous", 2)
    fail()
    evaluate(holdout)
    forecast()


main()
