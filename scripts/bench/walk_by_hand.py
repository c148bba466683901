"""A breadth-first walk over the same SQLite file, as somebody would write it who knows the tables: the measure for ours.

    python scripts/bench/walk_by_hand.py GRAPH SOURCE_ID > rows.csv

It prints the rows that `lineage-graph downstream SOURCE -o csv` prints, in the order in which it finds them.
"""

from __future__ import annotations

import csv
import sqlite3
import sys

CHUNK = 500


def main(path: str, root: str) -> None:
    """Print every edge below the root."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    names = {table: dict(db.execute(f"SELECT id, {column} FROM {table}")) for table, column in TABLES}
    number, kind = db.execute("SELECT id, kind FROM node WHERE uid = ?", (root,)).fetchone()
    nodes, frontier, level = {number: (root, names["kind"][kind])}, [number], 0
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("from", "from_kind", "to", "to_kind", "type", "evidence", "rule", "hops"))
    while frontier:
        level += 1
        found: list[int] = []
        for start in range(0, len(frontier), CHUNK):
            chunk = frontier[start : start + CHUNK]
            for src, dst, edge_type, evidence, rule, uid, kind in db.execute(
                EDGES.format(",".join("?" * len(chunk))), chunk
            ):
                if dst not in nodes:
                    nodes[dst] = (uid, names["kind"][kind])
                    found.append(dst)
                words = names["edge_type"][edge_type], names["evidence"][evidence], names["word"][rule]
                out.writerow((*nodes[src], *nodes[dst], *words, level))
        frontier = found


TABLES = ("kind", "name"), ("edge_type", "name"), ("evidence", "name"), ("word", "text")
EDGES = """SELECT e.src, e.dst, e.type, e.evidence, e.rule, n.uid, n.kind FROM edge e JOIN node n ON n.id = e.dst
WHERE e.src IN ({}) AND e.type < 64 AND e.evidence <> 3 AND e.valid_to IS NULL"""


if __name__ == "__main__":
    main(*sys.argv[1:])
