"""Records as they were written, mentions, changes and counts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from typing import Any

from lineage_graph.graph import CLOSES, EdgeType, Kind, Mention, Origin, Record
from lineage_graph.stores.base import Changes, StoreInfo
from lineage_graph.stores.sqlite.decoding import read_edge_claims, read_node_claims
from lineage_graph.stores.sqlite.rows import select_in
from lineage_graph.stores.sqlite.schema import KINDS, PRESENT, RECORD_SHIFT, TYPES

_MENTIONS = "SELECT DISTINCT m.key, n.uid FROM mention m JOIN node n ON n.id = m.node WHERE {} IN ({{}})"
_RECORDS = """SELECT id, key, fingerprint, shares FROM record
WHERE origin = ? AND needed IS NULL AND retracted_at IS {} NULL"""

_GAPS = f"""SELECT o.name, count(DISTINCT c.node) FROM node_claim c
JOIN record r ON r.id = c.id >> {RECORD_SHIFT} JOIN origin o ON o.id = r.origin
WHERE c.gaps IN ({{}}) AND r.retracted_at IS NULL AND c.node NOT IN (
    SELECT d.node FROM node_claim d JOIN record s ON s.id = d.id >> {RECORD_SHIFT}
    WHERE d.gaps IN ({{}}) AND s.retracted_at IS NULL) GROUP BY o.name"""


def read_mentions(connection: Connection, column: str, values: Sequence[str]) -> list[Mention]:
    """Mentions by key or by node."""
    rows = set(select_in(connection, _MENTIONS.format(column), list(dict.fromkeys(values))))
    return [Mention(key, node) for key, node in sorted(rows)]


def list_records(
    connection: Connection, origin: str, keys: Sequence[str] | None, *, retracted: bool
) -> Iterator[Record]:
    """Records of an origin by key, one at a time."""
    found = connection.execute("SELECT id FROM origin WHERE name = ?", (origin,)).fetchone()
    if found is None:
        return
    select = _RECORDS.format("NOT" if retracted else "")
    if keys is None:
        rows: Iterator[Any] = connection.execute(f"{select} ORDER BY key", found)
    else:
        rows = iter(
            sorted(
                set(select_in(connection, f"{select} AND key IN ({{}})", keys, found)),
                key=lambda row: str(row[1]),
            )
        )
    for number, key, fingerprint, shares in rows:
        shared = [_read_shared(connection, inner) for inner in json.loads(shares or "[]")]
        yield _read_record(connection, number, key, fingerprint, tuple(shared))


def _read_shared(connection: Connection, number: int) -> Record:
    key, fingerprint = connection.execute(
        "SELECT key, fingerprint FROM record WHERE id = ?", (number,)
    ).fetchone()
    return _read_record(connection, number, key, fingerprint, ())


def _read_record(
    connection: Connection, number: int, key: str, fingerprint: bytes, shared: tuple[Record, ...]
) -> Record:
    first, last = number << RECORD_SHIFT, ((number + 1) << RECORD_SHIFT) - 1
    sql = "SELECT m.key, n.uid FROM mention m JOIN node n ON n.id = m.node WHERE m.id BETWEEN ? AND ? ORDER BY m.id"
    mentions = tuple(Mention(*row) for row in connection.execute(sql, (first, last)))
    nodes = tuple(claim for _, claim in read_node_claims(connection, number))
    return Record(key, fingerprint, nodes, tuple(read_edge_claims(connection, first, last)), mentions, shared)


def read_changes(connection: Connection, since: int) -> Changes:
    """Nodes that changed after a point of the change sequence."""
    rows = connection.execute("SELECT uid FROM node WHERE changed > ? ORDER BY uid", (since,))
    nodes = tuple(uid for (uid,) in rows)
    return Changes(read_change(connection), nodes)


def read_change(connection: Connection) -> int:
    """Where the change sequence stands."""
    return int(connection.execute("SELECT value FROM meta WHERE name = 'change'").fetchone()[0])


def read_info(connection: Connection, store_type: str) -> StoreInfo:
    """Origins and counts of what is now."""
    return StoreInfo(
        store_type,
        read_change(connection),
        tuple(read_origins(connection)),
        count_nodes(connection),
        count_edges(connection),
        count_gaps(connection),
    )


def read_origins(connection: Connection) -> list[Origin]:
    """All origins by name."""
    rows = connection.execute(
        "SELECT name, type, uri, settings, read_at, complete, report FROM origin ORDER BY name"
    )
    return [
        Origin(name, kind, uri, json.loads(settings), read_at, bool(complete), json.loads(report))
        for name, kind, uri, settings, read_at, complete, report in rows
    ]


def count_nodes(connection: Connection) -> dict[Kind, int]:
    """Nodes that something that is now speaks of."""
    sql = f"SELECT kind, count(*) FROM node WHERE standing = {PRESENT} GROUP BY kind ORDER BY kind"
    return {KINDS[kind]: count for kind, count in connection.execute(sql)}


def count_edges(connection: Connection) -> dict[EdgeType, int]:
    """Open edges, each once however many claim it."""
    sql = """SELECT type, count(*) FROM (SELECT DISTINCT src, type, dst FROM edge WHERE valid_to IS NULL)
    GROUP BY type ORDER BY type"""
    return {TYPES[edge_type]: count for edge_type, count in connection.execute(sql)}


def count_gaps(connection: Connection) -> dict[str, dict[str, int]]:
    """Of each origin, how many nodes have which gap."""
    sets = connection.execute(
        "SELECT id, text FROM word WHERE id IN (SELECT DISTINCT gaps FROM node_claim WHERE gaps IS NOT NULL)"
    )
    holding: dict[str, list[str]] = defaultdict(list)
    for number, codes in sets:
        for code in codes.split():
            holding[code].append(str(number))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for code, numbers in sorted(holding.items()):
        if code.startswith(CLOSES):
            continue
        closing = ",".join(holding.get(CLOSES + code, ()))
        for origin, count in connection.execute(_GAPS.format(",".join(numbers), closing)):
            counts[origin][code] = count
    return dict(sorted(counts.items()))
