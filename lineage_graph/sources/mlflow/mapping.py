"""From what MLflow records to what the graph claims: one mapping for all readers, pure, one record at a time.

Links that need two records (a version that names only a run, an evaluation that names a model's uuid, columns that a model
uses) are left to `resolve`, which finds what to look at by the mentions made here.
"""

from __future__ import annotations

from lineage_graph import naming
from lineage_graph.graph import Kind, NodeClaim, Record, State
from lineage_graph.sources.mlflow.models import map_model
from lineage_graph.sources.mlflow.payload import ExperimentPayload
from lineage_graph.sources.mlflow.runs import map_run
from lineage_graph.sources.mlflow.scope import Scope
from lineage_graph.sources.mlflow.tags import kept_tags
from lineage_graph.sources.mlflow.texts import clean, clean_uri
from lineage_graph.sources.mlflow.versions import (
    is_prompt,
    map_registered_model,
    map_stages,
    map_version,
    version_row,
)

__all__ = [
    "experiment_row",
    "is_prompt",
    "map_experiment",
    "map_model",
    "map_registered_model",
    "map_run",
    "map_stages",
    "map_version",
    "version_row",
]


def experiment_row(payload: ExperimentPayload) -> str:
    """The key of an experiment's record."""
    return f"experiments/{clean(payload.experiment_id)}"


def map_experiment(payload: ExperimentPayload, scope: Scope) -> Record:
    """An experiment: the group of its runs."""
    experiment_id = clean(payload.experiment_id)
    properties = {
        "experiment_id": experiment_id,
        "artifact_location": clean_uri(payload.artifact_location) or None,
        "description": clean(payload.tags.get("mlflow.note.content", "")) or None,
        "tags": kept_tags(payload.tags),
        "workspace": clean(payload.workspace),
    }
    state = State.DELETED if payload.lifecycle == "deleted" else State.LIVE
    node_id = naming.experiment_id(scope.store, experiment_id)
    node = NodeClaim(node_id, Kind.EXPERIMENT, clean(payload.name) or experiment_id, properties, (), state)
    return Record(experiment_row(payload), b"", (node,))
