# needs: mlflow==3.17.2 python==3.11
"""A file store of 3.x: logged models in folders, links in small files, a deleted run and a lost experiment file."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import HOME, begin, dataset, log_model, write_orders

PLAIN = {"log_explainer": False, "log_model_explainability": False}


def train(name, path, register="churn", model="model"):
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_input(dataset(path, path.stem), context="training")
        made = log_model(pd.read_csv(path), name=model, register=register)
    return run.info.run_id, made.model_id


def judge(model_id) -> None:
    path = write_orders("holdout.csv", rows=12, shift=4)
    rows = pd.read_csv(path)[["orders", "amount", "churned"]]
    with mlflow.start_run(run_name="judge-2"):
        data = dataset(path, "holdout", frame=rows, targets="churned")
        mlflow.models.evaluate(f"models:/{model_id}", data, model_type="classifier", evaluator_config=PLAIN)


def fill(uri: str) -> None:
    begin()
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("churn")
    client = MlflowClient()
    train("fit-1", write_orders("orders-1.csv", shift=1))
    _, second = train("fit-2", write_orders("orders-2.csv", shift=2))
    third, _ = train("fit-3", write_orders("orders-3.csv", shift=3))
    client.set_registered_model_alias("churn", "champion", 2)
    client.set_registered_model_alias("churn", "next", 3)
    judge(second)
    client.delete_run(third)
    with mlflow.start_run(run_name="auto"):
        frame = pd.read_csv(write_orders("orders-1.csv", shift=1))
        mlflow.log_input(mlflow.data.from_pandas(frame, name="frame"), context="training")
        log_model(frame, register="unplaced")


def lose_an_experiment_file() -> None:
    experiment = mlflow.set_experiment("regions")
    train("regions-1", write_orders("regions.csv", shift=6), register="regions")
    (HOME / "mlruns" / experiment.experiment_id / "meta.yaml").unlink()


if __name__ == "__main__":
    fill("file:///srv/shop/mlruns")
    lose_an_experiment_file()
