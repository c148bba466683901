"""Values that name another run or a model: possible, never said.

A run's param or tag `original_run_id = 9c04…` or `api_model_uri = models:/churn@champion` hints that this run loaded that model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Node, Record
from lineage_graph.resolve.derived import derived

LOADABLE = 10
"""A run that made more models than this does not hint at any one of them."""


def resolve_hints(
    run: Node, models_of_runs: Mapping[str, Sequence[Node]], named: Mapping[str, Node]
) -> Record | None:
    """LOADED_BY edges of evidence `possible` into a run from what its params and tags name.

    `models_of_runs`: mentioned run id -> the models that it made. `named`: model URI as recorded -> the node that it names.
    """
    edges = [
        _loaded(model.id, run, "run-reference", run_id)
        for run_id, models in sorted(models_of_runs.items())
        if len(models) <= LOADABLE
        for model in models
    ]
    edges += [_loaded(node.id, run, "model-uri", uri) for uri, node in sorted(named.items())]
    unique = {(edge.src, edge.rule): edge for edge in edges if edge.src != run.id}
    return derived(f"hints/{run.id}", edges=list(unique.values())) if unique else None


def _loaded(src: str, run: Node, rule: str, text: str) -> EdgeClaim:
    return EdgeClaim(src, run.id, EdgeType.LOADED_BY, Evidence.POSSIBLE, rule, properties={"text": text})
