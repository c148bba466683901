"""What an answer is made from: the nodes that a store reaches, less what a downstream answer hides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lineage_graph.graph import KIND_ORDER, Edge, Node, State, Subgraph
from lineage_graph.query.answer import End, Options
from lineage_graph.query.pruning import is_hideable, prune
from lineage_graph.query.steps import State as At
from lineage_graph.query.steps import Step, Stepping, followed_of
from lineage_graph.stores.base import Direction, Follow, Store


@dataclass
class Reached:
    """Nodes with distances and edges in the contract's order, and what was hidden."""

    roots: tuple[str, ...]
    direction: Direction
    options: Options
    nodes: dict[str, Node]
    edges: list[Edge]
    hops: Mapping[str, int]
    hidden: Counter[str] = field(default_factory=Counter)

    @property
    def others(self) -> list[Node]:
        """All but the roots."""
        return [node for id, node in self.nodes.items() if id not in self.roots]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Nodes by kind, in the design's order."""
        counted = Counter(node.kind for node in self.nodes.values())
        return {str(kind): counted[kind] for kind in KIND_ORDER if kind in counted}

    @cached_property
    def walk(self) -> tuple[dict[At, Step | None], list[Step]]:
        """How each node was reached first, and every step."""
        return Stepping(self.nodes, self.edges, self.direction, self.options, self.roots).walk()

    @cached_property
    def first(self) -> Mapping[At, Step | None]:
        """How each node was reached first."""
        return self.walk[0]


def follow_of(options: Options) -> Follow:
    """Which edges these options let a walk take."""
    return Follow(options.include_evaluation, options.include_possible, options.as_of, options.read_between)


def reach(
    store: Store, roots: Sequence[str], direction: Direction, options: Options, *, outline: bool = False
) -> Reached:
    """Everything that is reached, before any limit or filter by kind; with `outline` no more of it than a table of edges shows."""
    ask = store.outline if outline else store.reach
    sub = ask(roots, direction, depth=options.depth, follow=follow_of(options))
    nodes, edges, hidden = dict(sub.nodes), sub.edges, Counter[str]()
    if direction is Direction.DOWNSTREAM and any(_hideable(nodes.values())):
        stays, hidden = _shown(store, sub, roots, options)
        nodes = {id: node for id, node in nodes.items() if id in stays}
        edges = [edge for edge in edges if edge.src in nodes and edge.dst in nodes]
    # Both come in the order of an answer.
    return Reached(tuple(roots), direction, options, nodes, followed_of(edges, options), sub.hops, hidden)


def _hideable(nodes: Iterable[Node]) -> Iterator[bool]:
    """For each of those that are not live: nearly all are."""
    return (is_hideable(node) for node in nodes if node.state is not State.LIVE)


def _shown(
    store: Store, sub: Subgraph, roots: Sequence[str], options: Options
) -> tuple[set[str], Counter[str]]:
    """What stays. A depth may cut off the live things below a deleted node: it is asked for those before it is hidden."""
    nodes, edges = dict(sub.nodes), followed_of(sub.edges, options)
    if options.depth is not None:
        cut = [id for id, node in nodes.items() if sub.hops[id] == options.depth and is_hideable(node)]
        if cut:
            below = store.reach(cut, Direction.DOWNSTREAM, follow=follow_of(options))
            nodes = {**below.nodes, **nodes}
            edges += followed_of(below.edges, options)
    _, steps = Stepping(nodes, edges, Direction.DOWNSTREAM, options, roots).walk()
    stays, _ = prune(nodes, steps, roots)
    hidden = Counter(str(node.state) for id, node in sub.nodes.items() if id not in stays)
    return stays, hidden


def choose(reached: Reached) -> tuple[list[Node], int]:
    """The nodes to show, nearest first, and how many the limit leaves out."""
    kinds, limit = reached.options.kinds, reached.options.limit
    nodes = [node for node in reached.nodes.values() if not kinds or node.kind in kinds]
    if limit is None:
        return nodes, 0
    shown: list[Node] = []
    room = limit
    for node in nodes:
        if node.id in reached.roots:
            shown.append(node)
        elif room > 0:
            shown.append(node)
            room -= 1
    return shown, len(nodes) - len(shown)


def find_ends(reached: Reached) -> list[End]:
    """The nodes beyond which nothing more is known, the farthest first."""
    up = reached.direction is Direction.UPSTREAM
    passed = {edge.dst if up else edge.src for edge in reached.edges}
    ends = [End(node, reached.hops[id]) for id, node in reached.nodes.items() if id not in passed]
    return sorted(ends, key=lambda end: -end.hops)


def edges_between(reached: Reached, nodes: Sequence[Node]) -> list[Edge]:
    """The edges both ends of which are shown."""
    if len(nodes) == len(reached.nodes):
        return reached.edges
    shown = {node.id for node in nodes}
    return [edge for edge in reached.edges if edge.src in shown and edge.dst in shown]
