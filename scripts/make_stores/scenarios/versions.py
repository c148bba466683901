# needs: mlflow==3.17.2 python==3.11
"""Every way in which a registered version says, or hides, where it came from."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import begin, dataset, log_model, write_orders


def train(name, orders, models=("model",)):
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_input(dataset(orders, orders.stem), context="training")
        made = [log_model(pd.read_csv(orders), name=model) for model in models]
    return run.info.run_id, [m.model_id for m in made]


def register(client, name, source, run_id=None):
    client.create_registered_model(name)
    return client.create_model_version(name, source, run_id=run_id)


def versions_of_one_model(client, run_id, model_id) -> None:
    """One model, registered under as many names as there are ways to point at it."""
    register(client, "by-model-id", f"models:/{model_id}", run_id)
    register(client, "by-model-path", f"/srv/shop/mlruns/1/models/{model_id}/artifacts")
    register(client, "by-runs-uri", f"runs:/{run_id}/model", run_id)
    register(client, "by-runs-uri-no-run-id", f"runs:/{run_id}/model")
    register(client, "by-run-uri", f"run:/{run_id}/model", run_id)
    register(client, "by-server-path", f"mlflow-artifacts:/1/{run_id}/artifacts/model", run_id)
    register(client, "by-windows-uri", f"file:///C:/Users/ana/mlruns/1/{run_id}/artifacts/model", run_id)
    register(client, "by-windows-path", f"C:\\Users\\ana\\mlruns\\1\\{run_id}\\artifacts\\model")
    register(client, "by-relative-path", f"mlruns/1/{run_id}/artifacts/model", run_id)
    register(client, "by-run-only", f"runs:/{run_id}", run_id)
    register(client, "by-run-and-no-such-model", f"runs:/{run_id}/other", run_id)
    client.copy_model_version("models:/by-model-id/1", "copied")
    client.copy_model_version("models:/copied/1", "copied-again")
    client.set_registered_model_alias("copied-again", "live", 1)


def versions_of_little_known_origin(client, twins) -> None:
    register(client, "twin", f"runs:/{twins}/model", twins)
    register(client, "vendor", "s3://vendor-models/churn/1")
    register(client, "gone-run", "/opt/models/churn.pkl", "d" * 32)


def deletions(client, orders) -> None:
    run_id, (model_id,) = train("deleted-run", orders)
    register(client, "of-deleted-run", f"models:/{model_id}", run_id)
    client.set_registered_model_alias("of-deleted-run", "live", 1)
    client.delete_run(run_id)
    _, (kept_model,) = train("kept", orders)
    for _ in range(3):
        mlflow.register_model(f"models:/{kept_model}", "thinned")
    client.set_registered_model_alias("thinned", "live", 2)
    client.set_registered_model_alias("thinned", "safe", 1)
    client.delete_model_version("thinned", "2")
    mlflow.register_model(f"models:/{kept_model}", "withdrawn")
    client.delete_registered_model("withdrawn")
    mlflow.register_model(f"models:/{kept_model}", "old-name")
    client.rename_registered_model("old-name", "new-name")


def forgotten_experiment(client) -> None:
    stock = write_orders("stock.csv", shift=5)
    experiment = mlflow.set_experiment("dropped")
    run_id, (model_id,) = train("stock-1", stock)
    train("stock-2", stock, models=())
    register(client, "forecast", f"models:/{model_id}", run_id)
    client.set_registered_model_alias("forecast", "live", 1)
    client.delete_experiment(experiment.experiment_id)


def stages(client, orders) -> None:
    _, (model_id,) = train("staged", orders)
    for stage in ("Archived", "Staging", "Production", "Production", None):
        version = mlflow.register_model(f"models:/{model_id}", "staged")
        if stage:
            client.transition_model_version_stage("staged", version.version, stage)
    client.set_registered_model_alias("staged", "champion", 2)
    client.set_registered_model_alias("staged", "Production", 5)


def prompts(client) -> None:
    for text in ("Answer {{question}} kindly.", "Answer {{question}} briefly."):
        mlflow.genai.register_prompt(name="greeting", template=text)
    mlflow.genai.set_prompt_alias("greeting", "live", 1)


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    client = MlflowClient()
    mlflow.set_experiment("churn")
    run_id, (model_id,) = train("base", write_orders("orders.csv"))
    versions_of_one_model(client, run_id, model_id)
    twins, _ = train("twins", write_orders("twins.csv", shift=1), models=("model", "model"))
    versions_of_little_known_origin(client, twins)
    deletions(client, write_orders("second.csv", shift=2))
    stages(client, write_orders("third.csv", shift=3))
    forgotten_experiment(client)
    prompts(client)


main()
