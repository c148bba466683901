"""Rules of identity and time that nothing else is a test of by its name, on real stores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lineage_graph.graph import EdgeType, Kind
from lineage_graph.render.table import render_table
from lineage_graph.stores.base import NodeFilter
from tests.support.databases import copy_of, crawled, edited


@pytest.mark.parametrize("entry", [{"name": "churn", "version": 99}, {"name": "gone", "version": "1"}])
def test_a_stale_tag_of_registered_versions_makes_nothing(entry: dict[str, object], tmp_path: Path) -> None:
    """`mlflow.modelVersions` stays on a model when its version is deleted: only a live row is believed."""
    path = copy_of("shop", tmp_path)
    with crawled(path) as before:
        nodes = {node.id for node in before.store.find(NodeFilter())}
        edges = sorted(edge.key for edge in before.store.edges(sorted(nodes)))
    with edited(path) as database:
        database.execute("DELETE FROM logged_model_tags WHERE tag_key = 'mlflow.modelVersions'")
        database.execute(
            "INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value)"
            " SELECT model_id, experiment_id, 'mlflow.modelVersions', ? FROM logged_models",
            (json.dumps([entry]),),
        )
    with crawled(path) as after:
        assert {node.id for node in after.store.find(NodeFilter())} == nodes
        assert sorted(edge.key for edge in after.store.edges(sorted(nodes))) == edges


def test_the_tag_against_a_live_row_says_which_model_a_version_is(tmp_path: Path) -> None:
    """The row names the run alone, which made two models; the tag of one of them names the row."""
    path = copy_of("evaluations", tmp_path)
    with edited(path) as database:
        run, model, other = database.execute(
            "SELECT source_run_id, min(model_id), max(model_id) FROM logged_models GROUP BY 1 HAVING count(*) = 2"
        ).fetchone()
        database.execute(
            "INSERT INTO registered_models (name, creation_time, last_updated_time) VALUES ('told', 1, 1)"
        )
        database.execute(
            "INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage, source, run_id,"
            " status) VALUES ('told', 1, 1, 1, 'None', ?, ?, 'READY')",
            (f"runs:/{run}/", run),
        )
    with crawled(path) as lineage:
        (version,) = lineage.store.find(NodeFilter(kinds=frozenset({Kind.MODEL_VERSION}), name="told/1"))
        assert "which-model" in version.gaps
        with edited(path) as database:
            database.execute(
                "INSERT OR REPLACE INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value)"
                " SELECT model_id, experiment_id, 'mlflow.modelVersions', ? FROM logged_models WHERE model_id = ?",
                (json.dumps([{"name": "told", "version": 1}]), model),
            )
        lineage.ingest("mlflow", str(path), name="shop", artifacts=False)
        (edge,) = lineage.store.edges([version.id], frozenset({EdgeType.REGISTERED_AS}))
        assert (edge.src, edge.rule) == (f"model:{model}", "model-versions-tag")
        assert other not in edge.src
        assert "which-model" not in lineage.store.get([version.id])[version.id].gaps


def test_older_versions_in_a_stage_are_shown_as_in_the_stage(tmp_path: Path) -> None:
    """The pointer stands on the newest, as `models:/churn/Production` resolves; what else is in the stage says so."""
    path = copy_of("stages24", tmp_path)
    with edited(path) as database:
        database.execute(
            "UPDATE model_versions SET current_stage = 'Production' WHERE name = 'churn' AND version = 1"
        )
    with crawled(path) as lineage:
        older = lineage.show("churn/1")
        (node,) = (node for node in older.nodes if node.kind is Kind.MODEL_VERSION and node.name == "churn/1")
        assert node.properties["stage"] == "Production"
        assert "stage Production" in render_table(older)
        assert not any(each.kind is Kind.ALIAS for each in lineage.downstream("churn/1").nodes)
        reached = lineage.downstream("churn/2").nodes
        assert [each.properties["pointer"] for each in reached if each.kind is Kind.ALIAS] == ["stage"]
        resolved = lineage.upstream("models:/churn/Production")
        assert "modelversion:shop/default/churn/2" in {each.id for each in resolved.nodes}
        assert "modelversion:shop/default/churn/1" not in {each.id for each in resolved.nodes}
