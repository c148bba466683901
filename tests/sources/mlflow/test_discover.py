"""Which store is meant: spellings of one place, MLflow's own rules, and what is said when there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lineage_graph.errors import LineageError, MissingExtra, SourceUnreadable, UnknownScheme
from lineage_graph.sources.mlflow.discover import Way, find_target, find_tracking_uri, read_target
from lineage_graph.sources.mlflow.opening import open_reader
from tests.sources.mlflow.conftest import STORES


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder `shop` with a database in it, one `files` with a file store."""
    shop, files = tmp_path / "shop", tmp_path / "files"
    shutil.copytree(STORES / "shop", shop)
    shutil.copytree(STORES / "files220", files)
    return tmp_path


@pytest.mark.parametrize(
    ("spelling", "way", "path", "name"),
    [
        ("shop/mlflow.db", Way.SQLITE, "shop/mlflow.db", "shop"),
        ("./shop/mlflow.db", Way.SQLITE, "shop/mlflow.db", "shop"),
        ("sqlite:///shop/mlflow.db", Way.SQLITE, "shop/mlflow.db", "shop"),
        ("sqlite:///{here}/shop/mlflow.db", Way.SQLITE, "shop/mlflow.db", "shop"),
        ("sqlite+pysqlite:///shop/mlflow.db?timeout=5", Way.SQLITE, "shop/mlflow.db", "shop"),
        ("shop", Way.SQLITE, "shop/mlflow.db", "shop"),
        ("shop/other.db", Way.SQLITE, "shop/other.db", "other"),
        ("files/mlruns", Way.FILES, "files/mlruns", "files"),
        ("files", Way.FILES, "files/mlruns", "files"),
        ("file://{here}/files/mlruns", Way.FILES, "files/mlruns", "files"),
        ("file:files/mlruns", Way.FILES, "files/mlruns", "files"),
    ],
)
def test_a_path_in_every_spelling(spelling: str, way: Way, path: str, name: str, place: Path) -> None:
    target = read_target(spelling.format(here=place), place)
    assert (target.way, target.path.resolve(), target.default_name) == (way, place / path, name)


@pytest.mark.parametrize(
    ("uri", "way", "shown", "name"),
    [
        ("http://localhost:5000/", Way.REST, "http://localhost:5000", "localhost-5000"),
        (
            "https://ana:s3cret@mlflow.shop.example/x",
            Way.REST,
            "https://mlflow.shop.example/x",
            "mlflow.shop.example",
        ),
        ("postgresql://ana:s3cret@db/mlflow", Way.SQL, "postgresql://db/mlflow", "db-mlflow"),
        ("mysql+pymysql://ana:s3cret@db:3306/ml", Way.SQL, "mysql+pymysql://db:3306/ml", "db-3306-ml"),
        ("databricks", Way.CLIENT, "databricks", "databricks"),
        ("databricks://profile", Way.CLIENT, "databricks://profile", "profile"),
        ("plugin://somewhere", Way.CLIENT, "plugin://somewhere", "somewhere"),
    ],
)
def test_a_uri_is_shown_and_named_without_secrets(
    uri: str, way: Way, shown: str, name: str, tmp_path: Path
) -> None:
    target = read_target(uri, tmp_path)
    assert (target.way, target.shown, target.default_name) == (way, shown, name)


def test_the_environment_comes_first(place: Path) -> None:
    uri = "http://mlflow.shop.example"
    assert find_target(None, {"MLFLOW_TRACKING_URI": uri}, place / "shop").uri == uri


def test_what_is_named_beats_the_environment(place: Path) -> None:
    assert find_target("shop", {"MLFLOW_TRACKING_URI": "http://x.example"}, place).way is Way.SQLITE


def test_a_database_beside_folders_of_artifacts_is_found(place: Path) -> None:
    # `mlruns` holds artifacts there, and no experiments.
    assert (place / "shop" / "mlruns").is_dir()
    assert find_target(None, {}, place / "shop").path == place / "shop" / "mlflow.db"


def test_a_file_store_is_found_before_a_database_as_by_mlflow(place: Path) -> None:
    shutil.copy(place / "shop" / "mlflow.db", place / "files" / "mlflow.db")
    assert find_target(None, {}, place / "files").way is Way.FILES


def test_nothing_there_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable) as raised:
        find_tracking_uri({}, tmp_path)
    for word in ("MLFLOW_TRACKING_URI", "mlflow.db", "mlruns", str(tmp_path)):
        assert word in raised.value.message


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("mssql+pyodbc://ana:s3cret@db/mlflow", UnknownScheme),
        ("ftp://ana:s3cret@host/mlruns", UnknownScheme),
        ("databricks", LineageError),
        ("postgresql://ana:s3cret@127.0.0.1:1/mlflow", SourceUnreadable),
        ("mysql://ana:s3cret@127.0.0.1:1/mlflow", SourceUnreadable),
    ],
)
def test_what_cannot_be_opened_says_so_without_the_password(
    uri: str, kind: type[LineageError], tmp_path: Path
) -> None:
    with pytest.raises(kind) as raised:
        open_reader(read_target(uri, tmp_path), 2, {}).experiments()
    assert "s3cret" not in str(raised.value.to_dict())
    assert raised.value.hint


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    for name in ("sqlalchemy", "sqlalchemy.exc", "sqlalchemy.engine"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match="driver") as raised:
        open_reader(read_target("postgresql://db/mlflow", tmp_path), 2, {})
    assert "lineage-graph[sql]" in raised.value.hint


@pytest.mark.parametrize(
    ("uri", "site"),
    [
        ("https://mlflow.shop.example/", "mlflow.shop.example"),
        ("http://ana:secret@MLflow.shop.example:5000", "mlflow.shop.example"),
        ("postgresql://reader:secret@db.shop.example:5432/mlflow", "db.shop.example"),
        ("http://127.0.0.1:5000", ""),
        ("http://localhost:5000", ""),
        ("http://[::1]:5000", ""),
        ("sqlite:///mlflow.db", ""),
    ],
)
def test_a_remote_store_is_a_site_of_its_own(uri, site, tmp_path):
    assert find_target(uri, {}, tmp_path).default_site == site
