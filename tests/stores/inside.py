"""What lies in a store, found past its own code."""

import sqlite3
from contextlib import closing
from pathlib import Path

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
