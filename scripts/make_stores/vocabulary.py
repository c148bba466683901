"""Words that the scenarios share: tiny files, tiny models, and the ways in which teams log them.

Imported by every scenario, under MLflow 1.30 to 3.x alike, so it imports mlflow only where it is used.
"""

import os
import sys
from pathlib import Path

import pandas as pd

HOME = Path("/srv/shop")
DATA = HOME / "data"


def begin(script: str = "train.py") -> None:
    """Pose as the script of a shop's repository, so that no tag names this machine."""
    os.chdir(HOME)
    DATA.mkdir(exist_ok=True)
    (HOME / script).touch()
    sys.argv[0] = str(HOME / script)


def write_orders(name: str, rows: int = 24, shift: int = 0) -> Path:
    """A file of orders; another ``shift`` is other data in the same columns."""
    path = DATA / name
    frame = pd.DataFrame(
        {
            "orders": [(i * 7 + shift) % 13 for i in range(rows)],
            "amount": [round(3.5 + ((i * 11 + shift) % 17) * 1.25, 2) for i in range(rows)],
            "country": [["DE", "FR", "PT"][(i + shift) % 3] for i in range(rows)],
            "churned": [(i + shift) % 2 for i in range(rows)],
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False)
    return path


def dataset(path, name=None, source=None, frame=None, **options):
    """A pandas dataset of a file, its source spelt as a caller spells it."""
    import mlflow

    frame = pd.read_csv(path) if frame is None else frame
    return mlflow.data.from_pandas(frame, source=str(source or path), name=name, **options)


def fit(frame: pd.DataFrame, columns=("orders", "amount")):
    """The smallest real classifier there is on these files."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=50).fit(frame[list(columns)], frame["churned"])


def signature(frame: pd.DataFrame, columns=("orders", "amount")):
    from mlflow.models import infer_signature

    return infer_signature(frame[list(columns)], frame["churned"])


def log_model(frame: pd.DataFrame, name="model", columns=("orders", "amount"), register=None, signed=True):
    """Fit and log a model under ``name``, as the API of the installed MLflow wants it."""
    import mlflow

    major = int(mlflow.__version__.split(".")[0])
    options = {"name": name} if major >= 3 else {"artifact_path": name}
    return mlflow.sklearn.log_model(
        fit(frame, columns),
        signature=signature(frame, columns) if signed else None,
        registered_model_name=register,
        pip_requirements=["scikit-learn"],
        **options,
    )


def attach(run_id: str, name: str, digest: str, source_type: str, source: str, context=None, schema=None):
    """Log an input whose library isn't installed here, through the client and entities that any library uses."""
    from mlflow import MlflowClient
    from mlflow.entities import Dataset, DatasetInput, InputTag

    tags = [InputTag("mlflow.data.context", context)] if context is not None else []
    entity = Dataset(
        name=name, digest=digest, source_type=source_type, source=source, schema=schema, profile=None
    )
    MlflowClient().log_inputs(run_id, [DatasetInput(entity, tags)])
