"""Which models a run made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lineage_graph.graph import Edge, EdgeType, Node, Subgraph
from lineage_graph.stores.base import Store

MADE = frozenset({EdgeType.PRODUCED})


def models_made(store: Store, runs: Sequence[str]) -> dict[str, list[Node]]:
    """Run -> the models that it made."""
    around: Subgraph = store.neighbours(runs, MADE)
    wanted = set(runs)
    made: dict[str, list[Node]] = defaultdict(list)
    edges: list[Edge] = sorted(around.edges, key=lambda edge: edge.key)
    for edge in edges:
        if edge.src in wanted:
            made[edge.src].append(around.nodes[edge.dst])
    return made
