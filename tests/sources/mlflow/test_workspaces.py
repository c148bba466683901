"""Several workspaces in one store: equal names in two of them are two things, and one never takes the other's place."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.graph import Kind, Record
from lineage_graph.sources.mlflow.mapping import map_registered_model, map_run, map_stages, map_version
from lineage_graph.sources.mlflow.payload import (
    DatasetInput,
    RegisteredModelPayload,
    RunPayload,
    VersionPayload,
)
from lineage_graph.stores.base import NodeFilter
from tests.sources.mlflow.conftest import STORES
from tests.sources.mlflow.records import SCOPE

RUN = "a" * 32


def registry(workspace: str) -> list[Record]:
    version = VersionPayload("churn", "1", f"runs:/{RUN}/model", stage="Production", workspace=workspace)
    group = RegisteredModelPayload("churn", aliases={"champion": "1"}, workspace=workspace)
    return [
        map_version(version, SCOPE),
        *map_registered_model(group, SCOPE),
        *map_stages("churn", [version], SCOPE),
    ]


def test_two_workspaces_share_no_record_and_no_evidence() -> None:
    usual, other = registry("default"), registry("eu")
    assert [record.key for record in usual] == [
        "model-versions/churn/1",
        "registered-models/churn",
        "aliases/churn/champion",
        "stages/churn/Production",
    ]
    assert [record.key for record in other] == [f"workspaces/eu/{record.key}" for record in usual]
    refs, others = ({edge.ref for record in each for edge in record.edges} for each in (usual, other))
    assert refs
    assert others == {f"workspaces/eu/{ref}" for ref in refs}
    assert not {n.id for r in usual for n in r.nodes} & {n.id for r in other for n in r.nodes}


def test_a_relative_path_of_two_workspaces_is_two_places() -> None:
    given = DatasetInput("orders", "71fe0c35", "local", '{"uri": "data/orders.csv"}')
    sources = []
    for workspace in ("default", "eu"):
        run = RunPayload(RUN, "1", "churn", inputs=(given,), workspace=workspace)
        shared = map_run(run, SCOPE).shared
        sources.append({n.id for record in shared for n in record.nodes if n.kind is Kind.SOURCE})
    assert sources == [
        {"source:relative:prod/churn:data/orders.csv"},
        {"source:relative:prod/eu/churn:data/orders.csv"},
    ]


@pytest.fixture
def two_workspaces(tmp_path: Path) -> Path:
    """The registry of a real store, once more in a workspace of its own."""
    place = Path(shutil.copy(STORES / "versions" / "mlflow.db", tmp_path / "mlflow.db"))
    with closing(sqlite3.connect(place)) as connection, connection:
        for table in (
            "registered_models", "registered_model_tags", "registered_model_aliases", "model_versions", "model_version_tags",
        ):  # fmt: skip
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            values = ", ".join("'eu'" if column == "workspace" else column for column in columns)
            connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}")
    return place


def test_a_real_store_with_two_workspaces(two_workspaces: Path) -> None:
    kinds = frozenset({Kind.MODEL_VERSION, Kind.ALIAS, Kind.REGISTERED_MODEL})
    with Lineage.open("memory:") as one, Lineage.open("memory:") as two:
        one.ingest("mlflow", str(STORES / "versions" / "mlflow.db"), name="it", artifacts=False)
        two.ingest("mlflow", str(two_workspaces), name="it", artifacts=False)
        before = {node.id for node in one.store.find(NodeFilter(kinds=kinds)) if not node.stub}
        after = {node.id for node in two.store.find(NodeFilter(kinds=kinds)) if not node.stub}
        assert before
        assert after == before | {each.replace(":it/default/", ":it/eu/") for each in before}
        with closing(sqlite3.connect(two_workspaces)) as connection, connection:
            connection.execute("DELETE FROM registered_model_aliases WHERE workspace = 'eu'")
        two.ingest("mlflow", str(two_workspaces), name="it", artifacts=False)
        pointing = {
            each.dst
            for each in two.store.neighbours(sorted(after)).edges
            if each.type == "ALIASED_AS" and each.valid_to is None
        }
        assert pointing
        assert not [each for each in pointing if each.startswith("alias:it/eu/") and "@" in each]
