"""Which model an evaluation of before MLflow 3 judged: its tag holds a model's uuid, found in another run's history."""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Node, NodeClaim, Record
from lineage_graph.resolve.derived import derived


def resolve_evaluation(evaluation: Node, models: Sequence[Node]) -> Record:
    """Model EVALUATED_IN Evaluation where exactly one model has the uuid that the evaluation names, else the gap."""
    key = f"evaluations/{evaluation.id}"
    if len(models) == 1:
        edge = EdgeClaim(models[0].id, evaluation.id, EdgeType.EVALUATED_IN, Evidence.LOGGED, "model-uuid")
        return derived(key, edges=[edge])
    gap = NodeClaim(
        evaluation.id,
        Kind.EVALUATION,
        evaluation.name,
        gaps=("evaluation-without-model",),
        evidence=Evidence.INFERRED,
    )
    return derived(key, nodes=[gap])
