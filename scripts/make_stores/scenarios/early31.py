# needs: mlflow==3.1.4 setuptools<80 python==3.10
"""3.1: logged models without workspaces; a dataset row is looked for in the whole store, so experiments share rows."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import DATA, begin, dataset, log_model, write_orders

PLAIN = {"log_explainer": False, "log_model_explainability": False}


def write_events(month: str):
    """Months differ in the times alone, which the digest leaves out."""
    path = DATA / f"events-{month}.csv"
    path.write_text("at,orders\n" + "".join(f"2026-{month}-{d:02d},{d % 7}\n" for d in range(1, 20)))
    return path, pd.read_csv(path, parse_dates=["at"])


def share_rows() -> None:
    for experiment, month in (("may", "05"), ("june", "06")):
        mlflow.set_experiment(experiment)
        path, frame = write_events(month)
        with mlflow.start_run(run_name=f"events-{experiment}"):
            mlflow.log_input(dataset(path, "events", frame=frame), context="training")
        with mlflow.start_run(run_name=f"code-{experiment}"):
            mlflow.log_input(mlflow.data.from_pandas(frame, name="frame"), context="training")


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    mlflow.set_experiment("churn")
    orders = write_orders("orders.csv")
    frame = pd.read_csv(orders)
    with mlflow.start_run(run_name="fit-1"):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        model = log_model(frame, register="churn")
    MlflowClient().set_registered_model_alias("churn", "champion", 1)
    rows = pd.read_csv(write_orders("holdout.csv", rows=12, shift=4))[["orders", "amount", "churned"]]
    holdout = dataset(DATA / "holdout.csv", "holdout", frame=rows, targets="churned")
    with mlflow.start_run(run_name="judge-1"):
        uri = f"models:/{model.model_id}"
        mlflow.models.evaluate(uri, holdout, model_type="classifier", evaluator_config=PLAIN)
    share_rows()


main()
