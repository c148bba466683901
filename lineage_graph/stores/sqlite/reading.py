"""Nodes and edges as readers see them, loaded by number within one read transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from sqlite3 import Connection
from typing import Any

from lineage_graph.graph import Claimed, EdgeClaim, Kind, Node, NodeClaim, merge_node
from lineage_graph.stores.intervals import as_it_was
from lineage_graph.stores.merging import Retracted, speaking_claims
from lineage_graph.stores.sqlite.rows import decode_late, decode_often, select_in
from lineage_graph.stores.sqlite.schema import (
    ABSENT,
    EVIDENCES,
    KINDS,
    RECORD_SHIFT,
    STATES,
    TYPES,
)

_NODES = "SELECT id, uid, kind FROM node WHERE id IN ({}) AND standing <> " + str(ABSENT)
_NUMBERS = "SELECT uid, id FROM node WHERE uid IN ({}) AND standing <> " + str(ABSENT)
_NODE_CLAIMS = f"""
SELECT c.node, c.id, c.name, c.state, c.evidence, w.text, c.properties, r.key, r.origin, r.retracted_at, r.first_seen, r.last_seen
FROM node_claim c JOIN record r ON r.id = c.id >> {RECORD_SHIFT} LEFT JOIN word w ON w.id = c.gaps
WHERE c.node IN ({{}})"""
_EDGE_CLAIMS = f"""
SELECT e.src, e.dst, e.type, e.id, e.evidence, w.text, e.ref, e.valid_from, e.valid_to, e.properties, r.key, r.origin,
    r.retracted_at, r.first_seen, r.last_seen
FROM edge e JOIN record r ON r.id = e.id >> {RECORD_SHIFT} JOIN word w ON w.id = e.rule
WHERE e.{{}} IN ({{{{}}}})"""
_HISTORY = """
SELECT h.record, h.node, h.tracked, min(h.until) FROM history h WHERE h.node IN ({}) AND h.until > ? GROUP BY h.record, h.node"""

Uids = Mapping[int, str]


class Reading:
    """What can be read of one state of the graph: made for each answer, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        rows = connection.execute("SELECT id, name, whole_at FROM origin").fetchall()
        self.origins = {number: name for number, name, _ in rows}
        self._whole = {number: whole_at for number, _, whole_at in rows}

    def numbers(self, uids: Sequence[str]) -> dict[str, int]:
        """The numbers of those of these nodes that exist."""
        return dict(select_in(self.connection, _NUMBERS, list(dict.fromkeys(uids))))

    def kinds(self, numbers: Sequence[int]) -> dict[int, tuple[str, Kind]]:
        """Number -> id and kind."""
        return {
            number: (uid, KINDS[kind]) for number, uid, kind in select_in(self.connection, _NODES, numbers)
        }

    def nodes(self, numbers: Sequence[int], as_of: int | None = None) -> dict[int, Node]:
        """These nodes, merged; with `as_of`, what is tracked as it was then."""
        known = self.kinds(numbers)
        claims = self.node_claims(known, as_of)
        return {
            number: merge_node(*known[number], speaking_claims(claims.get(number, ())))
            for number in numbers
            if number in known
        }

    def node_claims(
        self, known: Mapping[int, tuple[str, Kind]], as_of: int | None = None
    ) -> dict[int, list[Retracted]]:
        """Of each node, what is claimed of it, and whether that is retracted."""
        past = self._tracked(list(known), as_of) if as_of is not None else {}
        found: dict[int, dict[int, Retracted]] = defaultdict(dict)
        for row in select_in(self.connection, _NODE_CLAIMS, list(known)):
            node, place, name, state, evidence, gaps, properties = row[:7]
            words = tuple(gaps.split()) if gaps else ()
            claim = NodeClaim(
                *known[node], name, decode_late(properties), words, STATES[state], EVIDENCES[evidence]
            )
            then = past.get((place >> RECORD_SHIFT, node))
            if then is not None:
                claim = as_it_was(claim, then)
            found[node][place] = (row[9] is not None, self._claimed(claim, row[7:]))
        return {node: [claims[place] for place in sorted(claims)] for node, claims in found.items()}

    def _tracked(self, nodes: Sequence[int], as_of: int) -> dict[tuple[int, int], dict[str, object]]:
        sql = _HISTORY.replace("?", str(as_of))
        return {
            (record, node): json.loads(text)
            for record, node, text, _ in select_in(self.connection, sql, nodes)
        }

    def _claimed(self, claim: NodeClaim | EdgeClaim, row: Sequence[Any]) -> Claimed:
        key, origin, retracted_at, first_seen, last_seen = row
        whole = self._whole[origin]
        if retracted_at is None and whole is not None and (last_seen is None or whole > last_seen):
            last_seen = whole
        return Claimed(self.origins[origin], key, claim, first_seen, last_seen)

    def edge_claims(
        self, column: str, values: Sequence[int], uids: Uids, more: str = ""
    ) -> dict[int, Claimed]:
        """Claims on edges by `id`, `src` or `dst`, and by `more`, a condition; ends that `uids` lacks are looked up."""
        sql = _EDGE_CLAIMS.format(column) + more
        rows = {row[3]: row for row in select_in(self.connection, sql, values)}
        missing = {end for row in rows.values() for end in row[:2] if end not in uids}
        if missing:
            uids = {**uids, **{number: uid for number, (uid, _) in self.kinds(sorted(missing)).items()}}
        return {place: self._edge_claim(rows[place], uids) for place in sorted(rows)}

    def _edge_claim(self, row: Sequence[Any], uids: Uids) -> Claimed:
        src, dst, edge_type, _, evidence, rule, ref, valid_from, valid_to, properties = row[:10]
        claim = EdgeClaim(
            uids[src],
            uids[dst],
            TYPES[edge_type],
            EVIDENCES[evidence],
            rule,
            ref,
            valid_from,
            valid_to,
            decode_often(properties),
        )
        return self._claimed(claim, row[10:])
