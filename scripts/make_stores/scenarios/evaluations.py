# needs: mlflow==3.17.2 python==3.11
"""How 3.x records judgements: with and without context, model and link, alone and inside a training run."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from vocabulary import begin, dataset, log_model, write_orders

PLAIN = {"log_explainer": False, "log_model_explainability": False}
JUDGED = ["orders", "amount", "churned"]


def judged(name: str, shift: int, rows: int = 12, **options):
    path = write_orders(f"{name}.csv", rows=rows, shift=shift)
    return dataset(path, name, frame=pd.read_csv(path)[JUDGED], **options)


def fit(name, orders, register=None):
    with mlflow.start_run(run_name=name):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        return log_model(pd.read_csv(orders), register=register)


def judge(name, model, data, **config) -> None:
    with mlflow.start_run(run_name=name):
        mlflow.models.evaluate(model, data, model_type="classifier", evaluator_config=PLAIN | config)


def judge_predictions_only() -> None:
    """Predictions that somebody else made: no model is named."""
    path = write_orders("static.csv", rows=14, shift=6)
    frame = pd.read_csv(path)[JUDGED].assign(predicted=1)
    data = dataset(path, "static", frame=frame, targets="churned", predictions="predicted")
    with mlflow.start_run(run_name="judge-static"):
        mlflow.models.evaluate(data=data, model_type="classifier", evaluator_config=PLAIN)


def fit_and_judge(orders, data) -> None:
    frame = pd.read_csv(orders)
    with mlflow.start_run(run_name="fit-and-judge"):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        model = log_model(frame)
        mlflow.models.evaluate(
            f"models:/{model.model_id}", data, model_type="classifier", evaluator_config=PLAIN
        )


def fit_with_test_data_only() -> None:
    path = write_orders("only-test.csv", shift=8)
    with mlflow.start_run(run_name="fit-blind"):
        mlflow.log_input(dataset(path, "only-test"), context="test")
        log_model(pd.read_csv(path), register="blind")


def judge_by_metric(model) -> None:
    with mlflow.start_run(run_name="metric-link"):
        mlflow.log_metric("f1", 0.6, model_id=model.model_id, dataset=judged("weekly", 9))
    with mlflow.start_run(run_name="metric-only"):
        mlflow.log_metric("latency", 12.0, model_id=model.model_id)
    with mlflow.start_run(run_name="tagged-eval", tags={"mlflow.run.isEval": "true"}):
        mlflow.log_input(judged("tagged", 10))


def test_data_without_a_model() -> None:
    with mlflow.start_run(run_name="data-only"):
        mlflow.log_input(judged("lonely", 11), context="test")


def several_models_one_validation(orders) -> None:
    frame = pd.read_csv(orders)
    with mlflow.start_run(run_name="two-models"):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        mlflow.log_input(judged("shared", 12), context="validation")
        log_model(frame, name="small", columns=("amount",))
        log_model(frame, name="large")


def score_a_batch() -> None:
    with mlflow.start_run(run_name="scored"):
        mlflow.log_input(judged("batch", 13), context="prediction")


def measure_training(orders) -> None:
    """A metric on the training data is no judgement, also where the data has another name."""
    with mlflow.start_run(run_name="fit-measured"):
        mlflow.log_input(dataset(orders, "orders"), context="training")
        model = log_model(pd.read_csv(orders))
        mlflow.log_metric("accuracy", 0.9, model_id=model.model_id, dataset=dataset(orders, "orders"))


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    mlflow.set_experiment("churn")
    orders = write_orders("orders.csv")
    model = fit("fit", orders, register="churn")
    MlflowClient().set_registered_model_alias("churn", "champion", 1)
    uri = f"models:/{model.model_id}"
    judge("judge-plain", uri, judged("plain", 3, targets="churned"))
    judge("judge-prefix", uri, judged("prefixed", 4, targets="churned"), metric_prefix="val_")
    judge("judge-odd-prefix", uri, judged("quarter", 5, targets="churned"), metric_prefix="q3_")
    judge_predictions_only()
    fit_and_judge(orders, judged("inside", 7, targets="churned"))
    fit_with_test_data_only()
    judge_by_metric(model)
    test_data_without_a_model()
    several_models_one_validation(orders)
    score_a_batch()
    measure_training(orders)


main()
