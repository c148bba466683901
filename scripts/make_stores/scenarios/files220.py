# needs: mlflow==2.20.3 setuptools<80 python==3.10
# keeps: signatures
"""A file store of 2.20: relative paths, stages beside an alias, evaluate on its own and inside a training run, deletions."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import DATA, HOME, begin, dataset, log_model, write_orders

PLAIN = {"log_explainer": False, "log_model_explainability": False}


def train(name, source, context="train", register="churn", **options):
    frame = pd.read_csv(DATA / "orders.csv")
    with mlflow.start_run(run_name=name) as run:
        if source:
            mlflow.log_input(dataset(DATA / "orders.csv", "orders", source=source), context=context)
        log_model(frame, register=register, **options)
    return run.info.run_id


def judge_alone(run_id, holdout) -> None:
    with mlflow.start_run(run_name="judge-1"):
        mlflow.evaluate(f"runs:/{run_id}/model", holdout, model_type="classifier", evaluator_config=PLAIN)


def train_and_judge(holdout) -> None:
    frame = pd.read_csv(DATA / "orders.csv")
    with mlflow.start_run(run_name="fit-5"):
        mlflow.log_input(dataset(DATA / "orders.csv", "orders"), context="train")
        model = log_model(frame)
        mlflow.evaluate(model.model_uri, holdout, model_type="classifier", evaluator_config=PLAIN)


def fail() -> None:
    try:
        with mlflow.start_run(run_name="fit-6"):
            mlflow.log_input(dataset(DATA / "orders.csv", "orders"), context="train")
            raise ValueError("NaN in amount")
    except ValueError:
        pass


def remove_an_experiment(client) -> None:
    experiment = mlflow.set_experiment("tried once")
    stock = write_orders("stock.csv", shift=5)
    with mlflow.start_run(run_name="stock-1"):
        mlflow.log_input(dataset(stock, "stock"), context="train")
        log_model(pd.read_csv(stock), register="forecast")
    client.set_registered_model_alias("forecast", "live", 1)
    client.delete_experiment(experiment.experiment_id)


def lose_an_experiment_file() -> None:
    """What a partial copy of a store looks like: runs without their experiment's meta.yaml."""
    experiment = mlflow.set_experiment("regions")
    regions = write_orders("regions.csv", shift=6)
    with mlflow.start_run(run_name="regions-1"):
        mlflow.log_input(dataset(regions, "regions"), context="train")
        log_model(pd.read_csv(regions), register="regions")
    (HOME / "mlruns" / experiment.experiment_id / "meta.yaml").unlink()


def main() -> None:
    begin()
    mlflow.set_tracking_uri("file:///srv/shop/mlruns")
    client = MlflowClient()
    mlflow.set_experiment("churn")
    orders = write_orders("orders.csv")
    rows = pd.read_csv(write_orders("holdout.csv", rows=12, shift=4))[["orders", "amount", "churned"]]
    holdout = dataset(DATA / "holdout.csv", "holdout", frame=rows, targets="churned")
    first = train("fit-1", orders)
    write_orders("orders.csv", rows=30, shift=1)
    train("fit-2", "data/orders.csv", context="Training")
    write_orders("orders.csv", rows=36, shift=2)
    third = train("fit-3", f"file://{orders}")
    train("fit-4", None, signed=False)
    for version, stage in ((1, "Archived"), (2, "Production"), (3, "Staging"), (4, "Staging")):
        client.transition_model_version_stage("churn", str(version), stage)
    client.set_registered_model_alias("churn", "live", "2")
    judge_alone(first, holdout)
    train_and_judge(holdout)
    fail()
    client.delete_run(third)
    remove_an_experiment(client)
    lose_an_experiment_file()


main()
