"""What flows round: the record says that data came of itself. It is kept and shown as recorded, and said.

A cycle has an edge that leads no further from the root than it began. Most answers have none, so that looking costs one pass;
what has some is peeled from its beginnings, and only what is left over is searched.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from lineage_graph.graph import Edge, Evidence
from lineage_graph.query.answer import Gap
from lineage_graph.query.gaps import word_gap
from lineage_graph.query.labels import label
from lineage_graph.query.reached import Reached
from lineage_graph.stores.base import Direction

MOST_NAMES = 8
Below = Mapping[str, Sequence[str]]


def gaps_of_cycles(reached: Reached) -> list[Gap]:
    """One gap for what flows round together, at its node nearest to what was asked about."""
    found = []
    for ring in find_cycles(reached.edges, reached.hops, reached.direction):
        names = [label(reached.nodes[node]) for node in ring]
        more = [f"… {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
        way = " → ".join([*names[:MOST_NAMES], *more, names[0]])
        found.append(
            word_gap("cycle", reached.nodes[ring[0]])._replace(message=f"recorded as flowing round: {way}")
        )
    return found


def find_cycles(
    edges: Sequence[Edge], hops: Mapping[str, int], direction: Direction
) -> list[tuple[str, ...]]:
    """For each set of nodes that flow into each other the shortest way round from its nearest node, in order of flow.

    `edges` are of an answer: each is flow, with both ends reached.
    """
    if direction is Direction.DOWNSTREAM:
        suspects = [edge for edge in edges if hops[edge.dst] <= hops[edge.src]]
    else:
        suspects = [edge for edge in edges if hops[edge.src] <= hops[edge.dst]]
    if not any(map(_is_said, suspects)):
        return []
    flow = [(edge.src, edge.dst) for edge in edges if _is_said(edge)]
    below = _peel(flow)
    rings = []
    for component in _components(below):
        start = min(component, key=lambda node: (hops[node], node))
        if len(component) > 1 or start in below[start]:
            rings.append(_way_round(start, component, below))
    return sorted(rings, key=lambda ring: (hops[ring[0]], ring[0]))


def _is_said(edge: Edge) -> bool:
    """A hint of equal content leads both ways."""
    return edge.evidence is not Evidence.POSSIBLE


def _peel(flow: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """What is left when, again and again, all goes that nothing flows into."""
    below: dict[str, list[str]] = defaultdict(list)
    above: dict[str, int] = defaultdict(int)
    for src, dst in flow:
        below[src].append(dst)
        above[dst] += 1
    beginnings = [node for node in below if not above[node]]
    while beginnings:
        for node in below.pop(beginnings.pop(), ()):
            above[node] -= 1
            if not above[node]:
                beginnings.append(node)
    return {node: [other for other in others if other in below] for node, others in below.items()}


def _components(below: Below) -> Iterator[set[str]]:
    """Sets of nodes that reach each other (Kosaraju's algorithm, without recursion)."""
    above: dict[str, list[str]] = {node: [] for node in below}
    for src, others in below.items():
        for dst in others:
            above[dst].append(src)
    done: set[str] = set()
    for node in reversed(_in_order_of_leaving(below)):
        if node not in done:
            found, stack = {node}, [node]
            done.add(node)
            while stack:
                for other in above[stack.pop()]:
                    if other not in done:
                        done.add(other)
                        found.add(other)
                        stack.append(other)
            yield found


def _in_order_of_leaving(below: Below) -> list[str]:
    seen: set[str] = set()
    left: list[str] = []
    for root in below:
        stack = [] if root in seen else [(root, iter(below[root]))]
        seen.add(root)
        while stack:
            node, others = stack[-1]
            following = next((other for other in others if other not in seen), None)
            if following is None:
                left.append(node)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(below[following])))
    return left


def _way_round(start: str, component: set[str], below: Below) -> tuple[str, ...]:
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while start not in came_from:
        node = waiting.popleft()
        for other in below[node]:
            if other in component and other not in came_from:
                came_from[other] = node
                waiting.append(other)
    way, node = [start], came_from[start]
    while node != start:
        way.append(node)
        node = came_from[node]
    return (way[0], *reversed(way[1:]))
