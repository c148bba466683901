"""A signature that was read stays, until something newer is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.graph import Kind, Node
from lineage_graph.stores.base import NodeFilter
from tests.support.databases import committed, edited
from tests.support.servers import mlflow_server

STORES = Path(__file__).parents[1] / "data" / "mlflow"
COLUMNS = {"experiments": "artifact_location", "runs": "artifact_uri", "logged_models": "artifact_location"}


def moved(path: Path, old: str, new: str) -> None:
    with edited(path) as database:
        for table, column in COLUMNS.items():
            if database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (old, new))


def models(lineage: Lineage) -> dict[str, Node]:
    return {node.id: node for node in lineage.store.find(NodeFilter(kinds=frozenset({Kind.MODEL})))}


def said(lineage: Lineage) -> dict[str, tuple[object, ...]]:
    """What was read of files; models whose file was never there (FAILED ones) apart."""
    names = ("signature_state", "signature", "flavors", "uuid")
    found = {
        id: (*(node.properties.get(name) for name in names), node.gaps)
        for id, node in models(lineage).items()
    }
    return {id: each for id, each in found.items() if models(lineage)[id].properties["status"] == "READY"}


def columns_used(lineage: Lineage) -> set[str]:
    return {node.id for node in lineage.store.find(NodeFilter(kinds=frozenset({Kind.FEATURE_SET})))}


@pytest.fixture(params=["shop", "files220"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A store with its artifacts where it says they are: of MLflow 3, and of before."""
    found = Path(shutil.copytree(STORES / request.param, tmp_path / request.param))
    if (found / "mlflow.db").exists():
        moved(found / "mlflow.db", "/srv/shop", str(found))
        return found / "mlflow.db"
    return found / "mlruns"


def no_artifacts(uri: Path) -> dict[str, object]:
    return {"artifacts": False}


def gone(uri: Path) -> dict[str, object]:
    """The files went, and every record is to be mapped again."""
    for file in list(uri.parent.rglob("MLmodel")):
        file.unlink()
    if uri.is_dir():
        for tags in uri.glob("*/*/tags"):
            (tags / "touched").write_text("yes")
    else:
        with edited(uri) as database:
            database.execute("UPDATE runs SET user_id = 'somebody else'")
            database.execute(
                "UPDATE logged_models SET last_updated_timestamp_ms = last_updated_timestamp_ms + 1"
            )
    return {}


@pytest.mark.parametrize("store", ["memory:", "{0}/graph.db"], ids=["memory", "sqlite"])
@pytest.mark.parametrize("then", [no_artifacts, gone])
def test_what_was_read_once_stays(
    store: str, then: Callable[[Path], dict[str, object]], uri: Path, tmp_path: Path
) -> None:
    with Lineage.open(store.format(tmp_path)) as lineage:
        lineage.ingest("mlflow", str(uri), name="shop")
        before, used = said(lineage), columns_used(lineage)
        read = [each for each in before.values() if each[0] == "read"]
        assert read
        report = lineage.ingest("mlflow", str(uri), name="shop", **then(uri))  # type: ignore[arg-type]  # options of `ingest` by name
        assert report.seen.written
        assert said(lineage) == before
        assert columns_used(lineage) == used


def test_what_is_read_anew_counts(uri: Path) -> None:
    with Lineage.open("memory:") as lineage:
        lineage.ingest("mlflow", str(uri), name="shop")
        before = said(lineage)
        for file in uri.parent.rglob("MLmodel"):
            file.write_text("flavors: {}\n")
        lineage.ingest("mlflow", str(uri), name="shop", artifacts=False)
        assert said(lineage) == before
        lineage.ingest("mlflow", str(uri), name="shop")
        assert "absent" in {state for state, *_ in said(lineage).values()}


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("mlflow-servers")
def test_a_database_keeps_what_its_server_handed_out(tmp_path: Path) -> None:
    path = Path(shutil.copyfile(committed("server"), tmp_path / "mlflow.db"))
    artifacts = Path(shutil.copytree(STORES / "server" / "mlartifacts", tmp_path / "served" / "artifacts"))
    with Lineage.open("memory:") as lineage:
        with mlflow_server(f"sqlite:///{path}", artifacts) as address:
            lineage.ingest("mlflow", address, name="prod")
        before = said(lineage)
        assert "read" in {state for state, *_ in before.values()}
        lineage.ingest("mlflow", str(path), name="prod")
        assert said(lineage) == before


@pytest.mark.parametrize("store", ["memory:", "graph.db"])
def test_what_is_tried_again_in_vain_changes_nothing(tmp_path: Path, store: str) -> None:
    """Six models of this store have no readable file."""
    with Lineage.open(store if store == "memory:" else str(tmp_path / store)) as lineage:
        first = lineage.ingest("mlflow", str(STORES / "shop/mlflow.db"), name="shop")
        change = lineage.store.state()[0]
        again = lineage.ingest("mlflow", str(STORES / "shop/mlflow.db"), name="shop")
        assert [skip["count"] for skip in again.skipped] == [skip["count"] for skip in first.skipped] == [6]
        assert again.seen == (0, first.seen.written, 0)
        assert lineage.store.state()[0] == change
