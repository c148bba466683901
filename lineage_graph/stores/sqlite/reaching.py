"""The walk over SQLite: a query a frontier, over indexes that hold all that the walk must know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sqlite3 import Connection

from lineage_graph.graph import FLOW, EdgeType, Evidence, Subgraph
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.merging import merge_edges, order_subgraph
from lineage_graph.stores.sqlite.reading import Reading
from lineage_graph.stores.sqlite.rows import select_in
from lineage_graph.stores.sqlite.schema import EVIDENCE_CODES, NOT_FLOW_FROM, TYPE_CODES, TYPES
from lineage_graph.stores.walk import Expand, Step, walk


def reach(
    reading: Reading, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Subgraph:
    """What the roots reach, loaded."""
    numbers = reading.numbers(roots)
    walked = walk(numbers.values(), direction, depth, follow, expand_by(reading.connection, follow))
    hops: dict[int, int] = walked.hops
    nodes = reading.nodes(list(hops), follow.as_of)
    uids = {number: node.id for number, node in nodes.items()}
    claims = reading.edge_claims("id", list(walked.claims), uids)
    found = {node.id: node for node in nodes.values()}
    return order_subgraph(
        found, merge_edges(claims.values()), {uids[number]: hop for number, hop in hops.items()}
    )


def expand_by(connection: Connection, follow: Follow) -> Expand[int, int]:
    """How a frontier is expanded: usable claims only, filtered where they lie."""
    usable = _usable(follow)
    names = TYPES

    def expand(nodes: Sequence[int], outward: bool, types: frozenset[EdgeType]) -> Iterator[Step[int, int]]:
        here, there = ("src", "dst") if outward else ("dst", "src")
        sql = f"SELECT {here}, {there}, type, mark, valid_from, id FROM edge WHERE {here} IN ({{}}) AND {_among(types)} AND {usable}"
        for start, end, code, mark, valid_from, claim in select_in(connection, sql, nodes):
            yield start, end, names[code], mark, valid_from, claim

    return expand


def _among(types: frozenset[EdgeType]) -> str:
    if types == FLOW:
        return f"type < {NOT_FLOW_FROM}"
    return f"type IN ({','.join(str(TYPE_CODES[edge_type]) for edge_type in sorted(types))})"


def _usable(follow: Follow) -> str:
    """`walk.is_usable` in SQL."""
    sure = "" if follow.possible else f"evidence <> {EVIDENCE_CODES[Evidence.POSSIBLE]} AND "
    if follow.as_of is None:
        return f"{sure}valid_to IS NULL"
    at = int(follow.as_of)
    return f"{sure}(valid_from IS NULL OR valid_from <= {at}) AND (valid_to IS NULL OR valid_to > {at})"
