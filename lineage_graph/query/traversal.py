"""Upstream and downstream: from a reference to a whole answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lineage_graph.errors import UsageError
from lineage_graph.graph import DERIVED, EdgeType, Kind, Node
from lineage_graph.query.answer import (
    DEPTH,
    LIMIT,
    WHOLE,
    Answer,
    Gap,
    GraphState,
    Options,
    Path,
    Truncated,
    Verdict,
)
from lineage_graph.query.cycles import gaps_of_cycles
from lineage_graph.query.depth import goes_beyond, lies_beyond
from lineage_graph.query.gaps import crawl_of, word_gap
from lineage_graph.query.observed import gaps_of_time
from lineage_graph.query.possible import Hints, read_hints
from lineage_graph.query.reached import Reached, choose, edges_between, find_ends, reach
from lineage_graph.query.references import Resolved, resolve_roots
from lineage_graph.query.steps import way_to
from lineage_graph.query.verdicts import gaps_of, judge, which_model_below
from lineage_graph.stores.base import Direction, Store

LIVE_ENDS = frozenset({Kind.DEPLOYMENT, Kind.CONSUMER, Kind.ALIAS})
PLAIN = Options()


def upstream(store: Store, refs: str | Sequence[str], options: Options = PLAIN) -> Answer:
    """Where these came from. Raises `NotFound` or `Ambiguous`."""
    check_window(options)
    return _trace(store, "upstream", Direction.UPSTREAM, refs, options)


def downstream(store: Store, refs: str | Sequence[str], options: Options = PLAIN) -> Answer:
    """What depends on these. Raises `NotFound` or `Ambiguous`."""
    return _trace(store, "downstream", Direction.DOWNSTREAM, refs, options)


def check_window(options: Options) -> None:
    """Raise `UsageError` where an upstream question has a window of reads: it begins at what was read, so it would be ignored."""
    if options.read_between is not None:
        raise UsageError(
            "upstream has no --read-between: what was read in a window is asked of the data",
            hint="lineage-graph impact DATA --read-between A B, or downstream",
        )


def read_graph(store: Store) -> GraphState:
    """Which graph answers, and how fresh it is."""
    change, origins = store.state()
    # What is derived is no system that was crawled; that it is unfinished is worth knowing of any answer.
    crawled = tuple(origin for origin in origins if origin.type != DERIVED or not origin.complete)
    return GraphState(store.type, change, crawled)


def _trace(
    store: Store, command: str, direction: Direction, refs: str | Sequence[str], options: Options
) -> Answer:
    resolved = resolve_roots(store, [refs] if isinstance(refs, str) else refs, direction)
    return trace(store, command, direction, resolved, options)[0]


def trace(
    store: Store, command: str, direction: Direction, resolved: Resolved, options: Options
) -> tuple[Answer, Reached]:
    """The answer about nodes that are known, and what it was made from."""
    graph = read_graph(store)
    roots = tuple(dict.fromkeys(root.id for root in resolved.roots))
    reached = reach(store, roots, direction, options)
    verdict, gaps, hints = explain(store, reached, graph)
    chain = reached
    if verdict is not Verdict.FOUND and options.depth is not None:
        # A depth is a wish of the asker, not the end of the chain: what kind of nothing it is, the whole chain says.
        chain = reach(store, roots, direction, replace(options, depth=None))
        verdict, gaps, hints = explain(store, chain, graph)
        is_cut = goes_beyond(chain, options)
    else:
        is_cut = lies_beyond(store, roots, direction, options)
    nodes, truncated_nodes = choose(reached)
    edges = edges_between(reached, nodes)
    answer = Answer(
        command=command,
        direction=str(direction),
        roots=tuple(resolved.roots),
        options=options,
        graph=graph,
        verdict=verdict,
        nodes=tuple(nodes),
        hops={node.id: reached.hops[node.id] for node in nodes},
        edges=tuple(edges),
        paths=tuple(proofs(reached, ends_of(reached, nodes), edges)),
        possible=tuple(hints.possible),
        gaps=tuple(gaps),
        counts=reached.counts,
        truncated=_truncated(reached, nodes, truncated_nodes, len(edges), is_cut),
        hidden=dict(reached.hidden),
        notes=tuple(resolved.notes),
        ends=tuple(find_ends(chain)) if verdict is not Verdict.FOUND else (),
        unshown=_unshown(reached, nodes),
    )
    return answer, reached


def _unshown(reached: Reached, shown: Sequence[Node]) -> dict[str, Node]:
    if len(shown) == len(reached.nodes):
        return {}
    names = {node.id for node in shown}
    return {id: node for id, node in reached.nodes.items() if id not in names}


def explain(store: Store, reached: Reached, graph: GraphState) -> tuple[Verdict, list[Gap], Hints]:
    """The verdict with its gaps, and what the store hints at."""
    hints = read_hints(store, reached.nodes, reached.direction)
    by_node = _by_node(reached, hints)
    gaps = gaps_of(reached, graph, by_node) + gaps_of_time(store, reached) + _which_model(store, reached)
    verdict, gaps = judge(reached, gaps, hints.possible, graph, by_node)
    gaps = [*gaps, *gaps_of_cycles(reached)]
    gaps = [
        gap._replace(fix=crawl_of(gap.fix, node, graph.origins))
        if (node := reached.nodes.get(gap.node))
        else gap
        for gap in gaps
    ]
    order = {id: place for place, id in enumerate(reached.nodes)}
    gaps.sort(key=lambda gap: (order.get(gap.node, len(order)), gap.node, gap.code))
    return verdict, gaps, hints


def _by_node(reached: Reached, hints: Hints) -> dict[str, list[str]]:
    """Keys that may name data, for the runs that have them and the datasets without a location that these read."""
    keys: dict[str, list[str]] = dict(hints.keys)
    if hints.keys:
        for edge in reached.edges:
            if edge.type is EdgeType.READ_BY and edge.dst in hints.keys:
                keys.setdefault(edge.src, hints.keys[edge.dst])
    return keys


def _which_model(store: Store, reached: Reached) -> list[Gap]:
    models = [id for id in reached.roots if reached.nodes[id].kind is Kind.MODEL]
    if not models or reached.others or reached.direction is Direction.UPSTREAM:
        return []
    makers = store.neighbours(models, frozenset({EdgeType.PRODUCED}))
    runs = [id for id, node in makers.nodes.items() if node.kind is Kind.RUN]
    beside = (
        store.neighbours(runs, frozenset({EdgeType.PRODUCED, EdgeType.REGISTERED_AS})) if runs else makers
    )
    return [word_gap("which-model", node) for node in which_model_below(reached, beside.edges, beside.nodes)]


def _truncated(reached: Reached, shown: Sequence[Node], left_out: int, edges: int, is_cut: bool) -> Truncated:
    if not left_out:
        return Truncated(why=DEPTH) if is_cut else WHOLE
    wanted = reached.options.kinds
    kinds = {id for id, node in reached.nodes.items() if not wanted or node.kind in wanted}
    whole = sum(1 for edge in reached.edges if edge.src in kinds and edge.dst in kinds)
    return Truncated(left_out, whole - edges, DEPTH if is_cut else LIMIT)


def ends_of(reached: Reached, shown: Iterable[Node]) -> list[str]:
    """The nodes to which a path is shown: sources, live ends, or what `--kind` asks for."""
    if reached.options.kinds:
        wanted = frozenset(reached.options.kinds)
    else:
        wanted = frozenset({Kind.SOURCE}) if reached.direction is Direction.UPSTREAM else LIVE_ENDS
    return [node.id for node in shown if node.kind in wanted and node.id not in reached.roots]


def proofs(reached: Reached, ends: Sequence[str], edges: Sequence[object]) -> list[Path]:
    """One best path to each of these ends, from upstream to downstream."""
    if not ends:
        return []
    place = {id(edge): index for index, edge in enumerate(edges)}
    paths = []
    for end in ends:
        way = way_to(reached.first, end)
        if way is None:
            continue
        nodes, steps = way
        if reached.direction is Direction.UPSTREAM:
            nodes, steps = nodes[::-1], steps[::-1]
        indexes = [place[id(reached.edges[step])] for step in steps if id(reached.edges[step]) in place]
        paths.append(Path(tuple(nodes), tuple(indexes)))
    return paths
