"""A walk that also follows edges against their direction, which no one pattern says: a statement a level, all of one state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage_graph.errors import StoreBusy
from lineage_graph.graph import EdgeType, Subgraph
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.neo4j.fetched import Fetched
from lineage_graph.stores.neo4j.reaching import usable
from lineage_graph.stores.neo4j.reading import EDGE, PAST_NODE, Ask, read_id
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.schema import CHANGE, STORE
from lineage_graph.stores.neo4j.texts import key_of
from lineage_graph.stores.walk import Step, walk

_EXPAND = f"""MATCH (a:LineageNode)-[r:{{types}}]->(b:LineageNode) WHERE {{here}}.id IN $ids AND {{usable}}
WITH collect({EDGE}) AS rows {CHUNKS}"""
_NODES = f"UNWIND $ids AS id MATCH (n:LineageNode {{id: id}}) WITH collect({PAST_NODE}) AS rows {CHUNKS}"

PATIENCE = 5
"""How often a walk by several statements is made that somebody writes to meanwhile."""


def reach_by_levels(
    ask: Ask, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Subgraph:
    """What the roots reach."""
    for _ in range(PATIENCE):
        before = ask(CHANGE, id=STORE)
        answer = _walk_by_levels(ask, roots, direction, depth, follow)
        if ask(CHANGE, id=STORE) == before:
            return answer
    raise StoreBusy(
        "the graph is being written faster than it is read", hint="run this again when the ingest has ended"
    )


def _walk_by_levels(
    ask: Ask, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Subgraph:
    fetched = Fetched(follow)
    known = {read_id(row[0]) for row in chunked(ask(_NODES, ids=sorted(map(key_of, roots))))}

    def expand(nodes: Sequence[str], outward: bool, types: frozenset[EdgeType]) -> Iterator[Step[str, int]]:
        query = _EXPAND.format(
            types="|".join(sorted(types)), here="a" if outward else "b", usable=usable(follow)
        )
        rows = list(chunked(ask(query, ids=sorted(map(key_of, nodes)), as_of=follow.as_of)))
        fetched.take_edges(rows, again=True)
        return fetched.expand(nodes, outward, types)

    walked = walk([root for root in dict.fromkeys(roots) if root in known], direction, depth, follow, expand)
    if walked.hops:
        fetched.take_nodes(list(chunked(ask(_NODES, ids=sorted(map(key_of, walked.hops))))))
    return fetched.subgraph(walked.hops, walked.claims)
