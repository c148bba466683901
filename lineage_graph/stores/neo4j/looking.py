"""What lies there of what a batch is about to change, read within its transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph.graph import EdgeClaim, EdgeType, NodeClaim
from lineage_graph.stores.neo4j.connection import Transaction
from lineage_graph.stores.neo4j.kept import HEAD, Head, Kept, read_head
from lineage_graph.stores.neo4j.reading import ID, read_id
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.schema import ALL_TYPES
from lineage_graph.stores.neo4j.texts import (
    EdgeKey,
    key_of,
    read_edge_claims,
    read_interval,
    read_node_claims,
    record_id,
)

_HEADS = f"UNWIND $ids AS id MATCH (r:LineageRecord {{id: id}}) WITH collect({HEAD}) AS rows {CHUNKS}"
_NODES = f"""UNWIND $ids AS id MATCH (n:LineageNode {{id: id}})
WITH collect([n.id, n._claims, n._past]) AS rows {CHUNKS}"""
_ENDS = f"""UNWIND $ids AS id MATCH (n:LineageNode {{id: id}})
WITH collect([n.id, n._claims IS NOT NULL]) AS rows {CHUNKS}"""
_SIGHTS = f"""UNWIND $ids AS id MATCH (r:LineageRecord {{id: id}})
WITH collect([r.id, r.fingerprint, r.needed]) AS rows {CHUNKS}"""
# DISTINCT keeps the planner from walking along all relationships of the one node to look for the other.
EDGES = f"""UNWIND $pairs AS pair MATCH (a:LineageNode {{id: pair[0]}}) MATCH (b:LineageNode {{id: pair[1]}})
WITH DISTINCT a, b MATCH (a)-[r:{ALL_TYPES}]->(b) WHERE r._claims IS NOT NULL
WITH collect([{ID.format("a")}, {ID.format("b")}, type(r), coalesce(r._interval, ''), r._claims]) AS rows {CHUNKS}"""
"""All relationships of ours between pairs of nodes."""


class NodeText(NamedTuple):
    """A node's claims and past, as they lie."""

    claims: str | None
    past: str | None


class Sight(NamedTuple):
    """A record at a glance."""

    fingerprint: bytes
    needed: int | None


class Looking:
    """Reads what lies there, each thing once."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.nodes: dict[str, NodeText | None] = {}
        """By id; None for what is not there."""
        self.described: dict[str, bool] = {}
        """Of ids that are there: whether anything is claimed of them."""
        self.edges: dict[EdgeKey, str | None] = {}

    def heads(self, ids: Iterable[str]) -> dict[str, Head]:
        """The records with these ids that are there, by key."""
        ordered = sorted(ids)
        found = map(read_head, chunked(self._transaction.run(_HEADS, ids=ordered))) if ordered else ()
        return {head.key: head for head in found}

    def sights(self, keys: Mapping[str, str]) -> dict[str, Sight]:
        """The records with these ids that are there, by the key that stands beside the id; which claims are theirs is not read."""
        found = chunked(self._transaction.run(_SIGHTS, ids=sorted(keys))) if keys else ()
        return {keys[id]: Sight(bytes.fromhex(fingerprint), needed) for id, fingerprint, needed in found}

    def look_at(self, nodes: Iterable[str], edges: Iterable[EdgeKey]) -> None:
        """Read the texts of these nodes and edges."""
        wanted = {key_of(node): node for node in nodes if node not in self.nodes}
        self.nodes.update((node, None) for node in wanted.values())
        if wanted:
            for key, claims, past in chunked(self._transaction.run(_NODES, ids=sorted(wanted))):
                self.nodes[wanted[key]] = NodeText(claims, past)
                self.described[wanted[key]] = claims is not None
        missing = [edge for edge in edges if edge not in self.edges]
        self._look_at_ends({end for edge in missing for end in (edge.src, edge.dst)})
        self.edges.update((edge, None) for edge in missing)
        there = {edge for edge in missing if edge.src in self.described and edge.dst in self.described}
        pairs = sorted({(key_of(edge.src), key_of(edge.dst)) for edge in there})
        if pairs:
            self.edges.update(read_edges(self._transaction.run(EDGES, pairs=list(map(list, pairs)))))

    def _look_at_ends(self, ends: set[str]) -> None:
        wanted = {key_of(end): end for end in ends if end not in self.nodes and end not in self.described}
        if wanted:
            rows = chunked(self._transaction.run(_ENDS, ids=sorted(wanted)))
            self.described.update((wanted[key], described) for key, described in rows)

    def kept(self, heads: Sequence[Head]) -> dict[str, Kept]:
        """These records with their claims, by key."""
        nodes = {node for head in heads for node in head.nodes}
        self.look_at(nodes, {edge for head in heads for edge in head.edges})
        return read_kept(heads, {node: text.claims for node, text in self.nodes.items() if text}, self.edges)


def read_edges(records: Iterable[list[object]]) -> Iterator[tuple[EdgeKey, str]]:
    """Relationships as `EDGES` gives them."""
    for src, dst, edge_type, interval, claims in chunked(records):
        yield EdgeKey(read_id(src), read_id(dst), edge_type, *read_interval(interval)), claims


def read_kept(
    heads: Sequence[Head], nodes: Mapping[str, str | None], edges: Mapping[EdgeKey, str | None]
) -> dict[str, Kept]:
    """Records made whole from the texts that hold their claims."""
    of_nodes: dict[tuple[str, str], dict[int, NodeClaim]] = defaultdict(dict)
    of_edges: dict[tuple[str, str], dict[int, EdgeClaim]] = defaultdict(dict)
    for node in dict.fromkeys(node for head in heads for node in head.nodes):
        for place, _, claimed in read_node_claims(node, nodes.get(node)):
            of_nodes[claimed.origin, claimed.record][place] = claimed.claim  # type: ignore[assignment]
    for edge in dict.fromkeys(edge for head in heads for edge in head.edges):
        for place, _, claimed in read_edge_claims(edge.src, edge.dst, EdgeType(edge.type), edges.get(edge)):
            of_edges[claimed.origin, claimed.record][place] = claimed.claim  # type: ignore[assignment]
    return {head.key: _join(head, of_nodes, of_edges) for head in heads}


def _join(
    head: Head,
    of_nodes: Mapping[tuple[str, str], Mapping[int, NodeClaim]],
    of_edges: Mapping[tuple[str, str], Mapping[int, EdgeClaim]],
) -> Kept:
    nodes, edges = of_nodes.get((head.origin, head.key), {}), of_edges.get((head.origin, head.key), {})
    return Kept(
        record_id(head.origin, head.key),
        head.origin,
        head.key,
        head.fingerprint,
        tuple(nodes[place] for place in sorted(nodes)),
        tuple(edges[place] for place in sorted(edges)),
        tuple(head.mentions),
        tuple(head.shares),
        head.first_seen,
        head.last_seen,
        head.retracted_at,
        head.past,
        head.needed,
        head.number,
    )
