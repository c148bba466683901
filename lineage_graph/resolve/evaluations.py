"""Which model an evaluation of before MLflow 3 judged: its tag holds a model's uuid, found in another run's history."""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Node, NodeClaim, Record
from lineage_graph.resolve.derived import derived, name_candidates


def resolve_evaluation(evaluation: Node, models_by_uuid: Sequence[Sequence[Node]]) -> Record:
    """Model EVALUATED_IN Evaluation for each uuid that the evaluation names and exactly one model has, else the gap.

    `models_by_uuid` holds, for each named uuid, the models that have it.
    """
    key = f"evaluations/{evaluation.id}"
    edges = [
        EdgeClaim(models[0].id, evaluation.id, EdgeType.EVALUATED_IN, Evidence.LOGGED, "model-uuid")
        for models in models_by_uuid
        if len(models) == 1
    ]
    if len(edges) == len(models_by_uuid):
        return derived(key, edges=edges)
    properties = name_candidates(model for models in models_by_uuid if len(models) > 1 for model in models)
    gap = NodeClaim(
        evaluation.id,
        Kind.EVALUATION,
        evaluation.name,
        properties,
        gaps=("evaluation-without-model",),
        evidence=Evidence.INFERRED,
    )
    return derived(key, nodes=[gap], edges=edges)
