# needs: mlflow==2.4.2 setuptools<70 python==3.10
# keeps: signatures
"""2.4, the first MLflow with datasets: stages and no alias, models as run and path, named in a tag's history."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import DATA, begin, dataset, log_model, write_orders

PLAIN = {"log_explainer": False, "log_model_explainability": False}


def train(name, path) -> str:
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_input(dataset(path, path.stem), context="training")
        log_model(pd.read_csv(path), register="churn")
    return run.info.run_id


def judge(run_id) -> None:
    path = write_orders("holdout.csv", rows=12, shift=4)
    rows = pd.read_csv(path)[["orders", "amount", "churned"]]
    with mlflow.start_run(run_name="judge-2"):
        mlflow.log_input(dataset(path, "holdout", frame=rows), context="eval")
        mlflow.evaluate(
            f"runs:/{run_id}/model", rows, targets="churned", model_type="classifier", evaluator_config=PLAIN
        )


def two_paths_and_a_hand_made_one(client) -> None:
    path = write_orders("paths.csv", shift=5)
    frame = pd.read_csv(path)
    with mlflow.start_run(run_name="paths") as run:
        mlflow.log_input(dataset(path, "paths"), context="training")
        log_model(frame, name="small", columns=("amount",))
        log_model(frame, name="models/large", register="large")
        (DATA / "note.txt").write_text("weights made by hand")
        mlflow.log_artifact(str(DATA / "note.txt"), "handmade")
        artifacts = mlflow.get_artifact_uri("handmade")
    client.create_registered_model("handmade")
    client.create_model_version("handmade", artifacts, run.info.run_id)


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    mlflow.set_experiment("churn")
    client = MlflowClient()
    runs = [train(f"fit-{i}", write_orders(f"orders-{i}.csv", shift=i)) for i in (1, 2, 3, 4)]
    for version, stage in ((1, "Archived"), (2, "Production"), (3, "Staging")):
        client.transition_model_version_stage("churn", str(version), stage)
    judge(runs[1])
    two_paths_and_a_hand_made_one(client)


main()
