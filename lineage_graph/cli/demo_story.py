"""A small, true-to-life story logged to a real, local MLflow store: what `lineage-graph demo` crawls.

A clinic predicts how diabetes progresses. Raw files are cleaned, features are made, a model is tuned with child runs, trained,
evaluated, registered, given an alias; a month later re-trained on newer data and promoted; one run fails; and one model is
trained on an array that nobody logged. The data is the diabetes set that scikit-learn ships
(Efron, Hastie, Johnstone, Tibshirani, "Least Angle Regression", Annals of Statistics, 2004).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MODEL = "progression"
DECLARATION = "lineage.yaml"
REQUIREMENTS = ["scikit-learn"]
"""Said outright: MLflow would spend ten seconds a model to find it out."""

LINEAGE_YAML = """\
# What MLflow does not record and a person knows. Checked by `lineage-graph ingest declared lineage.yaml`.
version: 1
store: clinic
owners:
  "{data}/raw/patients-january.csv": records-office@clinic.example
  "{data}/raw/patients-february.csv": records-office@clinic.example
  "model:progression": prognosis@clinic.example
derivations:
  - output: "{data}/clean/patients-january.csv"
    from: ["{data}/raw/patients-january.csv"]
    by: clean.py
  - output: "{data}/features/patients-january.csv"
    from: ["{data}/clean/patients-january.csv"]
    by: features.py
  - output: "{data}/clean/patients-february.csv"
    from: ["{data}/raw/patients-february.csv"]
    by: clean.py
  - output: "{data}/features/patients-february.csv"
    from: ["{data}/clean/patients-february.csv"]
    by: features.py
deployments:
  - name: progression-api
    platform: kubernetes
    namespace: clinic
    serves: progression@champion
    owner: platform@clinic.example
consumers:
  - name: ward-dashboard
    owner: ward-4@clinic.example
    uses: ["deployment:clinic/progression-api"]
"""


def write_files(folder: Path) -> Path:
    """The raw, cleaned and feature files of January and February, and the declaration that links them."""
    from sklearn.datasets import load_diabetes

    data = folder / "data"
    for part in ("raw", "clean", "features"):
        (data / part).mkdir(parents=True, exist_ok=True)
    frame = load_diabetes(as_frame=True, scaled=False).frame
    for month, rows in {"january": frame.iloc[:300], "february": frame}.items():
        name = f"patients-{month}.csv"
        rows.to_csv(data / "raw" / name, index_label="patient")
        clean = rows.dropna().drop_duplicates()
        clean.to_csv(data / "clean" / name, index=False)
        features = clean.assign(pressure_per_bmi=clean["bp"] / clean["bmi"])
        features.to_csv(data / "features" / name, index=False)
    declaration = folder / DECLARATION
    declaration.write_text(LINEAGE_YAML.replace("{data}", str(data)), encoding="utf-8")
    return declaration


def connect(folder: Path) -> None:
    """Point MLflow at a new store in the folder."""
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    if mlflow.get_experiment_by_name(MODEL) is None:
        mlflow.create_experiment(MODEL, artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment(MODEL)


def first_month(folder: Path) -> None:
    """January: tune, train, evaluate, register, promote."""
    with _reading(folder, "january") as (train, holdout):
        alpha = _tune(folder, train, holdout)
        version = _train(folder, "january", train, holdout, alpha)
    _promote(version)
    _train_on_an_array(folder)


def second_month(folder: Path) -> None:
    """February: one run fails, one re-trains on newer data, and the alias moves."""
    with _reading(folder, "february") as (train, holdout):
        _fail(folder, train)
        version = _train(folder, "february", train, holdout, alpha=0.1)
    _promote(version)


@contextmanager
def _reading(folder: Path, month: str) -> Iterator[tuple[Any, Any]]:
    import pandas as pd

    frame = pd.read_csv(folder / "data/features" / f"patients-{month}.csv").astype(float)
    held_out = frame.index % 5 == 0
    yield frame[~held_out], frame[held_out]


def _dataset(folder: Path, month: str, frame: Any, name: str) -> Any:
    import mlflow

    source = str(folder / "data/features" / f"patients-{month}.csv")
    return mlflow.data.from_pandas(frame, source=source, name=name, targets="target")


def _tune(folder: Path, train: Any, holdout: Any) -> float:
    import mlflow
    from sklearn.linear_model import Ridge

    scores: dict[float, float] = {}
    with mlflow.start_run(run_name="tune-january"):
        mlflow.log_input(_dataset(folder, "january", train, "patients"), context="training")
        for alpha in (0.01, 0.1, 1.0):
            with mlflow.start_run(run_name=f"alpha-{alpha}", nested=True):
                model = Ridge(alpha=alpha).fit(train.drop(columns="target"), train["target"])
                scores[alpha] = float(model.score(holdout.drop(columns="target"), holdout["target"]))
                mlflow.log_param("alpha", alpha)
                mlflow.log_metric("r2", scores[alpha])
    return max(scores, key=scores.__getitem__)


def _train(folder: Path, month: str, train: Any, holdout: Any, alpha: float) -> str:
    import mlflow
    from mlflow.models import infer_signature
    from sklearn.linear_model import Ridge

    columns = train.drop(columns="target")
    with mlflow.start_run(run_name=f"train-{month}"):
        mlflow.log_input(_dataset(folder, month, train, "patients"), context="training")
        model = Ridge(alpha=alpha).fit(columns, train["target"])
        mlflow.log_param("alpha", alpha)
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(columns, model.predict(columns)),
            pip_requirements=REQUIREMENTS,
        )
    with mlflow.start_run(run_name=f"evaluate-{month}"):
        unseen = _dataset(folder, month, holdout, "patients-holdout")
        mlflow.log_input(unseen, context="evaluation")
        r2 = float(model.score(holdout.drop(columns="target"), holdout["target"]))
        mlflow.log_metric("r2", r2, model_id=logged.model_id, dataset=unseen)
    registered = mlflow.register_model(logged.model_uri, MODEL)
    return str(registered.version)


def _promote(version: str) -> None:
    import mlflow

    mlflow.MlflowClient().set_registered_model_alias(MODEL, "champion", version)


def _fail(folder: Path, train: Any) -> None:
    import mlflow
    from sklearn.linear_model import Ridge

    try:
        with mlflow.start_run(run_name="train-february-typo"):
            mlflow.log_input(_dataset(folder, "february", train, "patients"), context="training")
            Ridge(alpha=-1.0).fit(train.drop(columns="target"), train["target"])
    except ValueError:
        return  # what the story wants: MLflow keeps the run as FAILED


def _train_on_an_array(folder: Path) -> None:
    """What most teams do today: the data's location is in no record."""
    import mlflow
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import LinearRegression

    values, target = load_diabetes(return_X_y=True)
    with mlflow.start_run(run_name="quick-look"):
        model = LinearRegression().fit(values, target)
        mlflow.log_input(mlflow.data.from_numpy(values), context="training")
        logged = mlflow.sklearn.log_model(model, name="model", pip_requirements=REQUIREMENTS)
    mlflow.register_model(logged.model_uri, "quick-look")
