"""Rows of statements: what a node, a relationship and a mention shall have, in the order in which the statements take it. Pure."""

from __future__ import annotations

from lineage_graph.naming import kind_of
from lineage_graph.stores.json_fast import to_json_fast
from lineage_graph.stores.neo4j.kept import Kept
from lineage_graph.stores.neo4j.looking import NodeText
from lineage_graph.stores.neo4j.patching import (
    EDGE_TIMES,
    NODE_TIMES,
    Lines,
    Row,
    edge_row,
    names_of_edge,
    names_of_node,
    node_row,
    take_times,
    tell_edge,
    tell_node,
    with_absent,
)
from lineage_graph.stores.neo4j.texts import EdgeKey, key_of, write_interval

Values = list[object]


def values_of_node(node: str, claims: Lines, past: Lines, before: NodeText | None) -> Values:
    """Properties, kind, and times as numbers; `before` is what lies there."""
    told = tell_node(node, claims, before.claims if before else None)
    lines = [*past.kept_of(before.past if before else None), *past.added]
    row = node_row(node, told, "\n".join(lines))
    if before is not None:
        row = with_absent(row, names_of_node(node, before))
    return [row, kind_of(node).value, *take_times(row, NODE_TIMES)]


def values_of_edge(edge: EdgeKey, lines: Lines, before: str | None) -> Values:
    """Properties, times as numbers, and which relationship it is."""
    row = edge_row(edge, tell_edge(edge, lines, before))
    return place_edge(edge, row if before is None else with_absent(row, names_of_edge(edge, before)))


def place_edge(edge: EdgeKey, row: Row) -> Values:
    """Likewise with properties that are known."""
    times = take_times(row, EDGE_TIMES)
    return [row, *times, key_of(edge.src), key_of(edge.dst), edge.type, write_interval(edge)]


def let_go(node: str) -> Values:
    """Takes what is ours from a node of which nothing is claimed any more."""
    ours = names_of_node(node, NodeText(None, None)) | {"_changed", "_claims", "_past", "_id"}
    return [key_of(node), kind_of(node).value, dict.fromkeys(sorted(ours - {"id"}))]


def mention_rows(kept: Kept) -> list[dict[str, object]]:
    """The nodes of a record's mentions."""
    return [
        {"key": key_of(key), "node": key_of(node), "record": kept.id, "told": to_json_fast([key, node])}
        for key, node in dict.fromkeys(kept.mentions)
    ]
