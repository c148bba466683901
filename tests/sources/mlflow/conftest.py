"""Stores that real MLflow wrote for these tests, and what is true of any store that was only read."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCENARIO = Path(__file__).parents[2] / "support" / "scenario.py"
STORES = Path(__file__).parents[2] / "data" / "mlflow"


def write_scenario(uri: str, folder: Path, script: Path = SCENARIO) -> None:
    """Have MLflow, in a process of its own, write a scenario into a store."""
    environ = os.environ | {
        "MLFLOW_TRACKING_URI": uri,
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "PYTHONPATH": str(SCENARIO.parents[2]),
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [sys.executable, script, uri], env=environ, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="session")
def scenario_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database of MLflow 3."""
    folder = tmp_path_factory.mktemp("scenario")
    write_scenario(f"sqlite:///{folder}/mlflow.db", folder)
    return folder / "mlflow.db"


@pytest.fixture(scope="session")
def scenario_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file store of MLflow 3."""
    folder = tmp_path_factory.mktemp("scenario-files")
    write_scenario(str(folder / "mlruns"), folder)
    return folder / "mlruns"


def snapshot(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file and folder with its content and time of change."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path)] = (digest, path.stat().st_mtime_ns)
    return found


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """No byte, no time, no file in the folder is another one afterwards."""
    before = snapshot(folder)
    yield
    assert snapshot(folder) == before
