"""Run as a program: what an MLflow store can hold, written by real MLflow into the store that is named as argument."""

from __future__ import annotations

import sys

from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelStatus,
)

CONTEXT = "mlflow.data.context"


def dataset(
    name: str, digest: str, context: str | None, source: str = '{"uri": "/srv/data/x.csv"}'
) -> DatasetInput:
    tags = [InputTag(CONTEXT, context)] if context else []
    return DatasetInput(
        Dataset(name, digest, "local", source, '{"mlflow_colspec": []}', '{"num_rows": 3}'), tags
    )


def write(client: MlflowClient, across: bool) -> None:
    """`across`: a run judges a model of another experiment; that breaks MLflow's file store."""
    first = client.create_experiment("churn – prüfung", tags={"team": "growth"})
    second = client.create_experiment("other")
    run = train(client, first)
    model = make_models(client, first, run)
    judge(client, second if across else first, model)
    client.create_run(second, start_time=1_700_000_200_000)
    gone = client.create_run(second, start_time=1_700_000_200_000).info.run_id
    client.delete_run(gone)
    register(client, run, model)
    client.delete_experiment(second)


def train(client: MlflowClient, experiment: str) -> str:
    """A run with odd numbers and odd texts, two datasets, and no end yet."""
    run = client.create_run(experiment, start_time=1_700_000_000_000, run_name="train ✓").info.run_id
    client.log_param(run, "data/path", "s3://bucket/a b.csv")
    client.log_param(run, "empty", "")
    for step, value in enumerate((0.1, 0.1 + 0.2, 1 / 3)):
        client.log_metric(run, "loss", value, step=step, timestamp=1_700_000_000_000 + step)
    client.log_metric(run, "nan", float("nan"), timestamp=1_700_000_000_000)
    client.log_metric(run, "big", 1.7976931348623157e300, timestamp=1_700_000_000_000)
    client.set_tag(run, "quote", "a \"quoted\" 'text'\nwith\ttabs \u202e and \x1b[31m")
    client.log_inputs(run, [dataset("b", "22222222", "training"), dataset("a", "11111111", None)])
    return run


def make_models(client: MlflowClient, experiment: str, run: str) -> str:
    """The models of that run, which ends: one ready, one failed, one deleted, two that only they say who made them."""
    model = client.create_logged_model(
        experiment, "model", run, tags={"t": "1"}, params={"p": "2"}, model_type="Agent"
    )
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    failed = client.create_logged_model(experiment, "failed", run)
    client.finalize_logged_model(failed.model_id, LoggedModelStatus.FAILED)
    dropped = client.create_logged_model(experiment, "dropped", run)
    outputs = [LoggedModelOutput(one.model_id, at) for at, one in enumerate((model, failed, dropped))]
    client.log_outputs(run, outputs)
    client.set_terminated(run, "FINISHED", end_time=1_700_000_100_000)
    client.delete_logged_model(dropped.model_id)
    # Only the model says who made it.
    told = client.create_logged_model(experiment, "told", run)
    client.finalize_logged_model(told.model_id, LoggedModelStatus.READY)
    client.create_logged_model(experiment, "told, not done", run)
    return model.model_id


def judge(client: MlflowClient, experiment: str, model: str) -> None:
    """A run that failed after it had judged the model."""
    run = client.create_run(experiment, start_time=1_700_000_200_000).info.run_id
    client.log_inputs(run, [dataset("held-out", "33333333", "eval")], [LoggedModelInput(model)])
    client.log_metric(
        run, "f1", 0.75, timestamp=1_700_000_200_000, model_id=model, dataset_name="held-out", dataset_digest="33333333"
    )  # fmt: skip
    client.log_metric(
        run, "f1", 0.8, step=1, timestamp=1_700_000_200_001, model_id=model, dataset_name="held-out", dataset_digest="33333333"
    )  # fmt: skip
    client.set_terminated(run, "FAILED", end_time=1_700_000_300_000)


def register(client: MlflowClient, run: str, model_id: str) -> None:
    client.create_registered_model("churn", tags={"owner": "ana"}, description="who leaves")
    client.create_model_version("churn", f"models:/{model_id}", run, tags={"v": "1"}, model_id=model_id)
    client.create_model_version("churn", f"runs:/{run}/model", run, description="by run")
    client.create_model_version("churn", f"runs:/{run}/model", run)
    client.create_registered_model("live")
    client.create_model_version("live", "models:/churn/1", run)
    client.set_registered_model_alias("churn", "champion", 1)
    client.set_registered_model_alias("churn", "old", 2)
    client.delete_model_version("churn", 3)
    client.register_prompt("ask", "Who leaves {{shop}}?")


if __name__ == "__main__":
    write(MlflowClient(sys.argv[1], sys.argv[1]), "://" in sys.argv[1])
