"""Which models a run made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lineage_graph.graph import EdgeType, Node
from lineage_graph.stores.base import Store

MADE = frozenset({EdgeType.PRODUCED})


def models_made(store: Store, runs: Sequence[str]) -> dict[str, list[Node]]:
    """Run -> the models that it made."""
    wanted = set(runs)
    edges = [edge for edge in store.edges(runs, MADE) if edge.src in wanted]
    models = store.get(sorted({edge.dst for edge in edges}))
    made: dict[str, list[Node]] = defaultdict(list)
    for edge in edges:
        made[edge.src].append(models[edge.dst])
    return made
