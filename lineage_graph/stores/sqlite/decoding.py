"""Rows as claims, by record."""

from __future__ import annotations

from sqlite3 import Connection

from lineage_graph.graph import EdgeClaim, NodeClaim
from lineage_graph.stores.sqlite.rows import decode
from lineage_graph.stores.sqlite.schema import EVIDENCES, KINDS, OBSERVED_FROM, RECORD_SHIFT, STATES, TYPES

_NODE_CLAIMS = """
SELECT c.id, c.node, n.uid, n.kind, c.name, c.state, c.evidence, w.text, c.properties
FROM node_claim c JOIN node n ON n.id = c.node LEFT JOIN word w ON w.id = c.gaps
WHERE c.id BETWEEN ? AND ? ORDER BY c.id"""

_EDGE_CLAIMS = """
SELECT e.id, s.uid, d.uid, e.type, e.evidence, w.text, e.ref, e.valid_from, e.valid_to, e.properties
FROM edge e JOIN node s ON s.id = e.src JOIN node d ON d.id = e.dst JOIN word w ON w.id = e.rule
WHERE e.id BETWEEN ? AND ? ORDER BY e.id"""


def read_node_claims(connection: Connection, number: int) -> list[tuple[int, NodeClaim]]:
    """What a record claims of nodes, in its order, with the nodes' numbers."""
    first = number << RECORD_SHIFT
    rows = connection.execute(_NODE_CLAIMS, (first, first + OBSERVED_FROM - 1))
    return [
        (
            node,
            NodeClaim(
                uid,
                KINDS[kind],
                name,
                decode(properties),
                tuple(gaps.split()) if gaps else (),
                STATES[state],
                EVIDENCES[evidence],
            ),
        )
        for _, node, uid, kind, name, state, evidence, gaps, properties in rows
    ]


def read_edge_claims(connection: Connection, first: int, last: int) -> list[EdgeClaim]:
    """The edge claims of a range of places."""
    return [
        EdgeClaim(
            src,
            dst,
            TYPES[edge_type],
            EVIDENCES[evidence],
            rule,
            ref,
            valid_from,
            valid_to,
            decode(properties),
        )
        for _, src, dst, edge_type, evidence, rule, ref, valid_from, valid_to, properties in connection.execute(
            _EDGE_CLAIMS, (first, last)
        )
    ]
