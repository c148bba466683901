"""The edges of an answer and nothing else, as a table shows them: no gap is worded, and what no column shows is not loaded."""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph.graph import Subgraph
from lineage_graph.query.answer import Options
from lineage_graph.query.reached import choose, edges_between, reach
from lineage_graph.query.references import resolve_roots
from lineage_graph.stores.base import Direction, Store


def read_outline(store: Store, refs: Sequence[str], direction: Direction, options: Options) -> Subgraph:
    """The nodes, edges and distances of `upstream` or `downstream`, in outline. Raises `NotFound` or `Ambiguous`."""
    resolved = resolve_roots(store, refs, direction)
    roots = tuple(dict.fromkeys(root.id for root in resolved.roots))
    reached = reach(store, roots, direction, options, outline=True)
    if options.limit is None and not options.kinds:
        return Subgraph(reached.nodes, reached.edges, reached.hops)
    nodes, _ = choose(reached)
    return Subgraph({node.id: node for node in nodes}, edges_between(reached, nodes), reached.hops)
