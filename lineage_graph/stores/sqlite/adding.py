"""Adding records: their nodes, claims, edges and mentions, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import Any

from lineage_graph.errors import StoreError
from lineage_graph.graph import OBSERVED, EdgeClaim, Kind, Record
from lineage_graph.stores.matching import texts_of
from lineage_graph.stores.sqlite.encoding import encode, encode_often
from lineage_graph.stores.sqlite.interning import Interned
from lineage_graph.stores.sqlite.schema import (
    EVIDENCE_CODES,
    OBSERVED_FROM,
    RECORD_SHIFT,
    STATE_CODES,
    TYPE_CODES,
)
from lineage_graph.stores.walk import mark_edge

Row = tuple[Any, ...]
Placed = tuple[int, Record]
"""A record with its id."""


class Adding:
    """What a batch of records adds, gathered as rows and inserted table by table."""

    def __init__(self, connection: Connection, interned: Interned, change: int) -> None:
        self._connection = connection
        self._interned = interned
        self._change = change

    def add(
        self, records: Sequence[Placed], intervals: Iterable[tuple[int, Sequence[EdgeClaim]]]
    ) -> tuple[set[int], set[int]]:
        """Insert it all; the nodes that were there before and are touched, and those whose standing is in doubt."""
        observed = list(intervals)
        ids, new = self._interned.nodes(_ends_and_nodes(records, observed), self._change)
        touched = self._add_nodes(records, ids)
        doubtful: set[int] = set()
        rows: list[Row] = []
        with_intervals = {number for number, _ in observed}
        for number, record in records:
            edges: Sequence[EdgeClaim] = record.edges
            if number in with_intervals:
                edges = [edge for edge in edges if edge.type not in OBSERVED]
            self._edge_rows(number, 0, edges, ids, rows, doubtful)
        for number, claims in observed:
            self._edge_rows(number, OBSERVED_FROM, claims, ids, rows, doubtful)
        touched.update([row[1] for row in rows], [row[2] for row in rows])
        self._connection.executemany("INSERT INTO edge VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)
        self._add_mentions(records, ids)
        # A mention alone makes no node.
        return touched - new, doubtful | (new - touched)

    def _add_nodes(self, records: Sequence[Placed], ids: dict[str, int]) -> set[int]:
        word, rows, labels = self._interned.word, [], []
        for number, record in records:
            place = number << RECORD_SHIFT
            _check_places(record, len(record.nodes))
            for uid, _, name, properties, codes, state, evidence in record.nodes:
                gaps = word(" ".join(sorted(codes))) if codes else None
                said = encode(properties)
                rows.append((place, ids[uid], name, STATE_CODES[state], EVIDENCE_CODES[evidence], gaps, said))
                if "uri" in properties or "names" in properties:
                    labels += [(text, place) for text in texts_of(name, properties) - {name}]
                place += 1
        self._connection.executemany("INSERT INTO node_claim VALUES (?,?,?,?,?,?,?)", rows)
        self._connection.executemany("INSERT INTO label VALUES (?,?)", labels)
        return {row[1] for row in rows}

    def _edge_rows(
        self,
        number: int,
        first: int,
        claims: Sequence[EdgeClaim],
        ids: dict[str, int],
        rows: list[Row],
        doubtful: set[int],
    ) -> None:
        word, place = self._interned.word, (number << RECORD_SHIFT) + first
        for claim in claims:
            src, dst, edge_type, evidence, rule, ref, valid_from, valid_to, properties = claim
            row = (
                place,
                ids[src],
                ids[dst],
                TYPE_CODES[edge_type],
                EVIDENCE_CODES[evidence],
                mark_edge(claim),
                valid_from,
                valid_to,
                word(rule),
                ref,
                encode_often(properties) if properties else None,
            )
            rows.append(row)
            if valid_to is not None:
                doubtful.update(row[1:3])
            place += 1

    def _add_mentions(self, records: Sequence[Placed], ids: dict[str, int]) -> None:
        rows = [
            ((number << RECORD_SHIFT) + place, mention.key, ids[mention.node])
            for number, record in records
            for place, mention in enumerate(record.mentions)
        ]
        self._connection.executemany("INSERT INTO mention VALUES (?,?,?)", rows)


def _ends_and_nodes(
    records: Sequence[Placed], observed: Sequence[tuple[int, Sequence[EdgeClaim]]]
) -> dict[str, Kind | None]:
    wanted: dict[str, Kind | None] = {}
    for _, record in records:
        _check_places(record, len(record.edges))
        for src, dst, *_ in record.edges:
            wanted[src] = wanted[dst] = None
        for _, node in record.mentions:
            wanted[node] = None
    for _, claims in observed:
        for src, dst, *_ in claims:
            wanted[src] = wanted[dst] = None
    for _, record in records:
        wanted.update([claim[:2] for claim in record.nodes])
    return wanted


def _check_places(record: Record, wanted: int) -> None:
    if wanted >= OBSERVED_FROM:
        raise StoreError(
            f"record {record.key} makes {wanted} claims; a record has room for {OBSERVED_FROM - 1}",
            hint="Split the record at its source.",
        )
