"""The paths between two nodes, shortest first, with the edges that prove each hop."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count, islice
from typing import NamedTuple

from lineage_graph.graph import KIND_ORDER, Node
from lineage_graph.query.answer import (
    DEPTH,
    LIMIT,
    WHOLE,
    Answer,
    End,
    Gap,
    GraphState,
    Options,
    Path,
    Possible,
    Truncated,
    Verdict,
)
from lineage_graph.query.gaps import UNREADABLE
from lineage_graph.query.reached import Reached, reach
from lineage_graph.query.references import Resolved, resolve_roots
from lineage_graph.query.steps import COLUMNS, State, Step, Stepping
from lineage_graph.query.traversal import PLAIN, explain, read_graph
from lineage_graph.stores.base import Direction, Store

PATHS = 10
"""How many paths are shown where no limit is given."""
LOOKED_AT = 20_000
"""How many beginnings of paths are followed before giving up on further ones: in a dense graph there are exponentially many."""

Way = tuple[tuple[str, ...], tuple[int, ...]]


def path(store: Store, a: str, b: str, options: Options = PLAIN) -> Answer:
    """How `a` and `b` hang together, whichever of them is upstream. Raises `NotFound` or `Ambiguous`."""
    first = resolve_roots(store, [a], Direction.DOWNSTREAM)
    last = resolve_roots(store, [b], Direction.DOWNSTREAM)
    graph = read_graph(store)
    resolved = Resolved([*first.roots, *last.roots], [*first.notes, *last.notes])
    starts, ends = (tuple(root.id for root in each.roots) for each in (first, last))
    if linked := _link(store, starts, ends, options):
        return _found(store, linked, resolved, graph)
    if options.depth is not None and (linked := _link(store, starts, ends, replace(options, depth=None))):
        return _too_long(store, linked, resolved, options, graph)
    return _not_found(store, starts, ends, resolved, options, graph)


class _Linked(NamedTuple):
    """What lies above the lower end, the upper end among it; `direction` is that of the question."""

    reached: Reached
    above: tuple[str, ...]
    below: tuple[str, ...]
    direction: Direction


def _link(store: Store, starts: tuple[str, ...], ends: tuple[str, ...], options: Options) -> _Linked | None:
    """Which of the two lies above the other; None where neither does."""
    for direction, above, below in ((Direction.DOWNSTREAM, starts, ends), (Direction.UPSTREAM, ends, starts)):
        reached = reach(store, below, Direction.UPSTREAM, options)
        if set(above) & set(reached.nodes):
            return _Linked(reached, above, below, direction)
    return None


def _found(store: Store, linked: _Linked, resolved: Resolved, graph: GraphState) -> Answer:
    reached, above, below, direction = linked
    wanted = reached.options.limit or PATHS
    ways, more = _ways_between(reached, above, below, wanted)
    chosen = sorted({edge for _, edges in ways for edge in edges})
    place = {edge: index for index, edge in enumerate(chosen)}
    names = {id for nodes, _ in ways for id in nodes}
    hops = _hops(ways, direction)
    nodes = sorted(
        (reached.nodes[id] for id in names), key=lambda node: (hops[node.id], KIND_ORDER[node.kind], node.id)
    )
    return Answer(
        command="path",
        direction=str(direction),
        roots=tuple(resolved.roots),
        options=reached.options,
        graph=graph,
        verdict=Verdict.FOUND,
        nodes=tuple(nodes),
        hops=hops,
        edges=tuple(reached.edges[edge] for edge in chosen),
        paths=tuple(Path(nodes, tuple(place[edge] for edge in edges)) for nodes, edges in ways),
        counts=_counts_of(reached, names),
        truncated=_truncated(store, linked, more),
        notes=tuple(resolved.notes),
    )


def _truncated(store: Store, linked: _Linked, more: bool) -> Truncated:
    """Whether ways are left out: beyond the depth, or by the limit."""
    depth = linked.reached.options.depth
    if depth is not None:
        whole = reach(store, linked.below, Direction.UPSTREAM, replace(linked.reached.options, depth=None))
        passed = _distances(whole.walk[1], frozenset(linked.above))
        if any(whole.hops[state.node] > depth for state in passed):
            return Truncated(why=DEPTH)
    return Truncated(why=LIMIT) if more else WHOLE


def _too_long(
    store: Store, linked: _Linked, resolved: Resolved, options: Options, graph: GraphState
) -> Answer:
    """A path there is, and it is longer than what was asked for: none is shown, and nothing is missing."""
    roots = dict.fromkeys((root.id for root in resolved.roots), 0)
    nodes = _in_order(store.get(list(roots)).values())
    return Answer(
        command="path",
        direction=str(linked.direction),
        roots=tuple(resolved.roots),
        options=options,
        graph=graph,
        verdict=Verdict.FOUND,
        nodes=tuple(nodes),
        hops=roots,
        counts=_counts_of_roots(nodes),
        truncated=Truncated(why=DEPTH),
        notes=tuple(resolved.notes),
    )


def _in_order(nodes: Iterable[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: (KIND_ORDER[node.kind], node.id))


def _counts_of_roots(nodes: Sequence[Node]) -> dict[str, int]:
    return {
        str(kind): sum(node.kind is kind for node in nodes) for kind in dict.fromkeys(n.kind for n in nodes)
    }


def _counts_of(reached: Reached, ids: set[str]) -> dict[str, int]:
    """Counts by kind of some of the nodes."""
    return replace(reached, nodes={id: node for id, node in reached.nodes.items() if id in ids}).counts


def _hops(ways: Sequence[Way], direction: Direction) -> dict[str, int]:
    """The least distance of each node from the end that was named first."""
    hops: dict[str, int] = {}
    for nodes, _ in ways:
        for distance, id in enumerate(nodes if direction is Direction.DOWNSTREAM else nodes[::-1]):
            hops[id] = min(distance, hops.get(id, distance))
    return hops


def _ways_between(
    reached: Reached, above: Sequence[str], below: Sequence[str], wanted: int
) -> tuple[list[Way], bool]:
    """The shortest ways from above to below, and whether there are more."""
    stepping = Stepping(reached.nodes, reached.edges, Direction.UPSTREAM, reached.options, below)
    found = list(islice(_walk_ways(stepping, reached.walk[1], above, below), wanted + 1))
    if found and found[-1] is None:
        return [way for way in found[:-1] if way is not None], True
    ways = [way for way in found if way is not None]
    return ways[:wanted], len(ways) > wanted


def _walk_ways(
    stepping: Stepping, steps: Sequence[Step], above: Sequence[str], below: Sequence[str]
) -> Iterator[Way | None]:
    """Best-first search that knows how far each state is from the goal; a last None says that it gave up."""
    left = _distances(steps, frozenset(above))
    ticket = count()
    # By length, ways over columns last, then by what is left: one way is finished before its equals are begun.
    waiting: list[tuple[int, bool, int, int, State, tuple[str, ...], tuple[int, ...]]] = []
    for root in sorted(set(below)):
        if (state := State(root)) in left:
            heappush(waiting, (left[state], False, left[state], next(ticket), state, (root,), ()))
    seen: set[Way] = set()
    for _ in range(LOOKED_AT):
        if not waiting:
            return
        _, aside, _, _, state, nodes, edges = heappop(waiting)
        if state.node in above:
            way = (nodes[::-1], edges[::-1])
            if way not in seen:
                seen.add(way)
                yield way
            continue
        for step in stepping.nexts(state):
            if step.after in left and step.after.node not in nodes:
                length = len(edges) + 1 + left[step.after]
                longer = (*nodes, step.after.node), (*edges, step.edge)
                by_column = aside or stepping.edges[step.edge].type in COLUMNS
                heappush(waiting, (length, by_column, left[step.after], next(ticket), step.after, *longer))
    yield None


def _distances(steps: Sequence[Step], goals: frozenset[str]) -> Mapping[State, int]:
    """How far each state is from the nearest goal."""
    before: dict[State, list[State]] = defaultdict(list)
    distances: dict[State, int] = {}
    for step in steps:
        before[step.after].append(step.before)
        for state in (step.before, step.after):
            if state.node in goals:
                distances[state] = 0
    waiting = deque(distances)
    while waiting:
        state = waiting.popleft()
        for each in before[state]:
            if each not in distances:
                distances[each] = distances[state] + 1
                waiting.append(each)
    return distances


def _not_found(
    store: Store,
    starts: Sequence[str],
    ends: Sequence[str],
    resolved: Resolved,
    options: Options,
    graph: GraphState,
) -> Answer:
    """No path: a missing link on either side is what could hide one."""
    gaps: dict[tuple[str, str], Gap] = {}
    possible: dict[tuple[str, str], Possible] = {}
    roots: dict[str, int] = dict.fromkeys((*starts, *ends), 0)
    for roots_of, direction in ((starts, Direction.DOWNSTREAM), (ends, Direction.UPSTREAM)):
        reached = reach(store, roots_of, direction, replace(options, depth=None))
        _, found, hints = explain(store, reached, graph)
        gaps.update({(gap.node, gap.code): gap for gap in found})
        possible.update({(each.node.id, each.rule): each for each in hints.possible})
    verdict = Verdict.NOT_CAPTURED if gaps else Verdict.NONE
    if any(gap.code in UNREADABLE for gap in gaps.values()):
        verdict = Verdict.UNREADABLE
    nodes = _in_order(store.get(list(roots)).values())
    return Answer(
        command="path",
        direction=str(Direction.DOWNSTREAM),
        roots=tuple(resolved.roots),
        options=options,
        graph=graph,
        verdict=verdict,
        nodes=tuple(nodes),
        hops=dict(roots),
        possible=tuple(possible[key] for key in sorted(possible)),
        gaps=tuple(gaps[key] for key in sorted(gaps)),
        counts=_counts_of_roots(nodes),
        notes=tuple(resolved.notes),
        ends=tuple(End(node, 0) for node in nodes),
    )
