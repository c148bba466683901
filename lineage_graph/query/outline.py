"""The edges of an answer and nothing else, as a table shows them: no gap is worded, and what no column shows is not loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lineage_graph.graph import Edge, Node
from lineage_graph.query.answer import Options
from lineage_graph.query.depth import lies_beyond
from lineage_graph.query.reached import choose, edges_between, reach
from lineage_graph.query.references import resolve_roots
from lineage_graph.stores.base import Direction, Store


class Outline(NamedTuple):
    """An answer's nodes, edges and distances, and whether the depth that was asked for cut it off."""

    nodes: Mapping[str, Node]
    edges: Sequence[Edge]
    hops: Mapping[str, int]
    is_cut: bool


def read_outline(store: Store, refs: Sequence[str], direction: Direction, options: Options) -> Outline:
    """The nodes, edges and distances of `upstream` or `downstream`, in outline. Raises `NotFound` or `Ambiguous`."""
    resolved = resolve_roots(store, refs, direction)
    roots = tuple(dict.fromkeys(root.id for root in resolved.roots))
    reached = reach(store, roots, direction, options, outline=True)
    is_cut = lies_beyond(store, roots, direction, options)
    if options.limit is None and not options.kinds:
        return Outline(reached.nodes, reached.edges, reached.hops, is_cut)
    nodes, _ = choose(reached)
    return Outline({node.id: node for node in nodes}, edges_between(reached, nodes), reached.hops, is_cut)
