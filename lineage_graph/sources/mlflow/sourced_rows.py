"""Logged models that name the run that made them, where the run's own rows don't name the model."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.sources.mlflow.access import Access
from lineage_graph.sources.mlflow.reader import MODEL_STATUS, UNFINISHED_MODEL

SourcedByRun = Mapping[str, list[tuple[str, bool]]]
"""Run -> (model id, whether it is unfinished)."""


def read_sourced(access: Access) -> SourcedByRun:
    """Models known to be a run's by `source_run_id` alone.

    One reading for all runs: no index finds a model by its run, and MLflow itself writes the row beside the id.
    """
    if not access.has("logged_models", "source_run_id"):
        return {}
    sql = "SELECT source_run_id, model_id, status FROM logged_models WHERE source_run_id <> ''"
    if access.has("inputs"):
        # In the order of the table's key, so that each is one look-up.
        sql += (
            " AND NOT EXISTS (SELECT 1 FROM inputs WHERE source_type = 'RUN_OUTPUT' AND source_id = source_run_id"
            " AND destination_type = 'MODEL_OUTPUT' AND destination_id = model_id)"
        )
    found: dict[str, list[tuple[str, bool]]] = {}
    for run, model, status in access.rows(f"{sql} ORDER BY source_run_id, model_id"):
        found.setdefault(run, []).append((model, MODEL_STATUS.get(status) in UNFINISHED_MODEL))
    return found
