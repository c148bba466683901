"""Which models a run made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lineage_graph.graph import EdgeType, Node
from lineage_graph.stores.base import Store

MADE = frozenset({EdgeType.PRODUCED})


def models_made(store: Store, runs: Sequence[str]) -> dict[str, list[Node]]:
    """Run -> the models that it made."""
    ends = store.ends(runs, MADE)
    models = store.get(sorted({model for _, model in ends}))
    made: dict[str, list[Node]] = defaultdict(list)
    for run, model in ends:
        made[run].append(models[model])
    return made
