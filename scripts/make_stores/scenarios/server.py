# needs: mlflow==3.17.2 python==3.11
# keeps: signatures
"""A real ``mlflow server`` with artifacts behind it; its ``churn`` is not the shop's."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import HOME, begin, dataset, log_model, write_orders


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port: int) -> subprocess.Popen:
    command = [
        str(Path(sys.executable).with_name("mlflow")),
        "server",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--backend-store-uri", f"sqlite:///{HOME}/mlflow.db"]
    command += ["--artifacts-destination", str(HOME / "mlartifacts")]
    server = subprocess.Popen(command, env=os.environ | {"STORE_ROLE": "server"})
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1)
            return server
        except OSError:
            time.sleep(0.5)
    server.terminate()
    raise SystemExit("the server did not come up")


def tell_the_story(client) -> None:
    orders = write_orders("orders.csv")
    with mlflow.start_run(run_name="remote-1") as first:
        mlflow.log_input(dataset(orders, "orders"), context="training")
        log_model(pd.read_csv(orders), register="churn")
    client.create_model_version("churn", f"runs:/{first.info.run_id}/model", first.info.run_id)
    source = f"mlflow-artifacts:/{first.info.experiment_id}/{first.info.run_id}/artifacts/model"
    client.create_registered_model("by-server-path")
    client.create_model_version("by-server-path", source, first.info.run_id)
    client.set_registered_model_alias("churn", "champion", 1)
    with mlflow.start_run(run_name="remote-2"):
        mlflow.log_input(dataset("data/orders.csv", "orders_near"), context="training")
        model = log_model(pd.read_csv(orders), register="near")
    client.set_registered_model_alias("near", "live", 1)
    with mlflow.start_run(run_name="remote-judge"):
        holdout = write_orders("holdout.csv", rows=12, shift=4)
        mlflow.log_metric("f1", 0.5, model_id=model.model_id, dataset=dataset(holdout, "holdout"))


def main() -> None:
    begin()
    port = free_port()
    server = start(port)
    try:
        mlflow.set_tracking_uri(f"http://127.0.0.1:{port}")
        mlflow.set_experiment("churn")
        tell_the_story(MlflowClient())
    finally:
        server.terminate()
        server.wait(30)


main()
