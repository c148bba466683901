"""Four ways to read one store give the same payloads: real stores, real servers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lineage_graph.sources.mlflow.discover import Target, Way, read_target
from lineage_graph.sources.mlflow.opening import open_reader
from tests.sources.mlflow.conftest import STORES, unchanged, write_scenario
from tests.support.payloads import read_everything, shown
from tests.support.servers import mariadb, mlflow_server, postgres

pytestmark = [pytest.mark.server, pytest.mark.timeout(600), pytest.mark.xdist_group("mlflow-servers")]


def read(uri: str, way: Way | None = None) -> dict[str, list[dict[str, Any]]]:
    target = read_target(uri, Path.cwd())
    reader = open_reader(Target(way, target.uri, target.path) if way else target, 30, os.environ)
    try:
        return shown(read_everything(reader))
    finally:
        reader.close()


@pytest.fixture(params=["scenario", "evaluations"], scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store's database in a folder of its own."""
    if request.param == "scenario":
        found: Path = request.getfixturevalue("scenario_database")
        return found
    return Path(shutil.copy(STORES / request.param / "mlflow.db", tmp_path_factory.mktemp(request.param)))


@pytest.fixture(scope="module")
def server(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real tracking server over it, which also hands out the artifacts of another store."""
    artifacts = tmp_path_factory.mktemp("served") / "artifacts"
    shutil.copytree(STORES / "server" / "mlartifacts", artifacts)
    with mlflow_server(f"sqlite:///{database}", artifacts) as address:
        yield address


def test_a_server_and_its_database_say_the_same(database: Path, server: str) -> None:
    assert read(server) == read(str(database))


def test_artifacts_are_read_through_the_server(server: str) -> None:
    file = next((STORES / "server" / "mlartifacts").rglob("MLmodel"))
    folder = file.parent.relative_to(STORES / "server" / "mlartifacts").as_posix()
    reader = open_reader(read_target(server, Path.cwd()), 30, os.environ)
    assert reader.artifact(f"mlflow-artifacts:/{folder}", "MLmodel") == file.read_bytes()
    assert (
        reader.artifact(f"{server}/api/2.0/mlflow-artifacts/artifacts/{folder}", "MLmodel")
        == file.read_bytes()
    )
    assert reader.artifact(f"mlflow-artifacts:/{folder}", "missing") is None
    assert reader.artifact("s3://bucket/elsewhere", "MLmodel") is None
    reader.close()


def test_the_client_and_a_database_say_the_same(database: Path, tmp_path: Path) -> None:
    # On a copy: opening a database through MLflow may change it.
    copy = shutil.copy(database, tmp_path / "copy.db")
    assert read(f"sqlite:///{copy}", Way.CLIENT) == read(str(database))


def test_the_client_and_a_file_store_say_the_same(
    scenario_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    assert read(scenario_files.as_uri(), Way.CLIENT) == read(str(scenario_files))


@pytest.mark.parametrize("start", [postgres, mariadb], ids=["postgresql", "mariadb"])
def test_the_client_and_a_database_server_say_the_same(
    start: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("db")
    with start(folder / "data") as url:
        driven = url.replace("postgresql://", "postgresql+psycopg://")
        write_scenario(driven, folder)
        assert read(url) == read(driven, Way.CLIENT)
        assert len(read(url)["runs"]) == 4
        assert run_alone(url, absent("sqlalchemy_access", "sqlalchemy")) > 4


def test_since_means_the_same_to_a_server_and_its_database(database: Path, server: str) -> None:
    for since in (1_700_000_100_000, 1_700_000_100_001, 4_000_000_000_000):
        found = []
        for uri in (server, str(database)):
            reader = open_reader(read_target(uri, Path.cwd()), 30, os.environ)
            payloads = shown(read_everything(reader, since=since))
            found.append({run["run_id"]: run for run in payloads["runs"]})
            reader.close()
        assert found[0].keys() == found[1].keys()


ALONE = """
import sys
from pathlib import Path
from lineage_graph.sources.table import open_source
with open_source("mlflow", sys.argv[1], environ={}, timeout=30) as source:
    print(sum(len(batch) for batch in source.read()))
foreign = [name for name in sys.argv[2].split(",") if name in sys.modules]
assert not foreign, foreign
"""
READERS = ["mlflow", "sqlalchemy", "urllib3", "pandas", "networkx", "neo4j", "numpy"]
OURS = ["sqlite_access", "sqlalchemy_access", "rest", "files", "client"]


def absent(*needed: str) -> str:
    ours = [f"lineage_graph.sources.mlflow.{name}" for name in OURS if name not in needed]
    return ",".join([name for name in READERS if name not in needed] + ours)


def run_alone(uri: str, without: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, uri, without], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_each_reader_works_with_the_modules_of_the_others_absent(
    database: Path, server: str, scenario_files: Path
) -> None:
    records = run_alone(str(database), absent("sqlite_access"))
    assert run_alone(server, absent("rest", "urllib3")) == records
    assert run_alone(str(scenario_files), absent("files")) > 0


PLUGIN = """
def tracking(store_uri, artifact_uri=None):
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    return SqlAlchemyStore(store_uri.replace("plugged:", "sqlite:"), artifact_uri or "/nowhere")
def registry(store_uri, tracking_uri=None):
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
    return SqlAlchemyStore(store_uri.replace("plugged:", "sqlite:"))
"""


def write_plugin(folder: Path) -> Path:
    """A plugin of MLflow with a store of its own scheme. https://mlflow.org/docs/latest/ml/plugins/"""
    facts = folder / "lineage_plugin-1.dist-info"
    facts.mkdir(parents=True)
    (folder / "lineage_plugin.py").write_text(PLUGIN)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: lineage-plugin\nVersion: 1\n")
    (facts / "entry_points.txt").write_text(
        "[mlflow.tracking_store]\nplugged = lineage_plugin:tracking\n"
        "[mlflow.model_registry_store]\nplugged = lineage_plugin:registry\n"
    )
    return folder


def test_the_client_reads_what_a_plugin_brings_with_the_other_readers_absent(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a copy: opening a database through MLflow may change it.
    copy = shutil.copy(database, tmp_path / "copy.db")
    monkeypatch.setenv("PYTHONPATH", str(write_plugin(tmp_path / "plugin")))
    # It asks as `rest` does, of the client in the place of a server.
    others = [f"lineage_graph.sources.mlflow.{name}" for name in OURS if name not in ("client", "rest")]
    assert run_alone(f"plugged:///{copy}", ",".join(others)) == run_alone(
        str(database), absent("sqlite_access")
    )


def test_reading_leaves_a_file_store_as_it_was(scenario_files: Path) -> None:
    with unchanged(scenario_files.parent):
        assert len(read(str(scenario_files))["runs"]) == 4
