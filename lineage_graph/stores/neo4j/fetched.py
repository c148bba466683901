"""What has come of an answer: rows read once, as they arrive, and then walked over. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from lineage_graph.graph import FLOW, Claimed, Edge, EdgeClaim, EdgeType, Node, Subgraph, merge_node
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import Follow
from lineage_graph.stores.merging import merge_edges, order_subgraph
from lineage_graph.stores.neo4j.reading import TYPES, read_id, read_nodes
from lineage_graph.stores.neo4j.texts import EVIDENCES, parse_all
from lineage_graph.stores.walk import Step, is_usable, mark_of

Steps = dict[str, list[Step[str, int]]]


class Fetched:
    """Nodes, and claims on edges between them; each claim goes by its place among those."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []
        """One for each claim, as if it were the only one."""
        self._lines: list[Sequence[Any]] = []
        self._known: set[tuple[str, str, int]] = set()
        self._near: dict[bool, Steps] = {}

    def __contains__(self, node: str) -> bool:
        return node in self._nodes

    def take_nodes(self, rows: Sequence[list[Any]]) -> None:
        """More nodes."""
        self._nodes.update((node.id, node) for node in read_nodes(rows, self._follow.as_of))

    def take_edges(self, rows: Sequence[list[Any]], *, again: bool = False) -> None:
        """More relationships of one state of the graph, which a statement thinks usable; what may come `again` counts once."""
        self._near.clear()
        is_now = self._follow.as_of is None
        for (src, dst, name, _), lines in zip(rows, parse_all(row[3] for row in rows), strict=True):
            begin, end, edge_type = read_id(src), read_id(dst), TYPES[name]
            for line in lines:
                # The statement knows whether any claim is usable, and not since when an open one is true.
                if not (is_now and len(lines) == 1) and not is_usable(
                    _claim(begin, end, edge_type, line), self._follow
                ):
                    continue
                if again and self._is_known(line):
                    continue
                self._edges.append(_edge(begin, end, edge_type, line))
                self._lines.append(line)

    def _is_known(self, line: Sequence[Any]) -> bool:
        place = (line[0], line[1], line[2])
        known = place in self._known
        self._known.add(place)
        return known

    def expand(
        self, nodes: Sequence[str], outward: bool, types: frozenset[EdgeType]
    ) -> Iterator[Step[str, int]]:
        """Steps over what was taken."""
        near = self._near.get(outward)
        if near is None:
            near = self._near[outward] = self._steps(outward)
        for node in nodes:
            for step in near.get(node, ()):
                if types is FLOW or self._edges[step[4]].type in types:
                    yield step

    def _steps(self, outward: bool) -> Steps:
        near: Steps = defaultdict(list)
        for place, edge in enumerate(self._edges):
            here, there = (edge.src, edge.dst) if outward else (edge.dst, edge.src)
            mark = mark_of(edge.type, edge.src, edge.properties)
            near[here].append((here, there, mark, edge.valid_from, place))
        return near

    def subgraph(self, hops: Mapping[str, int], places: Sequence[int]) -> Subgraph:
        """What a walk found. Of an end that others name and nobody has told of there is a stub."""
        nodes = {node: self._nodes.get(node) or merge_node(node, kind_of(node), ()) for node in hops}
        return order_subgraph(nodes, self._merged(places), hops)

    def _merged(self, places: Sequence[int]) -> list[Edge]:
        """Edges from these claims, by (from, type, to)."""
        edges = [self._edges[place] for place in places]
        keys = list(map(_BY_ENDS, edges))
        if len(set(keys)) == len(keys):
            # As nearly always: one claim an edge, and nothing to merge.
            return [edge for _, edge in sorted(zip(keys, edges, strict=True))]
        ordered = sorted(places, key=lambda place: tuple(self._lines[place][:3]))
        return merge_edges(self._claimed(place) for place in ordered)

    def _claimed(self, place: int) -> Claimed:
        edge, line = self._edges[place], self._lines[place]
        return Claimed(line[0], line[1], _claim(edge.src, edge.dst, edge.type, line))


def _claim(src: str, dst: str, edge_type: EdgeType, line: Sequence[Any]) -> EdgeClaim:
    _, _, _, evidence, *more = line
    return EdgeClaim(src, dst, edge_type, EVIDENCES[evidence], *more)


def _edge(src: str, dst: str, edge_type: EdgeType, line: Sequence[Any]) -> Edge:
    origin, record, _, evidence, rule, ref, began, ended, properties = line
    refs = (f"{origin}/{ref or record}",)
    return _new_edge((src, dst, edge_type, EVIDENCES[evidence], rule, refs, began, ended, properties))


_BY_ENDS = itemgetter(0, 2, 1)
# What `Edge._make` does, without a call of Python's for each of a hundred thousand.
_new_edge = partial(tuple.__new__, Edge)
