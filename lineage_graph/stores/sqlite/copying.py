"""Records with all that is kept of them: listed for a copy, and put there by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from sqlite3 import Connection
from typing import Any

from lineage_graph.graph import Mention, Record
from lineage_graph.stores.sqlite.decoding import read_edge_claims, read_node_claims
from lineage_graph.stores.sqlite.encoding import encode
from lineage_graph.stores.sqlite.interning import Interned
from lineage_graph.stores.sqlite.rows import decode
from lineage_graph.stores.sqlite.schema import RECORD_SHIFT
from lineage_graph.stores.stored import Past, Stored

_COLUMNS = "id, key, fingerprint, first_seen, last_seen, retracted_at, shares"
_BY_KEY = f"""SELECT {_COLUMNS} FROM record
WHERE origin = (SELECT id FROM origin WHERE name = ?) AND needed IS NULL ORDER BY key"""
_MENTIONS = """SELECT m.key, n.uid FROM mention m JOIN node n ON n.id = m.node
WHERE m.id BETWEEN ? AND ? ORDER BY m.id"""
_PAST = """SELECT n.uid, h.until, h.tracked FROM history h JOIN node n ON n.id = h.node
WHERE h.record = ? ORDER BY n.uid, h.until"""


def list_stored(connection: Connection, origin: str) -> Iterator[Stored]:
    """The records of an origin by key, one at a time."""
    for row in connection.execute(_BY_KEY, (origin,)):
        yield _read(connection, row)


def _read(connection: Connection, row: Sequence[Any]) -> Stored:
    number, key, fingerprint, first_seen, last_seen, retracted_at, shares = row
    first, last = number << RECORD_SHIFT, ((number + 1) << RECORD_SHIFT) - 1
    record = Record(
        key,
        fingerprint,
        tuple(claim for _, claim in read_node_claims(connection, number)),
        tuple(read_edge_claims(connection, first, last)),
        tuple(Mention(*mention) for mention in connection.execute(_MENTIONS, (first, last))),
    )
    past = tuple(
        Past(node, until, decode(text)) for node, until, text in connection.execute(_PAST, (number,))
    )
    shared = tuple(_read_shared(connection, inner) for inner in json.loads(shares or "[]"))
    return Stored(record, first_seen, last_seen, retracted_at, past, shared)


def _read_shared(connection: Connection, number: int) -> Stored:
    row = connection.execute(f"SELECT {_COLUMNS} FROM record WHERE id = ?", (number,)).fetchone()
    return _read(connection, row)


def restore_times(
    connection: Connection, interned: Interned, change: int, records: Mapping[int, Stored]
) -> set[int]:
    """Give records that were just put there, by number, the times and the past that they had; the nodes of retracted ones."""
    times = [(each.first_seen, each.last_seen, each.retracted_at, number) for number, each in records.items()]
    connection.executemany(
        "UPDATE record SET first_seen = ?, last_seen = ?, retracted_at = ? WHERE id = ?", times
    )
    nodes = {past.node for each in records.values() for past in each.past}
    ids, _ = interned.nodes(dict.fromkeys(nodes), change)
    history = [
        (number, ids[past.node], past.until, encode(past.tracked) or "{}")
        for number, each in records.items()
        for past in each.past
    ]
    connection.executemany("INSERT OR REPLACE INTO history VALUES (?,?,?,?)", history)
    gone = [each.record for each in records.values() if each.retracted_at is not None]
    doubtful = {claim.id for record in gone for claim in record.nodes}
    doubtful.update(end for record in gone for edge in record.edges for end in (edge.src, edge.dst))
    ids, _ = interned.nodes(dict.fromkeys(doubtful), change)
    return {ids[node] for node in doubtful} | {row[1] for row in history}
