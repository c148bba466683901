"""Rows of nodes and relationships as nodes, edges and claims. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from lineage_graph.graph import Claimed, EdgeType, Node, NodeClaim, merge_node, open_gaps
from lineage_graph.naming import kind_of
from lineage_graph.stores.collecting import without_collecting
from lineage_graph.stores.intervals import as_it_was
from lineage_graph.stores.merging import speaking_claims
from lineage_graph.stores.neo4j.texts import (
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

T = TypeVar("T")


class AskBy(Protocol):
    """Likewise, with the records taken as they arrive: `Connection.read_by`."""

    def __call__(self, take: Callable[[Iterator[list[object]]], T], query: str, /, **parameters: object) -> T:
        """What `take` makes of them."""


ID = "coalesce({0}._id, {0}.id)"
"""The id of a node; one that no index takes is kept beside, as JSON."""
NODE = f"[{ID.format('n')}, n._claims]"
PAST_NODE = f"[{ID.format('n')}, n._claims, n._past]"
EDGE = f"[{ID.format('a')}, {ID.format('b')}, type(r), r._claims]"
EDGE_WIDTH = 4
TYPES = {edge_type.value: edge_type for edge_type in EdgeType}


def split_widths(rows: Iterable[list[Any]]) -> tuple[list[list[Any]], list[list[Any]]]:
    """Rows of nodes and rows of edges, which came in one list: they are told by how many values they have."""
    nodes: list[list[Any]] = []
    edges: list[list[Any]] = []
    for row in rows:
        (edges if len(row) == EDGE_WIDTH else nodes).append(row)
    return nodes, edges


def read_id(text: str) -> str:
    """An id as `ID` gives it."""
    return json.loads(text) if text.startswith('"') else text


def read_nodes(rows: Sequence[list[Any]], as_of: int | None = None) -> list[Node]:
    """Nodes, merged."""
    with without_collecting(len(rows)):
        lines = parse_all(row[1] for row in rows)
        ids = [read_id(row[0]) for row in rows]
        return [
            _read_node(node, claims, row[2] if len(row) > 2 else None, as_of)
            for node, row, claims in zip(ids, rows, lines, strict=True)
        ]


def _read_node(node: str, lines: Lines, past: str | None, as_of: int | None) -> Node:
    """A node, merged, of lines that were read already."""
    if len(lines) == 1 and (as_of is None or not past):
        # As nearly always: one claim, and nothing to merge.
        origin, record, _, _, name, state, _, gaps, properties = lines[0]
        refs = (f"{origin}/{record}",)
        opened = open_gaps(gaps) if gaps else ()
        return _new_node((node, kind_of(node), name, STATES[state], properties, opened, refs))
    claims = [(gone, claimed) for _, gone, claimed in node_claims(node, lines)]
    if as_of is not None and past:
        claims = [(gone, claimed) for gone, claimed in _as_it_was(claims, past, as_of)]
    return merge_node(node, kind_of(node), speaking_claims(claims))


# What `Node._make` does, without a call of Python's for each of a hundred thousand.
_new_node = partial(tuple.__new__, Node)


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
            found += edge_claims(read_id(src), read_id(dst), TYPES[edge_type], lines)
        return found
