"""What the roots reach: fetched by one breadth-first statement inside Neo4j, decided by the walk's own rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lineage_graph.errors import StoreBusy
from lineage_graph.graph import FLOW, Claimed, Edge, EdgeClaim, EdgeType, Subgraph
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.collecting import without_collecting
from lineage_graph.stores.merging import merge_edges, order_subgraph
from lineage_graph.stores.neo4j.reading import (
    EDGE,
    PAST_NODE,
    Ask,
    edge_of_claim,
    read_edge_claims_of,
    read_id,
    read_nodes,
    split_widths,
)
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.schema import CHANGE, STORE
from lineage_graph.stores.neo4j.texts import key_of
from lineage_graph.stores.walk import Step, is_usable, mark_edge, walk

FLOW_TYPES = "|".join(edge_type for edge_type in EdgeType if edge_type in FLOW)

# The pattern is planned as VarLengthExpand(Pruning,BFS): every node is come to once, however many paths lead there.
# The edges that lead on from the nodes at a depth come along, and the walk leaves them out: to look for each end in the list of
# all nodes would take time that grows with the square of the answer.
# DISTINCT makes the planner begin at the roots, also where it believes the graph to be tiny and would begin at its end.
_REACH = f"""MATCH (root:LineageNode) WHERE root.id IN $roots WITH DISTINCT root
MATCH (root){{left}}[rs:{FLOW_TYPES}*0..{{depth}}]{{right}}(n:LineageNode) WHERE all(r IN rs WHERE {{usable}})
WITH collect(DISTINCT n) AS ns
CALL (ns) {{{{ UNWIND ns AS n RETURN collect({PAST_NODE}) AS nodes }}}}
CALL (ns) {{{{ UNWIND ns AS n MATCH (n){{left}}[r:{FLOW_TYPES}]{{right}}(:LineageNode) WHERE {{usable}}
WITH r, startNode(r) AS a, endNode(r) AS b RETURN collect({EDGE}) AS edges }}}}
WITH nodes + edges AS rows {CHUNKS}"""
_EXPAND = f"""MATCH (a:LineageNode)-[r:{{types}}]->(b:LineageNode) WHERE {{here}}.id IN $ids AND {{usable}}
WITH collect({EDGE}) AS rows {CHUNKS}"""
_NODES = f"UNWIND $ids AS id MATCH (n:LineageNode {{id: id}}) WITH collect({PAST_NODE}) AS rows {CHUNKS}"

PATIENCE = 5
"""How often a walk by several statements is made that somebody writes to meanwhile."""


def reach(
    ask: Ask, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Subgraph:
    """What the roots reach."""
    if follow.evaluation or follow.possible:
        return _reach_by_levels(ask, roots, direction, depth, follow)
    query = reaching_query(direction, depth, follow)
    found = list(chunked(ask(query, roots=sorted(set(map(key_of, roots))), as_of=follow.as_of)))
    with without_collecting(len(found)):
        node_rows, edge_rows = split_widths(found)
        nodes = {read_id(row[0]): row for row in node_rows}
        edges = Edges()
        edges.take(edge_rows)
        known = [root for root in dict.fromkeys(roots) if root in nodes]
        walked = walk(known, direction, depth, follow, edges.expand(follow))
        return _subgraph(nodes, walked.hops, edges, walked.claims, follow)


def reaching_query(direction: Direction, depth: int | None, follow: Follow) -> str:
    """The statement for a plain walk: text of ours alone, and the same one for the same kind of question."""
    outward = direction is Direction.DOWNSTREAM
    left, right = ("-", "->") if outward else ("<-", "-")
    return _REACH.format(
        left=left, right=right, depth="" if depth is None else max(0, int(depth)), usable=_usable(follow)
    )


def _usable(follow: Follow) -> str:
    """What `walk.is_usable` lets pass, and maybe more: a relationship may have several claims."""
    sure = "r._claims IS NOT NULL" + ("" if follow.possible else " AND r.evidence <> 'possible'")
    if follow.as_of is None:
        return f"{sure} AND r._to IS NULL"
    return f"{sure} AND (r._to IS NULL OR r._to > $as_of) AND (r._from IS NULL OR r._from <= $as_of)"


class Edges:
    """Claims on edges, as the walk wants them; each goes by its place in `claims`."""

    def __init__(self) -> None:
        self.claims: list[EdgeClaim] = []
        self._told: list[tuple[str, str, int]] = []
        self._known: set[tuple[str, str, int]] = set()
        self._out: dict[str, list[int]] = defaultdict(list)
        self._in: dict[str, list[int]] = defaultdict(list)

    def take(self, rows: Sequence[list[Any]]) -> None:
        """More relationships of one state of the graph: a claim that is known is the same one."""
        for claim, told in read_edge_claims_of(rows):
            if told in self._known:
                continue
            self._known.add(told)
            place = len(self.claims)
            self.claims.append(claim)
            self._told.append(told)
            self._out[claim.src].append(place)
            self._in[claim.dst].append(place)

    def merged(self, places: Sequence[int]) -> list[Edge]:
        """Edges from these claims, by (from, type, to)."""
        ends = {(claim.src, claim.type, claim.dst) for claim in map(self.claims.__getitem__, places)}
        if len(ends) == len(places):
            # As nearly always: one claim an edge, and nothing to merge.
            return sorted(
                (edge_of_claim(self.claims[place], *self._told[place]) for place in places), key=_by_ends
            )
        ordered = sorted(places, key=self._told.__getitem__)
        return merge_edges(
            Claimed(self._told[place][0], self._told[place][1], self.claims[place]) for place in ordered
        )

    def expand(self, follow: Follow) -> Callable[..., Iterator[Step[str, int]]]:
        """Steps over what was taken."""

        def expand(
            nodes: Sequence[str], outward: bool, types: frozenset[EdgeType]
        ) -> Iterator[Step[str, int]]:
            near = self._out if outward else self._in
            for node in nodes:
                for place in near.get(node, ()):
                    claim = self.claims[place]
                    if claim.type in types and is_usable(claim, follow):
                        there = claim.dst if outward else claim.src
                        yield node, there, mark_edge(claim), claim.valid_from, place

        return expand


def _reach_by_levels(
    ask: Ask, roots: Sequence[str], direction: Direction, depth: int | None, follow: Follow
) -> Subgraph:
    """Where edges are followed against their direction no one pattern says so: a statement a level, all of one state."""
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
    edges = Edges()
    known = {read_id(row[0]) for row in chunked(ask(_NODES, ids=sorted(map(key_of, roots))))}
    over = edges.expand(follow)

    def expand(nodes: Sequence[str], outward: bool, types: frozenset[EdgeType]) -> Iterator[Step[str, int]]:
        query = _EXPAND.format(
            types="|".join(sorted(types)), here="a" if outward else "b", usable=_usable(follow)
        )
        edges.take(list(chunked(ask(query, ids=sorted(map(key_of, nodes)), as_of=follow.as_of))))
        return over(nodes, outward, types)

    walked = walk([root for root in dict.fromkeys(roots) if root in known], direction, depth, follow, expand)
    found = chunked(ask(_NODES, ids=sorted(map(key_of, walked.hops)))) if walked.hops else ()
    rows = {read_id(row[0]): row for row in found}
    return _subgraph(rows, walked.hops, edges, walked.claims, follow)


def _subgraph(
    rows: Mapping[str, list[Any]],
    hops: Mapping[str, int],
    edges: Edges,
    claims: Sequence[int],
    follow: Follow,
) -> Subgraph:
    found = read_nodes([rows.get(node, [node, None, None]) for node in hops], follow.as_of)
    nodes = {node.id: node for node in found}
    return order_subgraph(nodes, edges.merged(claims), hops)


def _by_ends(edge: Edge) -> tuple[str, str, str]:
    return (edge.src, edge.type, edge.dst)
