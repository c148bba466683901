"""Tracking databases of any size, in MLflow's own schema, made in a moment."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT / "scripts" / "bench" / "generate_mlflow.py"
SCHEMA = ROOT / "tests" / "data" / "mlflow" / "shop" / "mlflow.db"


def make_store(path: Path, runs: int, seed: int = 7) -> Path:
    """The benchmark's generator on the emptied tables of a committed store: MLflow needs half a minute to make its own."""
    spec = importlib.util.spec_from_file_location("generate_mlflow", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    shutil.copyfile(SCHEMA, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table not in ("alembic_version", "workspaces") and not table.startswith("sqlite_"):
                database.execute(f"DELETE FROM {table}")
    generator.fill(path, runs, seed)
    return path


def change_store(path: Path) -> None:
    """A busy day: an alias moves, a tag comes late, runs and a version go, one is new to the eyes of a crawl."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in (
            "UPDATE registered_model_aliases SET version = version - 1 WHERE version > 1",
            "DELETE FROM registered_model_aliases WHERE name LIKE '%1'",
            "INSERT INTO registered_model_aliases SELECT 'challenger', version, name, workspace FROM model_versions GROUP BY name",
            "INSERT INTO tags (key, value, run_uuid) SELECT 'late', 'yes', run_uuid FROM runs WHERE run_uuid < '4'",
            "UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid LIKE '8%'",
            "DELETE FROM inputs WHERE destination_id LIKE 'a%' AND source_type = 'DATASET'",
            "DELETE FROM tags WHERE run_uuid LIKE 'c%'",
            "DELETE FROM params WHERE run_uuid LIKE 'c%'",
            "DELETE FROM latest_metrics WHERE run_uuid LIKE 'c%'",
            "DELETE FROM model_versions WHERE run_id LIKE 'c%'",
            "DELETE FROM runs WHERE run_uuid LIKE 'c%'",
        ):
            database.execute(statement)
