"""What the roots reach: fetched by one breadth-first statement inside Neo4j, decided by the walk's own rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lineage_graph.graph import FLOW, EdgeType, Subgraph
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.collecting import MANY, without_collecting
from lineage_graph.stores.neo4j.fetched import Fetched
from lineage_graph.stores.neo4j.reading import EDGE, EDGE_WIDTH, PAST_NODE, AskBy
from lineage_graph.stores.neo4j.rows import CHUNK
from lineage_graph.stores.neo4j.texts import key_of
from lineage_graph.stores.walk import walk

FLOW_TYPES = "|".join(edge_type for edge_type in EdgeType if edge_type in FLOW)

# The pattern is planned as VarLengthExpand(Pruning,BFS): every node is come to once, however many paths lead there.
# The edges that lead on from the nodes at a depth come along, and the walk leaves them out: to look for each end in the list of
# all nodes would take time that grows with the square of the answer.
# DISTINCT makes the planner begin at the roots, also where it believes the graph to be tiny and would begin at its end.
# `range` to -1 in steps of a thousand is not empty in Neo4j: hence the question after the size.
# Only what was reached is collected: texts are read a chunk at a time, and sent while those of the next are read.
_REACH = f"""MATCH (root:LineageNode) WHERE root.id IN $roots WITH DISTINCT root
MATCH (root){{left}}[rs:{FLOW_TYPES}*0..{{depth}}]{{right}}(n:LineageNode) WHERE all(r IN rs WHERE {{usable}})
WITH collect(DISTINCT n) AS ns WHERE size(ns) > 0 UNWIND range(0, size(ns) - 1, {CHUNK}) AS at WITH ns[at..at + {CHUNK}] AS some
CALL (some) {{{{ UNWIND some AS n RETURN collect({PAST_NODE}) AS rows
UNION ALL UNWIND some AS {{here}} MATCH ({{here}}){{left}}[r:{FLOW_TYPES}]{{right}}({{there}}:LineageNode) WHERE {{usable}}
WITH collect({EDGE}) AS edges WHERE size(edges) > 0
UNWIND range(0, size(edges) - 1, {CHUNK}) AS at RETURN edges[at..at + {CHUNK}] AS rows }}}}
RETURN rows"""


def reach(
    ask: AskBy, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Subgraph:
    """What the roots reach over edges in their direction."""

    def take(records: Iterator[list[Any]]) -> Fetched:
        fetched = Fetched(follow)
        for (rows,) in records:
            (fetched.take_edges if len(rows[0]) == EDGE_WIDTH else fetched.take_nodes)(rows)
        return fetched

    # How large an answer is shows only when it has come.
    with without_collecting(MANY):
        query = reaching_query(direction, depth, follow)
        fetched = ask(take, query, roots=sorted(set(map(key_of, roots))), as_of=follow.as_of)
        known = [root for root in dict.fromkeys(roots) if root in fetched]
        walked = walk(known, direction, depth, follow, fetched.expand)
        return fetched.subgraph(walked.hops, walked.claims)


def reaching_query(direction: Direction, depth: int | None, follow: Follow) -> str:
    """The statement for a plain walk: text of ours alone, and the same one for the same kind of question."""
    outward = direction is Direction.DOWNSTREAM
    left, right, here, there = ("-", "->", "a", "b") if outward else ("<-", "-", "b", "a")
    return _REACH.format(
        left=left,
        right=right,
        here=here,
        there=there,
        depth="" if depth is None else max(0, int(depth)),
        usable=usable(follow),
    )


def usable(follow: Follow) -> str:
    """What `walk.is_usable` lets pass, and maybe more: a relationship may have several claims."""
    sure = "r._claims IS NOT NULL" + ("" if follow.possible else " AND r.evidence <> 'possible'")
    if follow.as_of is None:
        return f"{sure} AND r._to IS NULL"
    return f"{sure} AND (r._to IS NULL OR r._to > $as_of) AND (r._from IS NULL OR r._from <= $as_of)"
