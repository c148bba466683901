"""The walk over SQLite: a query a frontier, over indexes that hold all that the walk must know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from sqlite3 import Connection
from typing import NamedTuple

from lineage_graph.graph import FLOW, Edge, EdgeType, Evidence, Node
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.collecting import without_collecting
from lineage_graph.stores.sqlite.loading import load_edges, load_nodes
from lineage_graph.stores.sqlite.reading import Reading
from lineage_graph.stores.sqlite.rows import select_in
from lineage_graph.stores.sqlite.schema import EVIDENCE_CODES, NOT_FLOW_FROM, TYPE_CODES
from lineage_graph.stores.walk import Expand, Step, walk

MANY = 5_000
"""Nodes of an answer from which on they and their edges are loaded late."""


class Reached(NamedTuple):
    """What a walk found, not loaded yet. `hops` are in the order of an answer: by (hops, kind, id)."""

    hops: Mapping[str, int]
    uids: Mapping[int, str]
    claims: Collection[int]
    as_of: int | None

    def nodes(self, reading: Reading) -> dict[str, Node]:
        """The nodes, in order."""
        with without_collecting(len(self.uids)):
            numbers = list(self.uids)
            now = self.as_of is None
            found = load_nodes(reading, numbers) if now else reading.nodes(numbers, self.as_of)
            by_id = {node.id: node for node in found.values()}
            return {uid: by_id[uid] for uid in self.hops}

    def edges(self, reading: Reading) -> list[Edge]:
        """The edges, in order."""
        with without_collecting(len(self.claims)):
            return load_edges(reading, self.claims, self.uids)


def reach(
    reading: Reading, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Reached:
    """What the roots reach."""
    numbers = reading.numbers(roots)
    walked = walk(numbers.values(), direction, depth, follow, expand_by(reading.connection, follow))
    uids, groups = order_reached(reading.connection, walked.hops)
    hops = {uid: hop for hop, _, group in groups for uid in group}
    return Reached(hops, uids, walked.claims, follow.as_of)


class Group(NamedTuple):
    """Ids at one distance and of one kind (its code), in order."""

    hops: int
    kind: int
    ids: list[str]


def order_reached(connection: Connection, hops: Mapping[int, int]) -> tuple[dict[int, str], list[Group]]:
    """The ids by number, and the groups in the order of an answer: by (hops, kind, id). A walk finds the nearest first."""
    uids: dict[int, str] = {}
    groups: list[Group] = []
    for hop, pairs in groupby(hops.items(), itemgetter(1)):
        by_kind: dict[int, list[str]] = defaultdict(list)
        # Neighbours in the file one after another.
        for number, uid, kind in select_in(connection, _IDS, sorted(number for number, _ in pairs)):
            uids[number] = uid
            by_kind[kind].append(uid)
        # Codes of kinds rise in the order of kinds.
        groups += [Group(hop, kind, sorted(ids)) for kind, ids in sorted(by_kind.items())]
    return uids, groups


_IDS = "SELECT id, uid, kind FROM node WHERE id IN ({})"


def expand_by(connection: Connection, follow: Follow) -> Expand[int, int]:
    """How a frontier is expanded: usable claims only, filtered where they lie."""

    def expand(nodes: Sequence[int], outward: bool, types: frozenset[EdgeType]) -> Iterator[Step[int, int]]:
        here, there = ("src", "dst") if outward else ("dst", "src")
        sql = selection(f"{here}, {there}, mark, valid_from, id", here, types, follow)
        return select_in(connection, sql, nodes)

    return expand


def selection(columns: str, here: str, types: frozenset[EdgeType], follow: Follow) -> str:
    """The statement that expands a frontier; its `{}` is the list of nodes."""
    return f"SELECT {columns} FROM edge WHERE {here} IN ({{}}) AND {_among(types)} AND {_usable(follow)}"


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
