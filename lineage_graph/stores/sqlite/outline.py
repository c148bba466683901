"""The outline of an answer: ids, kinds, states and edges. What nodes and records say of themselves is not read.

A table of edges shows no more than this, and it is a third of the work: the walk brings what is shown of an edge along, and of
nodes it is asked in one line a chunk whether there is anything to be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from sqlite3 import Connection
from typing import Any

from lineage_graph.graph import NOTHING, Edge, EdgeType, Node, Role, State, Subgraph
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.merging import merge_edges
from lineage_graph.stores.sqlite.loading import load_nodes, read_words
from lineage_graph.stores.sqlite.reaching import order_reached, selection
from lineage_graph.stores.sqlite.reading import Reading
from lineage_graph.stores.sqlite.rows import chunked
from lineage_graph.stores.sqlite.schema import EVIDENCES, KINDS, STATE_CODES, TYPES
from lineage_graph.stores.walk import INFERENCE, Expand, Step, walk

Row = tuple[Any, ...]
"""src, dst, mark, valid_from, id, type, evidence, rule: the first five are a step of the walk."""

SCORED: Mapping[str, object] = {"role": Role.INFERENCE}
"""What an outline tells of an edge beside its ends, type and evidence: whether data was read to be scored."""


def outline(
    reading: Reading, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Subgraph:
    """What the roots reach as it is now, in outline."""
    rows: list[Row] = []
    expand = _expand_noting(reading.connection, follow, rows)
    walked = walk(reading.numbers(roots).values(), direction, depth, follow, expand)
    if len(rows) > len(walked.claims):
        # Some were not followed, others met twice.
        by_claim = {row[4]: row for row in rows}
        rows = [by_claim[claim] for claim in walked.claims]
    uids, groups = order_reached(reading.connection, walked.hops)
    nodes: dict[str, Node] = {}
    for _, kind, ids in groups:
        fields = zip(
            ids, repeat(KINDS[kind]), ids, repeat(State.LIVE), repeat(NOTHING), repeat(()), repeat(())
        )
        nodes.update(zip(ids, map(_new_node, fields), strict=True))
    told = load_nodes(reading, _telling(reading.connection, uids)).values()
    nodes.update((node.id, node) for node in told)
    hops = {uid: hop for hop, _, ids in groups for uid in ids}
    return Subgraph(nodes, _order_edges(reading, rows, uids), hops)


def _expand_noting(connection: Connection, follow: Follow, noted: list[Row]) -> Expand[int, int]:
    """As `reaching.expand_by`, keeping the rows."""

    def expand(nodes: Sequence[int], outward: bool, types: frozenset[EdgeType]) -> Iterator[Step[int, int]]:
        here = "src" if outward else "dst"
        sql = selection("src, dst, mark, valid_from, id, type, evidence, rule", here, types, follow)
        step = itemgetter(0, 1, 2, 3, 4) if outward else itemgetter(1, 0, 2, 3, 4)
        for chunk in chunked(nodes):
            rows = connection.execute(sql.format(",".join("?" * len(chunk))), chunk).fetchall()
            noted.extend(rows)
            yield from map(step, rows)

    return expand


_STATES = "SELECT count(DISTINCT node), max(state) FROM node_claim WHERE node IN ({})"
_LIVE = STATE_CODES[State.LIVE]


def _telling(connection: Connection, numbers: Collection[int]) -> list[int]:
    """The nodes that may not be live: whole chunks, as nearly all hold none. Stubs are among them."""
    found: list[int] = []
    # Neighbours in the file one after another.
    for chunk in chunked(sorted(numbers)):
        marks = ",".join("?" * len(chunk))
        described, state = connection.execute(_STATES.format(marks), chunk).fetchone()
        alone = dict.fromkeys(chunk)
        if described < len(alone) or state != _LIVE:
            found += alone
    return found


def _order_edges(reading: Reading, rows: Iterable[Row], uids: Mapping[int, str]) -> list[Edge]:
    """The edges that these claims make, by (from, type, to)."""
    words = read_words(reading.connection)
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0] << _TYPE_BITS | row[5]].append(row)
    edges: list[Edge] = []
    several: dict[int, list[int]] = {}
    for group in _order_groups(groups, uids):
        if len(group) > 1:
            group.sort(key=lambda row: uids[row[1]])
        last, first = 0, 0
        for src, dst, mark, _, place, edge_type, evidence, rule in group:
            if dst == last:
                several.setdefault(len(edges) - 1, [first]).append(place)
                continue
            last, first = dst, place
            told = SCORED if mark == INFERENCE else NOTHING
            ends = uids[src], uids[dst]
            edges.append(
                _new_edge((*ends, TYPES[edge_type], EVIDENCES[evidence], words[rule], (), None, None, told))
            )
    for at, places in several.items():
        edges[at] = merge_edges(reading.edge_claims("id", places, uids).values())[0]
    return edges


def _order_groups(groups: Mapping[int, list[Row]], uids: Mapping[int, str]) -> Iterator[list[Row]]:
    """Edges of one beginning and one type together."""
    mask = (1 << _TYPE_BITS) - 1
    for key in sorted(groups, key=lambda key: (uids[key >> _TYPE_BITS], _TYPE_RANKS[key & mask])):
        yield groups[key]


# What `Node._make` does, without a call of Python's for each of a hundred thousand.
_new_node = partial(tuple.__new__, Node)
_new_edge = partial(tuple.__new__, Edge)
_TYPE_BITS = 7
_TYPE_RANKS = {code: rank for rank, code in enumerate(sorted(TYPES, key=lambda code: TYPES[code].value))}
