# needs: mlflow==1.30.1 scikit-learn<1.4 setuptools<70 python==3.9
# keeps: signatures
"""1.30: no datasets, no aliases. Where the data was is in a param, if anywhere."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import begin, log_model, write_orders


def train(name, params, register="churn") -> str:
    frame = pd.read_csv(write_orders("orders.csv"))
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params(params)
        log_model(frame, register=register)
        mlflow.log_metric("accuracy", 0.7)
    return run.info.run_id


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    mlflow.set_experiment("churn")
    client = MlflowClient()
    train("old-1", {"train-data-path": "/srv/shop/data/orders.csv", "max_iter": 50})
    train("old-2", {"data": "hdfs://warehouse/orders/2022.parquet", "max_iter": 50})
    train("old-3", {"max_iter": 50})
    gone = train("old-4", {"max_iter": 50})
    for version, stage in ((1, "Archived"), (2, "Production"), (3, "Staging"), (4, "Staging")):
        client.transition_model_version_stage("churn", str(version), stage)
    client.delete_run(gone)
    with mlflow.start_run(run_name="parent"), mlflow.start_run(run_name="child", nested=True):
        log_model(pd.read_csv(write_orders("orders.csv")), name="candidate")
    client.delete_model_version("churn", "1")


main()
