"""Rows of nodes and relationships as nodes, edges and claims. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from lineage_graph.graph import Claimed, Edge, EdgeClaim, EdgeType, Node, NodeClaim, merge_node, open_gaps
from lineage_graph.naming import kind_of
from lineage_graph.stores.collecting import without_collecting
from lineage_graph.stores.intervals import as_it_was
from lineage_graph.stores.merging import speaking_claims
from lineage_graph.stores.neo4j.texts import (
    EVIDENCES,
    STATES,
    Lines,
    Placed,
    edge_claims,
    node_claims,
    parse_all,
    read_past,
)

Ask = Callable[..., list[list[object]]]
"""One reading statement: `Connection.read`."""

ID = "coalesce({0}._id, {0}.id)"
"""The id of a node; one that no index takes is kept beside, as JSON."""
NODE = f"[{ID.format('n')}, n._claims]"
PAST_NODE = f"[{ID.format('n')}, n._claims, n._past]"
EDGE = f"[{ID.format('a')}, {ID.format('b')}, type(r), r._claims]"
_EDGE_WIDTH = 4
_TYPES = {edge_type.value: edge_type for edge_type in EdgeType}


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


def read_nodes(rows: Sequence[list[Any]], as_of: int | None = None) -> list[Node]:
    """Nodes, merged."""
    with without_collecting(len(rows)):
        lines = parse_all(row[1] for row in rows)
        return [_read_node(row, claims, as_of) for row, claims in zip(rows, lines, strict=True)]


def _read_node(row: list[Any], lines: Lines, as_of: int | None) -> Node:
    node = read_id(row[0])
    if len(lines) == 1 and (as_of is None or not row[2]):
        # As nearly always: one claim, and nothing to merge.
        origin, record, _, _, name, state, _, gaps, properties = lines[0]
        refs = (f"{origin}/{record}",)
        return Node(node, kind_of(node), name, STATES[state], properties, open_gaps(gaps), refs)
    claims = [(gone, claimed) for _, gone, claimed in node_claims(node, lines)]
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


def read_edges(rows: Sequence[list[Any]]) -> list[Placed]:
    """The claims of relationships."""
    with without_collecting(len(rows)):
        found: list[Placed] = []
        for (src, dst, edge_type, _), lines in zip(rows, parse_all(row[3] for row in rows), strict=True):
            found += edge_claims(read_id(src), read_id(dst), _TYPES[edge_type], lines)
        return found


def read_edge_claims_of(rows: Sequence[list[Any]]) -> Iterator[tuple[EdgeClaim, tuple[str, str, int]]]:
    """Likewise, each with origin, record and place."""
    for (src, dst, edge_type, _), lines in zip(rows, parse_all(row[3] for row in rows), strict=True):
        begin, end, kind = read_id(src), read_id(dst), _TYPES[edge_type]
        for origin, record, place, evidence, *more in lines:
            yield EdgeClaim(begin, end, kind, EVIDENCES[evidence], *more), (origin, record, place)


def edge_of_claim(claim: EdgeClaim, origin: str, record: str, place: int) -> Edge:
    """An edge that has one claim."""
    refs = (f"{origin}/{claim.ref or record}",)
    return Edge(*claim[:5], refs, *claim[6:])
