"""What of a store a mirror shows: every node and relationship flat, and nothing that is gone as if it were there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lineage_graph.graph import Edge, Node, State
from lineage_graph.stores.base import Store
from lineage_graph.stores.flat import Flat, flatten_edge, flatten_node

CHUNK = 2_000
PAST = "_past"
"""A property of ours: whether nothing that is now speaks of the node. No person sees it, as no name of theirs begins so."""


class ShownNode(NamedTuple):
    """A row of a kind's table."""

    id: str
    kind: str
    flat: dict[str, Flat]


class ShownEdge(NamedTuple):
    """A row of a type's table."""

    src: str
    dst: str
    type: str
    flat: dict[str, Flat]


def gone_records(store: Store) -> frozenset[str]:
    """The records that are gone and still stand behind past intervals, as a node names them."""
    _, origins = store.state()
    return frozenset(
        f"{origin.name}/{record.key}" for origin in origins for record in store.retracted(origin.name)
    )


def read_shown(
    store: Store, ids: Sequence[str], gone: frozenset[str]
) -> Iterator[tuple[list[ShownNode], list[ShownEdge]]]:
    """These nodes, and the edges that begin at them, some at a time."""
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        nodes = store.get(chunk)
        edges = store.edges(chunk)
        now = {end for edge in edges if edge.valid_to is None for end in (edge.src, edge.dst)}
        shown = [_show_node(node, gone, now) for node in nodes.values()]
        yield shown, [show_edge(edge) for edge in edges if edge.src in nodes]


def _show_node(node: Node, gone: frozenset[str], now: set[str]) -> ShownNode:
    past = node.id not in now if node.stub else gone.issuperset(node.records)
    flat = flatten_node(node)
    if past:
        # It is here because an interval that has ended leads to it. Of one that nothing ever described no state is known.
        if not node.stub:
            flat["state"] = State.DELETED.value
        flat[PAST] = True
    return ShownNode(node.id, node.kind.value, flat)


def show_edge(edge: Edge) -> ShownEdge:
    """An edge, or one interval of it that has ended."""
    return ShownEdge(edge.src, edge.dst, edge.type.value, flatten_edge(edge))
