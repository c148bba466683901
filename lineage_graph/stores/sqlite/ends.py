"""Where edges begin and end, from the indexes alone: what derives links from a whole graph needs no more of most of them."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from lineage_graph.graph import EdgeType
from lineage_graph.stores.sqlite.rows import select_in
from lineage_graph.stores.sqlite.schema import TYPE_CODES

_ENDS = """SELECT s.uid, d.uid FROM node {0}
JOIN edge e ON e.{1} = {0}.id AND e.type IN ({2}) JOIN node {3} ON {3}.id = e.{4} WHERE {0}.uid IN ({{}})"""


def read_ends(
    connection: Connection, ids: Sequence[str], types: frozenset[EdgeType]
) -> list[tuple[str, str]]:
    """The (from, to) of edges of these types that begin or end at these nodes, each once, in order."""
    wanted = list(dict.fromkeys(ids))
    codes = ",".join(str(TYPE_CODES[each]) for each in sorted(types))
    out = select_in(connection, _ENDS.format("s", "src", codes, "d", "dst"), wanted)
    found: set[tuple[str, str]] = set(out)
    found.update(select_in(connection, _ENDS.format("d", "dst", codes, "s", "src"), wanted))
    return sorted(found)
