"""How an answer's nodes were reached: the steps that a walk takes over an answer's edges, from its roots.

A store says *what* is reached (`Store.reach`); which way it was reached depends on how a run was entered, so it is walked again
here, over the answer alone.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph.graph import NOT_FLOW, Edge, EdgeType, Evidence, Kind, Node, Role
from lineage_graph.query.answer import Options
from lineage_graph.stores.base import Direction

MADE_BY_A_RUN = frozenset({EdgeType.PRODUCED, EdgeType.REGISTERED_AS})
_NOT_FLOW = frozenset(edge_type.value for edge_type in NOT_FLOW)
COLUMNS = frozenset({EdgeType.HAS_COLUMN, EdgeType.PART_OF, EdgeType.USED_BY})


class State(NamedTuple):
    """A node, and whether it is a run or an evaluation that was entered in a way that closes some of its edges."""

    node: str
    narrow: bool = False


class Step(NamedTuple):
    """From one state over an edge (its index) to the next."""

    before: State
    edge: int
    after: State


def is_inference(edge: Edge) -> bool:
    """Whether a run read this to make predictions: no origin of what it trained."""
    return edge.type is EdgeType.READ_BY and edge.properties.get("role") == Role.INFERENCE


def followed_of(edges: Iterable[Edge], options: Options) -> list[Edge]:
    """The edges that an answer shows."""
    if not options.include_possible:
        # By the word: a member of an enumeration is looked up by way of a call.
        return [
            edge
            for edge in edges
            if edge.evidence is not Evidence.POSSIBLE and edge.type._value_ not in _NOT_FLOW
        ]
    return [
        edge for edge in edges if edge.type._value_ not in _NOT_FLOW or edge.type is EdgeType.SAME_CONTENT
    ]


class Stepping:
    """The edges of an answer, by the node from which they can be taken."""

    def __init__(
        self,
        nodes: Mapping[str, Node],
        edges: Sequence[Edge],
        direction: Direction,
        options: Options,
        roots: Iterable[str],
    ) -> None:
        self.nodes = nodes
        self.edges = edges
        self.down = direction is Direction.DOWNSTREAM
        self.evaluation = options.include_evaluation
        self.roots = frozenset(roots)
        self._out: dict[str, list[tuple[int, str]]] = defaultdict(list)
        # Of ways of one length the first is shown: what was read goes before the columns that a signature names.
        columns = []
        for index, edge in enumerate(edges):
            if edge.type in COLUMNS:
                columns.append(index)
            else:
                self._add(index, edge)
        for index in columns:
            self._add(index, edges[index])

    def _add(self, index: int, edge: Edge) -> None:
        here, there = (edge.src, edge.dst) if self.down else (edge.dst, edge.src)
        self._out[here].append((index, there))
        both_ways = edge.type is EdgeType.SAME_CONTENT or (
            # Model -> Evaluation is the one flow edge that is walked against itself: to and from what judged it.
            self.evaluation
            and edge.type is EdgeType.EVALUATED_IN
            and self._kind(edge.src) is not Kind.DATASET
        )
        if both_ways:
            self._out[there].append((index, here))

    def _kind(self, node: str) -> Kind | None:
        return self.nodes[node].kind if node in self.nodes else None

    def nexts(self, state: State) -> Iterator[Step]:
        """The steps from here, by the rules of `stores.walk`."""
        for index, after in self._out.get(state.node, ()):
            if after != state.node and after in self.nodes and self._may_leave(state, index, after):
                yield Step(state, index, State(after, self._enters_narrow(state.node, index, after)))

    def _may_leave(self, state: State, index: int, after: str) -> bool:
        """Downstream a run that only scored leads to what it wrote. An evaluation come from its model leads to its data upstream,
        nowhere downstream.
        """
        edge = self.edges[index]
        if self._kind(state.node) is Kind.EVALUATION:
            if self.down:
                return self.evaluation and not state.narrow
            return not state.narrow or self._kind(after) is Kind.DATASET
        if state.narrow:
            return edge.type is EdgeType.WROTE if self.down else not is_inference(edge)
        return True

    def _enters_narrow(self, before: str, index: int, after: str) -> bool:
        edge, kind = self.edges[index], self._kind(after)
        if kind is Kind.RUN:
            return is_inference(edge) if self.down else edge.type in MADE_BY_A_RUN
        if kind is Kind.EVALUATION:
            return self._kind(before) is not Kind.DATASET
        return False

    def walk(self) -> tuple[dict[State, Step | None], list[Step]]:
        """For each state the first step that led to it (breadth first), and every step that a walk may take."""
        first: dict[State, Step | None] = {
            State(root): None for root in sorted(self.roots) if root in self.nodes
        }
        steps: list[Step] = []
        waiting = deque(first)
        while waiting:
            state = waiting.popleft()
            for step in self.nexts(state):
                steps.append(step)
                if step.after not in first:
                    first[step.after] = step
                    waiting.append(step.after)
        return first, steps


def way_to(first: Mapping[State, Step | None], node: str) -> tuple[list[str], list[int]] | None:
    """The nodes and edges of a shortest way from a root to this node; None where it was not reached."""
    ways = [_way(first, state) for state in (State(node), State(node, True)) if state in first]
    return min(ways, key=lambda way: len(way[1]), default=None)


def _way(first: Mapping[State, Step | None], state: State) -> tuple[list[str], list[int]]:
    nodes, edges = [state.node], []
    while (step := first[state]) is not None:
        state = step.before
        nodes.append(state.node)
        edges.append(step.edge)
    return nodes[::-1], edges[::-1]
