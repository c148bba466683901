"""What lies in a store, found past its own code."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.testing.subject import Inside


def look_into_sqlite(path: Path) -> Inside:
    if not path.exists():
        return Inside(frozenset(), frozenset(), frozenset())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        records = connection.execute(
            "SELECT o.name, r.key FROM record r JOIN origin o ON o.id = r.origin WHERE r.retracted_at IS NULL"
        ).fetchall()
        edges = connection.execute(
            "SELECT s.uid, t.name, d.uid FROM edge e JOIN node s ON s.id = e.src JOIN node d ON d.id = e.dst "
            "JOIN edge_type t ON t.id = e.type WHERE e.valid_to IS NULL"
        ).fetchall()
        claimed = connection.execute(
            "SELECT n.uid FROM node n JOIN node_claim c ON c.node = n.id JOIN record r ON r.id = c.id / 1048576 "
            "WHERE r.retracted_at IS NULL"
        ).fetchall()
        check_counts(connection)
    nodes = {uid for (uid,) in claimed} | {end for src, _, dst in edges for end in (src, dst)}
    return Inside(frozenset(records), frozenset(nodes), frozenset(edges))


def check_counts(connection: sqlite3.Connection) -> None:
    """Shared records are counted right, and nothing is left over of records that are gone."""
    wrong = connection.execute(
        "SELECT s.key, s.needed, count(r.id) FROM record s LEFT JOIN record r "
        "ON EXISTS (SELECT 1 FROM json_each(r.shares) WHERE value = s.id) "
        "WHERE s.needed IS NOT NULL GROUP BY s.id HAVING s.needed <> count(r.id) OR s.needed = 0"
    ).fetchall()
    assert wrong == []
    for table in ("node_claim", "edge", "mention"):
        left = f"SELECT count(*) FROM {table} WHERE id / 1048576 NOT IN (SELECT id FROM record)"
        assert connection.execute(left).fetchone() == (0,), table
    assert connection.execute(
        "SELECT count(*) FROM label WHERE claim NOT IN (SELECT id FROM node_claim)"
    ).fetchone() == (0,)
    assert connection.execute(
        "SELECT count(*) FROM history WHERE record NOT IN (SELECT id FROM record)"
    ).fetchone() == (0,)


def look_into_neo4j(connection: Connection) -> Inside:
    live = connection.read(
        "MATCH (r:LineageRecord) WHERE r.retracted_at IS NULL RETURN r.told, r.mentions, r.needed, r.id"
    )
    told = [json.loads(str(text)) for text, *_ in live]
    edges = connection.read(
        "MATCH (a:LineageNode)-[r]->(b:LineageNode) WHERE r._to IS NULL "
        "RETURN coalesce(a._id, a.id), type(r), coalesce(b._id, b.id)"
    )
    open_edges = frozenset((_real(src), str(kind), _real(dst)) for src, kind, dst in edges)
    claimed = {str(node) for record in told for node in record[2]}
    check_neo4j(connection)
    return Inside(
        frozenset((record[0], record[1]) for record in told),
        frozenset(claimed.union(*((src, dst) for src, _, dst in open_edges))),
        open_edges,
    )


def check_neo4j(connection: Connection) -> None:
    """Texts, records and counts agree: nothing is half written, nothing is left over."""
    records = connection.read("MATCH (r:LineageRecord) RETURN r.told, r.needed, r.retracted_at")
    told = [(*json.loads(str(text)), needed) for text, needed, _ in records]
    # Every claim lies on a node or relationship that its record knows, and the other way round.
    known = {(record[0], record[1], node) for record in told for node in record[2]}
    assert known == _claims_of_nodes(connection)
    assert {(record[0], record[1], *edge[:3]) for record in told for edge in record[3]} == _claims_of_edges(
        connection
    )
    # Shared records are counted right.
    needs = Counter((record[0], key) for record in told for key in record[5])
    assert {(record[0], record[1]): record[-1] for record in told if record[-1] is not None} == needs
    mentions = connection.read("MATCH (m:LineageMention) RETURN m.told")
    assert sorted(json.loads(str(text)) for (text,) in mentions) == sorted(
        list(mention) for record in told for mention in {tuple(each) for each in record[4]}
    )
    # Bookkeeping stands alone, and no node without a claim has no edge.
    assert connection.read("MATCH (n)--() WHERE NOT n:LineageNode RETURN count(*)") == [[0]]
    bare = "MATCH (n:LineageNode) WHERE n._claims IS NULL AND NOT EXISTS { (n)--() } RETURN count(*)"
    assert connection.read(bare) == [[0]]


def _claims_of_nodes(connection: Connection) -> set[tuple[str, str, str]]:
    rows = connection.read(
        "MATCH (n:LineageNode) WHERE n._claims IS NOT NULL RETURN coalesce(n._id, n.id), n._claims"
    )
    return {
        (*json.loads(f"[{line}]")[:2], _real(node)) for node, text in rows for line in str(text).split("\n")
    }


def _claims_of_edges(connection: Connection) -> set[tuple[str, str, str, str, str]]:
    rows = connection.read(
        "MATCH (a:LineageNode)-[r]->(b:LineageNode) "
        "RETURN coalesce(a._id, a.id), coalesce(b._id, b.id), type(r), r._claims"
    )
    return {
        (*json.loads(f"[{line}]")[:2], _real(src), _real(dst), kind)
        for src, dst, kind, text in rows
        for line in str(text).split("\n")
    }


def _real(node: object) -> str:
    """An id as it is: one that no index takes lies beside its hash, as JSON."""
    text = str(node)
    return str(json.loads(text)) if text.startswith('"') else text
