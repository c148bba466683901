"""What a batch changes in what lies there: rows to write, worked out from records before and after. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lineage_graph.graph import EdgeType, Kind, merge_node
from lineage_graph.naming import kind_of
from lineage_graph.stores.flat import Flat, clean, flatten_edge, flatten_node
from lineage_graph.stores.matching import texts_of
from lineage_graph.stores.merging import merge_edges, speaking_claims
from lineage_graph.stores.neo4j.kept import Kept
from lineage_graph.stores.neo4j.looking import NodeText
from lineage_graph.stores.neo4j.texts import (
    EdgeKey,
    edge_key,
    edge_line,
    key_of,
    line_start,
    node_line,
    past_line,
    read_edge_claims,
    read_node_claims,
    split_lines,
    start_of,
    to_text,
    write_interval,
)

LONGEST_SEARCHED = 8_000
"""Characters of names that an index takes; a node with more is looked at by every search."""
INT64 = range(-(2**63), 2**63)

Row = dict[str, Flat | None]


class Replaced(NamedTuple):
    """A record before and after; None where it is not there."""

    old: Kept | None
    new: Kept | None


@dataclass(slots=True)
class Lines:
    """What becomes of the lines of one property."""

    starts: set[str] = field(default_factory=set)
    """Lines of these records go."""
    added: list[str] = field(default_factory=list)

    def on(self, text: str | None) -> str:
        """The text with the change made."""
        if not text:
            return "\n".join(self.added)
        kept = [line for line in split_lines(text) if start_of(line) not in self.starts]
        return "\n".join([*kept, *self.added])


@dataclass(slots=True)
class Patch:
    """What changes of nodes and relationships."""

    claims: dict[str, Lines] = field(default_factory=lambda: defaultdict(Lines))
    past: dict[str, Lines] = field(default_factory=lambda: defaultdict(Lines))
    edges: dict[EdgeKey, Lines] = field(default_factory=lambda: defaultdict(Lines))

    @property
    def touched(self) -> set[str]:
        """Every node that a changed record speaks of."""
        ends = {end for edge in self.edges for end in (edge.src, edge.dst)}
        return ends.union(self.claims, self.past)


def plan(replaced: Iterable[Replaced]) -> Patch:
    """The lines that go and come."""
    patch = Patch()
    for old, new in replaced:
        if old is not None:
            _take_out(patch, old)
        if new is not None:
            _put_in(patch, new)
    return patch


def _take_out(patch: Patch, kept: Kept) -> None:
    start = line_start(kept.origin, kept.key)
    for claim in kept.nodes:
        patch.claims[claim.id].starts.add(start)
        if kept.past:
            patch.past[claim.id].starts.add(start)
    for edge in kept.edges:
        patch.edges[edge_key(edge)].starts.add(start)


def _put_in(patch: Patch, kept: Kept) -> None:
    start, gone = line_start(kept.origin, kept.key), kept.retracted_at is not None
    for place, claim in enumerate(kept.nodes):
        patch.claims[claim.id].added.append(node_line(start, place, claim, gone=gone))
    for place, edge in enumerate(kept.edges):
        patch.edges[edge_key(edge)].added.append(edge_line(start, place, edge))
    if kept.past:
        claimed = {claim.id for claim in kept.nodes}
        for (node, until), tracked in kept.past.items():
            if node in claimed:
                patch.past[node].added.append(past_line(start, until, tracked))


def node_row(node_id: str, text: str, past: str, change: int) -> Row:
    """All properties of a node with these claims."""
    placed = read_node_claims(node_id, text)
    claims = [(gone, claimed) for _, gone, claimed in placed]
    node = merge_node(node_id, kind_of(node_id), speaking_claims(claims))
    row: Row = {**flatten_node(node), "_changed": change}
    key = key_of(node_id)
    if key != node_id:
        row["id"], row["_id"] = key, to_text(node_id)
    if text:
        row["_claims"] = text
    if past:
        row["_past"] = past
    if all(gone for gone, _ in claims):
        row["_gone"] = True
    search = "\n".join(clean(each).lower() for each in sorted(texts_of(node.name, node.properties)))
    row["_search"] = search
    if len(search) > LONGEST_SEARCHED:
        row["_odd"], row["_search"] = True, None
    return row


def edge_row(key: EdgeKey, text: str) -> Row:
    """All properties of a relationship with these claims."""
    placed = read_edge_claims(key.src, key.dst, EdgeType(key.type), text)
    (edge,) = merge_edges((claimed for _, _, claimed in placed), apart=True)
    row: Row = {**flatten_edge(edge), "_claims": text}
    if key.ended is not None:
        row["_interval"] = write_interval(key)
        row["_to"] = min(key.ended, INT64[-1])
        if key.began is not None:
            row["_from"] = max(key.began, INT64[0])
    return row


def with_absent(row: Row, before: Iterable[str]) -> Row:
    """The row, and null for what was there before and is not any more: nobody else's properties are touched."""
    return {**dict.fromkeys(name for name in before if name not in row), **row}


def names_of_node(node_id: str, text: NodeText) -> set[str]:
    """The properties of ours that a node has."""
    row = node_row(node_id, text.claims or "", text.past or "", 0)
    return {*row, "_past", "_gone", "_odd"}


def by_kind(ids: Iterable[str]) -> Mapping[Kind, Sequence[str]]:
    """Ids by kind, both in order: two writers that lock in one order never wait for each other."""
    found: dict[Kind, list[str]] = defaultdict(list)
    for node in sorted(ids):
        found[kind_of(node)].append(node)
    return {kind: found[kind] for kind in Kind if kind in found}


def by_type(edges: Iterable[EdgeKey]) -> Mapping[EdgeType, Sequence[EdgeKey]]:
    """Relationships by type, both in order."""
    found: dict[str, list[EdgeKey]] = defaultdict(list)
    for edge in sorted(edges, key=lambda edge: (edge.src, edge.dst, write_interval(edge))):
        found[edge.type].append(edge)
    return {edge_type: found[edge_type] for edge_type in EdgeType if edge_type in found}
