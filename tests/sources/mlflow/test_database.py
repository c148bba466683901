"""The database reader: any revision of the schema, what only the database shows, cheap and exact."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lineage_graph.sources.mlflow.database import DatabaseReader
from lineage_graph.sources.mlflow.reader import Selection
from lineage_graph.sources.mlflow.run_rows import texts_of
from lineage_graph.sources.mlflow.sqlite_access import SqliteAccess
from tests.sources.mlflow.conftest import STORES, unchanged
from tests.support.payloads import read_everything

DATABASES = sorted(path.parent.name for path in STORES.glob("*/mlflow.db"))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return Path(shutil.copy(STORES / "shop" / "mlflow.db", tmp_path / "mlflow.db"))


@contextmanager
def opened(path: Path) -> Iterator[DatabaseReader]:
    reader = DatabaseReader(SqliteAccess(path, 5), str(path))
    yield reader
    reader.close()


def read(path: Path, **chosen: Any) -> dict[str, list[Any]]:
    with opened(path) as reader:
        return read_everything(reader, **chosen)


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        for statement in statements:
            writer.execute(statement)


@pytest.mark.parametrize("store", DATABASES)
def test_every_store_is_read_whole_and_left_alone(store: str) -> None:
    path = STORES / store / "mlflow.db"
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as back_door, unchanged(path.parent):
        payloads = read(path)
        runs = back_door.execute("SELECT count(*) FROM runs").fetchone()[0]
        revision = back_door.execute("SELECT version_num FROM alembic_version").fetchone()
        inputs = _count(back_door, "inputs WHERE source_type = 'DATASET'")
        params = _count(back_door, "params")
    assert len(payloads["runs"]) == runs
    assert sum(len(run.inputs) for run in payloads["runs"]) == inputs
    assert sum(len(run.params) for run in payloads["runs"]) == params
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as back_door:
        assert back_door.execute("SELECT version_num FROM alembic_version").fetchone() == revision


def _count(connection: sqlite3.Connection, what: str) -> int:
    try:
        return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_the_very_first_schema_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    change(
        path,
        "CREATE TABLE experiments (experiment_id INTEGER, name TEXT, artifact_location TEXT, lifecycle_stage TEXT)",
        "CREATE TABLE runs (run_uuid TEXT, name TEXT, user_id TEXT, status TEXT, start_time BIGINT, end_time BIGINT,"
        " lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER)",
        "CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT)",
        "CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT)",
        "CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT)",
        "INSERT INTO experiments VALUES (1, 'first', '/a', 'active')",
        "INSERT INTO runs VALUES ('r1', '', 'ana', 'FINISHED', 1, 2, 'active', '/a/r1', 1)",
        "INSERT INTO tags VALUES ('mlflow.runName', 'named by tag', 'r1')",
        "INSERT INTO metrics VALUES ('loss', 0.5, 2, 'r1'), ('loss', 0.9, 1, 'r1')",
    )
    payloads = read(path)
    (run,) = payloads["runs"]
    assert (run.name, run.experiment_name, run.metrics, run.inputs) == (
        "named by tag",
        "first",
        {"loss": 0.5},
        (),
    )
    assert payloads["models"] == payloads["registered"] == payloads["versions"] == []


def test_metrics_are_exact(database: Path) -> None:
    value = 1 / 3
    change(database, f"UPDATE latest_metrics SET value = {value!r} WHERE key = 'accuracy'")
    metrics = [run.metrics["accuracy"] for run in read(database)["runs"] if "accuracy" in run.metrics]
    assert metrics
    assert set(metrics) == {value}


def marks(path: Path) -> dict[str, bytes]:
    with opened(path) as reader:
        selection = Selection({one.experiment_id: one for one in reader.experiments()})
        models = {item.key: item.fingerprint for batch in reader.models(selection) for item in batch}
        return models | {item.key: item.fingerprint for batch in reader.runs(selection) for item in batch}


@pytest.mark.parametrize(
    ("statement", "changed"),
    [
        ("UPDATE params SET value = '51' WHERE key = 'max_iter'", 1),
        ("UPDATE latest_metrics SET value = 0.72 WHERE value = 0.71", 1),
        ("DELETE FROM tags WHERE key = 'mlflow.user'", 9),
        ("DELETE FROM input_tags WHERE value = 'training'", 4),
        ("DELETE FROM inputs WHERE source_type = 'RUN_OUTPUT'", 6),
        ("UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = 'tune-2'", 1),
        ("UPDATE experiments SET name = 'renamed' WHERE name = 'stock'", 2),
        ("UPDATE datasets SET dataset_source = '{}' WHERE name = 'stock'", 1),
        ("UPDATE logged_models SET status = 3 WHERE name = 'candidate'", 4),
        ("INSERT INTO logged_model_tags SELECT model_id, experiment_id, 'k', 'v' FROM logged_models LIMIT 1", 1),
        ("INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms,"
         " last_updated_timestamp_ms, status, lifecycle_stage, source_run_id)"
         " SELECT 'm-told', experiment_id, 'told', '/a', 1, 1, 2, 'active', run_uuid FROM runs LIMIT 1", 1),
        ("VACUUM", 0),
    ],
)  # fmt: skip
def test_a_fingerprint_moves_with_whatever_makes_the_payload(
    statement: str, changed: int, database: Path
) -> None:
    before = marks(database)
    change(database, statement)
    after = marks(database)
    assert sum(before[key] != after[key] for key in before) == changed


def test_only_what_is_selected_is_read(database: Path) -> None:
    with opened(database) as reader:
        chosen = {one.experiment_id: one for one in reader.experiments() if one.name == "stock"}
        selection = Selection(chosen, every=False)
        runs = [item.load() for batch in reader.runs(selection) for item in batch]
        models = [item.load() for batch in reader.models(selection) for item in batch]
        assert reader.totals(selection)["runs"] == len(runs) == 1
    assert [run.name for run in runs] == ["forecast-1"]
    assert [len(run.inputs) for run in runs] == [1]
    assert {model.experiment_name for model in models} == {"stock"}


def test_a_dataset_of_another_experiment_is_counted(database: Path) -> None:
    change(database, "UPDATE datasets SET experiment_id = 2 WHERE name = 'customers'")
    with opened(database) as reader:
        read_everything(reader)
        assert reader.report.read["inputs of another experiment's dataset"] == 1


def test_an_input_whose_dataset_is_lost_is_counted(database: Path) -> None:
    change(database, "DELETE FROM datasets WHERE name = 'stock'")
    with opened(database) as reader:
        read_everything(reader)
        assert reader.report.skipped == {"dataset-missing": 1}


def test_deleted_versions_are_not_given(database: Path) -> None:
    change(database, "UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 2")
    assert [one.version for one in read(database)["versions"] if one.name == "churn"] == ["1", "3"]


def test_more_than_one_batch_is_read(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(database)
    monkeypatch.setattr("lineage_graph.sources.mlflow.database.BATCH", 2)
    assert read(database) == whole


def test_a_model_that_only_itself_says_who_made_it_is_given_with_the_run(database: Path) -> None:
    told = min(one for one in read(database)["models"] if one.name == "candidate")
    change(
        database,
        f"DELETE FROM inputs WHERE source_type = 'RUN_OUTPUT' AND destination_id = '{told.model_id}'",
    )
    (run,) = (run for run in read(database)["runs"] if told.model_id in run.source_models)
    assert run.run_id == told.source_run_id
    assert told.model_id not in {model for model, _ in run.model_outputs}


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        pytest.param(None, {}, id="none"),
        pytest.param('{"a":"1","b":null}', {"a": "1", "b": ""}, id="null is empty"),
        pytest.param('{"a":":null"}', {"a": ":null"}, id="not the word"),
        pytest.param('{"a":"\\ud800","b":null}', {"a": "\ud800", "b": ""}, id="half of a character"),
    ],
)
def test_texts_of_one_owner(text, texts):
    assert texts_of(text) == texts
