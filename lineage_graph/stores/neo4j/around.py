"""What lies one edge away, decided where the relationships lie: a busy node has a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from lineage_graph.graph import Claimed, Edge, EdgeType, Node, Subgraph
from lineage_graph.stores.merging import merge_edges, order_claims, order_subgraph
from lineage_graph.stores.neo4j.reading import (
    EDGE,
    NODE,
    Ask,
    read_edges,
    read_id,
    read_nodes,
    split_widths,
)
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.schema import ALL_TYPES
from lineage_graph.stores.neo4j.texts import key_of, order_placed, read_node_claims, record_id

_GET = f"UNWIND $ids AS id MATCH (n:LineageNode {{id: id}}) WITH collect({NODE}) AS rows {CHUNKS}"
_AROUND = f"""MATCH (root:LineageNode) WHERE root.id IN $ids WITH collect(root) AS roots
CALL (roots) {{{{ UNWIND roots AS here MATCH (here)-[r:{{types}}]-(:LineageNode) WHERE r._claims IS NOT NULL{{more}}
WITH DISTINCT r WITH r, startNode(r) AS a, endNode(r) AS b
RETURN collect({EDGE}) AS edges, collect(a) + collect(b) AS ends }}}}
CALL (roots, ends) {{{{ UNWIND {{which}} AS n WITH DISTINCT n RETURN collect({NODE}) AS nodes }}}}
WITH nodes + edges AS rows {CHUNKS}"""
_POSSIBLE = " AND r.evidence = 'possible' AND r._to IS NULL"
_SEEN = f"""UNWIND $ids AS id MATCH (r:LineageRecord {{id: id}})
WITH collect([r.id, r.first_seen, r.last_seen, r.retracted_at]) AS rows {CHUNKS}"""
_WHOLE_AT = "MATCH (o:LineageOrigin {id: $id}) RETURN o.whole_at"


def get_nodes(ask: Ask, ids: Sequence[str]) -> dict[str, Node]:
    """The nodes that exist, in the order asked."""
    keys = sorted(set(map(key_of, ids)))
    found = {node.id: node for node in read_nodes(list(chunked(ask(_GET, ids=keys))))}
    return {node: found[node] for node in dict.fromkeys(ids) if node in found}


def edges_at(ask: Ask, ids: Sequence[str], types: frozenset[EdgeType]) -> list[Edge]:
    """The edges at these nodes, without what lies at their other ends; past intervals are edges of their own."""
    _, edges = _ask_around(ask, ids, types, which="[]")
    return merge_edges(_claims(edges), apart=True)


def neighbours(ask: Ask, ids: Sequence[str], types: frozenset[EdgeType]) -> Subgraph:
    """These nodes, what lies one edge away, and those edges."""
    nodes, edges = _ask_around(ask, ids, types, which="roots + ends")
    return _subgraph(ids, nodes, merge_edges(_claims(edges), apart=True))


def possible(ask: Ask, ids: Sequence[str], types: frozenset[EdgeType]) -> Subgraph:
    """The open edges at these nodes that nothing says for sure, and their ends."""
    nodes, edges = _ask_around(ask, ids, types, which="ends", more=_POSSIBLE)
    return _subgraph(ids, nodes, merge_edges(_claims(edges)))


def claims_on(ask: Ask, ids: Sequence[str]) -> list[Claimed]:
    """Every claim on these nodes and on their edges, each with when its record was seen."""
    while True:
        nodes, edges = _ask_around(ask, ids, frozenset(), which="roots")
        of_nodes = chain.from_iterable(read_node_claims(read_id(node), text) for node, text in nodes)
        claims = [*(placed.claimed for placed in of_nodes), *_claims(edges)]
        seen = _ask_seen(ask, {(claimed.origin, claimed.record) for claimed in claims})
        # A record that is gone already had its claims taken out after they were read here.
        if all((claimed.origin, claimed.record) in seen for claimed in claims):
            return order_claims(
                _with_times(claimed, *seen[claimed.origin, claimed.record]) for claimed in claims
            )


def _ask_around(
    ask: Ask, ids: Sequence[str], types: frozenset[EdgeType], *, which: str, more: str = ""
) -> tuple[list[list[Any]], list[list[Any]]]:
    among = "|".join(sorted(types)) or ALL_TYPES
    rows = chunked(
        ask(_AROUND.format(types=among, which=which, more=more), ids=sorted(set(map(key_of, ids))))
    )
    return split_widths(rows)


def _claims(rows: Sequence[list[Any]]) -> list[Claimed]:
    placed = sorted(read_edges(rows), key=order_placed)
    return [each.claimed for each in placed]


def _subgraph(ids: Sequence[str], rows: Sequence[list[Any]], edges: Sequence[Edge]) -> Subgraph:
    nodes, roots = {node.id: node for node in read_nodes(rows)}, frozenset(ids)
    return order_subgraph(nodes, edges, {node: int(node not in roots) for node in nodes})


def _ask_seen(ask: Ask, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int]]:
    """When records were first and last seen; what is there was also seen by the last whole crawl."""
    by_id = {record_id(*record): record for record in records}
    found = {by_id[row[0]]: row[1:] for row in chunked(ask(_SEEN, ids=sorted(by_id)))} if by_id else {}
    origins = {origin for origin, _ in found}
    whole = {origin: _ask_whole_at(ask, origin) for origin in origins}
    return {
        record: (first, last if retracted_at is not None else max(last, whole[record[0]] or last))
        for record, (first, last, retracted_at) in found.items()
    }


def _ask_whole_at(ask: Ask, origin: str) -> int | None:
    found = ask(_WHOLE_AT, id=key_of(origin))
    return found[0][0] if found else None  # type: ignore[return-value]


def _with_times(claimed: Claimed, first_seen: int, last_seen: int) -> Claimed:
    return claimed._replace(first_seen=first_seen, last_seen=last_seen)
