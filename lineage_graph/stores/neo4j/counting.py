"""Counts of what is now, made inside Neo4j, of what is ours alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from lineage_graph.graph import CLOSES, EdgeType, Kind, NodeClaim, Origin
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import StoreInfo
from lineage_graph.stores.neo4j.origins import ORIGIN, read_origin
from lineage_graph.stores.neo4j.paging import list_nodes
from lineage_graph.stores.neo4j.reading import Ask, read_id
from lineage_graph.stores.neo4j.schema import ALL_TYPES, STORE
from lineage_graph.stores.neo4j.texts import read_node_claims

# A node without a claim that stands counts while an edge that goes on begins or ends there.
_NODES = f"""MATCH (n:LineageNode) WHERE n._gone IS NULL
OR EXISTS {{ (n)-[r:{ALL_TYPES}]-(:LineageNode) WHERE r._claims IS NOT NULL AND r._to IS NULL }}
RETURN split(n.id, ':')[0], count(*)"""
_EDGES = f"""MATCH (:LineageNode)-[r:{ALL_TYPES}]->(:LineageNode)
WHERE r._claims IS NOT NULL AND r._to IS NULL RETURN type(r), count(*)"""
_WITH_GAPS = "size(n.gaps) > 0 AND n._gone IS NULL"
_STATE = f"MATCH (s:LineageStore {{id: $id}}) OPTIONAL MATCH (o:LineageOrigin) RETURN s.change, {ORIGIN}"


def ask_state(ask: Ask) -> tuple[int, dict[str, tuple[Origin, int | None]]]:
    """The change number, and the origins by name, each with when it was last read whole."""
    rows: list[list[Any]] = ask(_STATE, id=STORE)
    found = [read_origin(row[1]) for row in rows if row[1][0] is not None]
    origins = {origin.name: (origin, whole_at) for origin, whole_at in found}
    return rows[0][0] if rows else 0, {name: origins[name] for name in sorted(origins)}


def ask_info(ask: Ask, store_type: str) -> StoreInfo:
    """Origins and counts."""
    change, origins = ask_state(ask)
    nodes: dict[Kind, int] = {kind_of(f"{word}:"): count for word, count in ask(_NODES)}  # type: ignore[misc]
    edges: dict[str, int] = dict(ask(_EDGES))  # type: ignore[arg-type]
    return StoreInfo(
        store_type,
        change,
        tuple(origin for origin, _ in origins.values()),
        {kind: nodes[kind] for kind in Kind if kind in nodes},
        {edge_type: edges[edge_type] for edge_type in EdgeType if edge_type in edges},
        _count_gaps(ask),
    )


def _count_gaps(ask: Ask) -> Mapping[str, Mapping[str, int]]:
    """Gaps by origin: which of a node's gaps are open is known, who tells of them stands in its claims."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for node, text in list_nodes(ask, _WITH_GAPS):
        told: set[tuple[str, str]] = set()
        closed: set[str] = set()
        for _, gone, claimed in read_node_claims(read_id(node), text):
            assert isinstance(claimed.claim, NodeClaim)
            if not gone:
                told.update((claimed.origin, gap) for gap in claimed.claim.gaps)
                closed.update(gap for gap in claimed.claim.gaps if gap.startswith(CLOSES))
        for origin, gap in told:
            if not gap.startswith(CLOSES) and CLOSES + gap not in closed:
                counts[origin][gap] += 1
    return {origin: dict(sorted(counts[origin].items())) for origin in sorted(counts)}
