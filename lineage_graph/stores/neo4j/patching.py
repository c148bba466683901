"""What a batch changes in what lies there: rows to write, worked out from records before and after. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lineage_graph.graph import Claimed, EdgeType, merge_edge, merge_node
from lineage_graph.naming import kind_of
from lineage_graph.stores.flat import Flat, clean, flatten_edge, flatten_node
from lineage_graph.stores.json_fast import to_json_fast
from lineage_graph.stores.matching import texts_of
from lineage_graph.stores.merging import order_edge, speaking_claims
from lineage_graph.stores.neo4j.kept import Kept
from lineage_graph.stores.neo4j.looking import NodeText
from lineage_graph.stores.neo4j.texts import (
    EdgeKey,
    Placed,
    edge_key,
    edge_line,
    key_of,
    line_start,
    node_line,
    order_placed,
    past_line,
    read_edge_claims,
    read_node_claims,
    split_lines,
    start_of,
    write_interval,
)

LONGEST_SEARCHED = 8_000
"""Characters of names that an index takes; a node with more is looked at by every search."""
INT64 = range(-(2**63), 2**63)

NODE_TIMES = ("start", "end", "created", "updated")
EDGE_TIMES = ("valid_from", "valid_to")
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)

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
    placed: list[Placed] = field(default_factory=list)
    """Claims that come, as lines only when their row is made: until then the server works on rows before it."""

    @property
    def brings(self) -> bool:
        """Whether anything comes."""
        return bool(self.added or self.placed)

    def kept_of(self, text: str | None) -> list[str]:
        """The lines that stay."""
        return [line for line in split_lines(text) if start_of(line) not in self.starts]

    def with_more(self, more: Lines) -> Lines:
        """Both together."""
        return Lines(self.starts | more.starts, self.added + more.added, self.placed + more.placed)

    def without(self, starts: Container[str]) -> Lines:
        """What comes of other records than these."""
        return Lines(
            self.starts,
            [line for line in self.added if start_of(line) not in starts],
            [each for each in self.placed if line_start(*each.claimed[:2]) not in starts],
        )


class Told(NamedTuple):
    """All that is said of a node or an edge after a change: as text, and read."""

    text: str
    placed: Sequence[Placed]


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
    gone = kept.retracted_at is not None
    for place, claim in enumerate(kept.nodes):
        patch.claims[claim.id].placed.append(Placed(place, gone, Claimed(kept.origin, kept.key, claim)))
    for place, edge in enumerate(kept.edges):
        placed = Placed(place, False, Claimed(kept.origin, kept.key, edge))
        patch.edges[edge_key(edge)].placed.append(placed)
    if kept.past:
        start, claimed = line_start(kept.origin, kept.key), {claim.id for claim in kept.nodes}
        for (node, until), tracked in kept.past.items():
            if node in claimed:
                patch.past[node].added.append(past_line(start, until, tracked))


def tell_node(node_id: str, lines: Lines, before: str | None) -> Told:
    """All that is claimed of a node."""
    kept = "\n".join(lines.kept_of(before))
    return _tell(kept, lines, read_node_claims(node_id, kept) if kept else [], node_line)


def tell_edge(key: EdgeKey, lines: Lines, before: str | None) -> Told:
    """All that is claimed of an edge."""
    kept = "\n".join(lines.kept_of(before))
    placed = read_edge_claims(key.src, key.dst, EdgeType(key.type), kept) if kept else []
    return _tell(kept, lines, placed, edge_line)


def _tell(kept: str, lines: Lines, placed: list[Placed], write: Callable[[Placed], str]) -> Told:
    added = map(write, lines.placed)
    text = "\n".join([kept, *added] if kept else added)
    both = placed + lines.placed
    return Told(text, sorted(both, key=order_placed) if len(both) > 1 else both)


def node_row(node_id: str, told: Told, past: str) -> Row:
    """All properties of a node with these claims, but for the change that made them."""
    claims = [(gone, claimed) for _, gone, claimed in told.placed]
    node = merge_node(node_id, kind_of(node_id), speaking_claims(claims))
    row: Row = {**flatten_node(node)}
    key = key_of(node_id)
    if key != node_id:
        row["id"], row["_id"] = key, to_json_fast(node_id)
    if told.text:
        row["_claims"] = told.text
    if past:
        row["_past"] = past
    if all(gone for gone, _ in claims):
        row["_gone"] = True
    search = "\n".join(clean(each).lower() for each in sorted(texts_of(node.name, node.properties)))
    if len(search) <= LONGEST_SEARCHED:
        row["_search"] = search
    else:
        row["_odd"] = True
    return row


def edge_row(key: EdgeKey, told: Told) -> Row:
    """All properties of a relationship with these claims."""
    claims = [claimed for _, _, claimed in told.placed]
    edge = merge_edge(claims if len(claims) == 1 else sorted(claims, key=order_edge))
    row: Row = {**flatten_edge(edge), "_claims": told.text}
    if key.ended is not None:
        row["_interval"] = write_interval(key)
        row["_to"] = min(key.ended, INT64[-1])
        if key.began is not None:
            row["_from"] = max(key.began, INT64[0])
    return row


def take_times(row: Row, names: Sequence[str]) -> list[int | None]:
    """Moments among these properties, taken out of the row as epoch milliseconds: a driver needs longer for one than for all the rest."""
    times: list[int | None] = []
    for name in names:
        value = row.get(name)
        if isinstance(value, datetime):
            del row[name]
            times.append((value - _EPOCH) // _MILLISECOND)
        else:
            times.append(None)
    return times


def with_absent(row: Row, before: Iterable[str]) -> Row:
    """The row, and null for what was there before and is not any more: nobody else's properties are touched."""
    return {**dict.fromkeys(name for name in before if name not in row), **row}


def names_of_node(node_id: str, text: NodeText) -> set[str]:
    """The properties of ours that a node has."""
    told = Told(text.claims or "", read_node_claims(node_id, text.claims))
    return {*node_row(node_id, told, text.past or ""), "_search", "_odd"}


def names_of_edge(key: EdgeKey, text: str) -> set[str]:
    """The properties of ours that a relationship has."""
    placed = read_edge_claims(key.src, key.dst, EdgeType(key.type), text)
    return {*edge_row(key, Told(text, placed))}
