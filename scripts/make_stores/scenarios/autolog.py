# needs: mlflow==3.17.2 python==3.11
"""What most stores hold: autologged runs, whose data has a digest and no place."""

import mlflow
import pandas as pd
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from vocabulary import begin, write_orders

COLUMNS = ["orders", "amount"]


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    mlflow.set_experiment("auto")
    mlflow.sklearn.autolog(log_input_examples=False, max_tuning_runs=2)
    train = pd.read_csv(write_orders("train.csv"))
    test = pd.read_csv(write_orders("test.csv", rows=12, shift=1))
    with mlflow.start_run(run_name="auto-fit") as fit:
        LogisticRegression(max_iter=50).fit(train[COLUMNS], train["churned"])
    mlflow.register_model(f"runs:/{fit.info.run_id}/model", "auto")
    MlflowClient().set_registered_model_alias("auto", "live", 1)
    with mlflow.start_run(run_name="auto-fit-and-score"):
        model = LogisticRegression(max_iter=50).fit(train[COLUMNS], train["churned"])
        X_test, y_test = test[COLUMNS], test["churned"]  # noqa: N806 - autologging records the variable's name
        model.score(X_test, y_test)
    with mlflow.start_run(run_name="auto-grid") as grid:
        search = GridSearchCV(LogisticRegression(max_iter=50), {"C": [0.1, 1.0, 10.0]}, cv=2)
        search.fit(train[COLUMNS], train["churned"])
    mlflow.register_model(f"runs:/{grid.info.run_id}/best_estimator", "tuned")


main()
