"""Rows of nodes and relationships as nodes, edges and claims. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lineage_graph.graph import Claimed, EdgeType, Node, NodeClaim, merge_node
from lineage_graph.naming import kind_of
from lineage_graph.stores.intervals import as_it_was
from lineage_graph.stores.merging import speaking_claims
from lineage_graph.stores.neo4j.texts import Placed, read_edge_claims, read_node_claims, read_past

Ask = Callable[..., list[list[object]]]
"""One reading statement: `Connection.read`."""

ID = "coalesce({0}._id, {0}.id)"
"""The id of a node; one that no index takes is kept beside, as JSON."""
NODE = f"[{ID.format('n')}, n._claims]"
PAST_NODE = f"[{ID.format('n')}, n._claims, n._past]"
EDGE = f"[{ID.format('a')}, {ID.format('b')}, type(r), r._claims]"
_EDGE_WIDTH = 4


def split_widths(rows: Iterable[list[Any]]) -> tuple[list[list[Any]], list[list[Any]]]:
    """Rows of nodes and rows of edges, which came in one list: they are told by how many values they have."""
    nodes: list[list[Any]] = []
    edges: list[list[Any]] = []
    for row in rows:
        (edges if len(row) == _EDGE_WIDTH else nodes).append(row)
    return nodes, edges


def read_id(text: str) -> str:
    """An id as `ID` gives it."""
    return json.loads(text) if text.startswith('"') else text


def read_node(row: list[Any], as_of: int | None = None) -> Node:
    """A node, merged."""
    node = read_id(row[0])
    claims = [(gone, claimed) for _, gone, claimed in read_node_claims(node, row[1])]
    if as_of is not None and row[2]:
        claims = [(gone, claimed) for gone, claimed in _as_it_was(claims, row[2], as_of)]
    return merge_node(node, kind_of(node), speaking_claims(claims))


def _as_it_was(
    claims: Iterable[tuple[bool, Claimed]], past: str, as_of: int
) -> Iterable[tuple[bool, Claimed]]:
    then: dict[tuple[str, str], tuple[int, Mapping[str, object]]] = {}
    for origin, record, until, tracked in read_past(past):
        if until > as_of and ((origin, record) not in then or until < then[origin, record][0]):
            then[origin, record] = (until, tracked)
    for gone, claimed in claims:
        was = then.get((claimed.origin, claimed.record))
        assert isinstance(claimed.claim, NodeClaim)
        yield gone, claimed if was is None else claimed._replace(claim=as_it_was(claimed.claim, was[1]))


def read_edge(row: list[Any]) -> list[Placed]:
    """The claims of a relationship."""
    return read_edge_claims(read_id(row[0]), read_id(row[1]), EdgeType(row[2]), row[3])
