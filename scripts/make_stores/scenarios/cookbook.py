# needs: mlflow==3.17.2 python==3.11
# keeps: signatures
"""Two stores of one site for the cookbook: each of its questions has an answer here. `before.db` is `mlflow.db` in spring.

Data that one store calls orders.csv and the other orders-copy.csv, a model judged on what it was trained on, copies of versions,
a deleted run, arrays that nobody can find again, a run with nothing, an alias that moves and one that goes between the two crawls.
"""

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from vocabulary import DATA, HOME, begin, dataset, log_model, write_orders


@contextmanager
def run(name, day):
    """A run that began on this day of 2026."""
    client = MlflowClient()
    began = int(datetime.fromisoformat(f"2026-{day}T08:00:00").replace(tzinfo=UTC).timestamp() * 1000)
    experiment = mlflow.tracking.fluent._get_experiment_id()
    made = client.create_run(experiment, start_time=began, run_name=name, tags={"mlflow.user": "ana"})
    with mlflow.start_run(run_id=made.info.run_id) as active:
        yield active


def spring(client) -> None:
    mlflow.set_experiment("churn")
    orders, holdout = write_orders("orders.csv"), write_orders("holdout.csv", rows=12, shift=4)
    with run("train-1", "03-02"):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        mlflow.log_input(dataset(holdout, "holdout"), context="validation")
        log_model(pd.read_csv(orders), register="churn")
    client.set_registered_model_alias("churn", "champion", 1)
    client.set_registered_model_alias("churn", "trial", 1)
    with run("tryout", "03-05"):
        mlflow.log_param("idea", "none yet")


def summer(client) -> None:
    orders = write_orders("orders.csv", rows=30, shift=1)
    customers, visits = write_orders("customers.csv", rows=20, shift=3), write_orders("visits.csv", shift=6)
    with run("train-2", "06-01"):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        mlflow.log_input(dataset(customers, "customers"), context="training")
        mlflow.log_input(dataset(visits, "visits"), context="scoring")
        model = log_model(pd.read_csv(orders), columns=("orders",), register="churn")
    client.set_registered_model_alias("churn", "champion", 2)
    client.delete_registered_model_alias("churn", "trial")
    with run("judge-2", "06-02"):
        seen = dataset(orders, "orders")
        mlflow.log_input(seen, context="evaluation")
        mlflow.log_metric("accuracy", 0.99, model_id=model.model_id, dataset=seen)
    with run("probe", "06-03"):
        mlflow.log_input(mlflow.data.from_numpy(np.arange(12.0)), context="training")
        log_model(pd.read_csv(orders), name="probe")


def promote(client) -> None:
    client.copy_model_version("models:/churn/2", "churn-eu")
    client.copy_model_version("models:/churn-eu/1", "churn-eu-live")
    client.transition_model_version_stage("churn-eu", "1", "Production")
    client.set_registered_model_alias("churn-eu-live", "live", 1)


def stock(client) -> None:
    mlflow.set_experiment("stock")
    path = write_orders("stock.csv", shift=5)
    with run("forecast-1", "02-01") as gone:
        mlflow.log_input(dataset(path, "stock"), context="train")
        mlflow.log_param("train_file", "/srv/shop/data/stock-2025.csv")
        log_model(pd.read_csv(path), register="forecast")
    client.set_registered_model_alias("forecast", "live", 1)
    client.delete_run(gone.info.run_id)
    with run("quick-look", "02-10"):
        mlflow.log_input(mlflow.data.from_numpy(np.arange(8.0)), context="training")
        log_model(pd.read_csv(path), register="quick-look")


def lab() -> None:
    mlflow.set_tracking_uri("sqlite:////srv/shop/lab.db")
    mlflow.set_experiment("research")
    copy = shutil.copyfile(DATA / "orders.csv", DATA / "orders-copy.csv")
    with run("study-1", "07-01"):
        mlflow.log_input(dataset(copy, "copied orders"), context="training")
        log_model(pd.read_csv(copy), register="uplift")
    MlflowClient().set_registered_model_alias("uplift", "candidate", 1)


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    client = MlflowClient()
    spring(client)
    shutil.copyfile(HOME / "mlflow.db", HOME / "before.db")
    summer(client)
    promote(client)
    stock(client)
    lab()


main()
