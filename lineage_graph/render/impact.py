"""The impact screen: for a person on call, what is live first, whom to call, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lineage_graph.graph import Edge, EdgeType, Kind, Node
from lineage_graph.query.answer import Answer, Verdict, rfc3339
from lineage_graph.query.labels import quote_shell, text_of
from lineage_graph.render.ends import find_chain, find_ways, render_ends
from lineage_graph.render.labels import detail, label, style_of, word
from lineage_graph.render.notes import (
    MOST_GAPS,
    first_of_each,
    render_gaps,
    render_limits,
    render_links,
    render_possible,
)
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, columns, count_of, joined, line, paint
from lineage_graph.render.verdicts import VERDICT_STYLES, root_nodes, verdict_text

LIVE = frozenset({Kind.DEPLOYMENT, Kind.CONSUMER})
MOST_IN_CHAIN = 6


class Reach(NamedTuple):
    """An answer, sorted for the screen."""

    answer: Answer
    nodes: dict[str, Node]
    ways: dict[str, Edge]
    live: list[Node]
    pointers: list[Node]
    """Aliases and stages that lead to nothing that is known to be live."""
    idle: list[Node]
    """Versions without pointer or deployment."""
    unregistered: list[Node]
    """Logged models without a version."""


def render_impact(answer: Answer, screen: Screen = PIPE) -> str:
    """The screen; an answer without anything live says where the chain ends and what would close it."""
    return paint(_render_lines(sort_reach(answer), screen), screen)


def sort_reach(answer: Answer) -> Reach:
    """Group what is below the roots by what it means to a person on call."""
    roots = {root.id for root in answer.roots}
    below = [node for node in answer.nodes if node.id not in roots]
    live = [node for node in below if node.kind in LIVE]
    to_live = _above({node.id for node in live}, answer)
    pointers = [node for node in below if node.kind is Kind.ALIAS and node.id not in to_live]
    to_pointer = _above({node.id for node in pointers}, answer)
    idle = [
        node
        for node in below
        if node.kind is Kind.MODEL_VERSION and node.id not in to_live and node.id not in to_pointer
    ]
    registered = _above(
        {node.id for node in answer.nodes if node.kind in {Kind.MODEL_VERSION, *LIVE}}, answer
    )
    unregistered = [node for node in below if node.kind is Kind.MODEL and node.id not in registered]
    nodes = {node.id: node for node in answer.nodes}
    return Reach(answer, nodes, find_ways(answer), live, pointers, idle, unregistered)


def _above(ends: set[str], answer: Answer) -> set[str]:
    """Everything from which one of the ends is reached."""
    before: dict[str, list[str]] = {}
    for edge in answer.edges:
        before.setdefault(edge.dst, []).append(edge.src)
    found, todo = set(ends), list(ends)
    while todo:
        for node in before.get(todo.pop(), ()):
            if node not in found:
                found.add(node)
                todo.append(node)
    return found


def _render_lines(reach: Reach, screen: Screen) -> Iterator[Line]:
    answer = reach.answer
    if answer.verdict is Verdict.FOUND:
        yield from _render_roots(answer)
        yield _render_verdict(reach)
    else:
        name = joined(
            [label(node) for node in root_nodes(answer)] or [root.ref for root in answer.roots], most=3
        )
        yield line(Span(name, Style.HEAD), "  ", Span(verdict_text(answer), VERDICT_STYLES[answer.verdict]))
        yield from _render_roots(answer)
    yield from _render_groups(reach)
    yield from render_ends(answer)
    yield from render_possible(answer)
    yield from (_render_gap_lines(answer) if reach.live else render_gaps(answer))
    if screen.verbose:
        yield from render_links(answer)
    yield from render_limits(answer)
    yield from _render_next(reach)


def _render_roots(answer: Answer) -> Iterator[Line]:
    rows: list[list[Span | str]] = []
    for node in root_nodes(answer):
        where = text_of(node, "uri") or text_of(node, "source").removeprefix("source:") or detail(node)
        reads = _reads_text(node, answer)
        if where or reads or answer.verdict is Verdict.FOUND:
            rows.append([Span(label(node), style_of(node)), where or word(node.kind), Span(reads, Style.DIM)])
    yield from columns(rows, gap="  ")


def _reads_text(node: Node, answer: Answer) -> str:
    """`read by 4 runs, last 2026-11-20`: the runs that read this data, or a version of this source."""
    if node.kind not in {Kind.SOURCE, Kind.DATASET}:
        return ""
    versions = {
        edge.dst for edge in answer.edges if edge.src == node.id and edge.type is EdgeType.HAS_VERSION
    }
    reads = [
        edge for edge in answer.edges if edge.type is EdgeType.READ_BY and edge.src in {node.id, *versions}
    ]
    if not reads:
        return "no run is known to read it"
    last = max((edge.valid_from for edge in reads if edge.valid_from is not None), default=None)
    when = f", last {(rfc3339(last) or '')[:10]}" if last is not None else ""
    return f"read by {count_of(len({edge.dst for edge in reads}), 'run')}{when}"


def _render_verdict(reach: Reach) -> Line:
    answer = reach.answer
    gaps = f" · {count_of(len(answer.gaps), 'gap')}" if answer.gaps else ""
    deployments = sum(node.kind is Kind.DEPLOYMENT for node in reach.live)
    consumers = len(reach.live) - deployments
    versions = answer.counts.get(Kind.MODEL_VERSION, 0)
    through = f" through {count_of(versions, 'model version')}" if versions else ""
    if deployments:
        text = f"reaches {count_of(deployments, 'live deployment')}{through}"
    elif consumers:
        text = f"reaches {count_of(consumers, 'consumer')}{through}"
    elif reach.pointers:
        text = f"reaches {joined([label(node) for node in reach.pointers], most=3)}{through}; no deployment is declared for it"
    else:
        text = f"{verdict_text(answer)}, nothing that is known to be live"
    return line(Span(text, Style.HEAD), Span(gaps, Style.GAP))


def _render_groups(reach: Reach) -> Iterator[Line]:
    if reach.live:
        yield line(Span("LIVE", Style.HEAD))
        yield from columns([_live_row(node, reach) for node in reach.live], indent="  ")
    if reach.pointers:
        yield line(Span("POINTED AT, NO DEPLOYMENT KNOWN", Style.HEAD))
        yield from columns([_live_row(node, reach) for node in reach.pointers], indent="  ")
    if reach.idle:
        yield line(Span("REGISTERED, NOT LIVE", Style.HEAD))
        yield from columns(_group_rows(reach.idle, reach), indent="  ")
    if reach.unregistered:
        yield line(Span("LOGGED, NOT REGISTERED", Style.HEAD))
        yield from columns(_group_rows(reach.unregistered, reach), indent="  ")
    yield from _render_rest(reach)


def _live_row(node: Node, reach: Reach) -> list[Span | str]:
    hops = count_of(reach.answer.hops.get(node.id, 0), "hop")
    owner = text_of(node, "owner")
    whom = f"owner {owner}" if owner else _ran_by(node, reach) or "owner not known"
    return [
        word(node.kind),
        Span(label(node), style_of(node)),
        whom,
        hops,
        Span(_chain_text(node, reach), Style.DIM),
    ]


def _chain_text(node: Node, reach: Reach) -> str:
    """How it got there, the ends left out: `churn@champion ← churn/3 ← Training 9c04d2ab ← orders@71fe0c35`."""
    between = [reach.nodes[key] for key in find_chain(node.id, reach.ways)[1:-1] if key in reach.nodes]
    if between and between[0].kind in LIVE:
        return f"via {label(between[0])}"
    # Logged models are told by their run and version; naming each would fill the line.
    told = [label(step) for step in between if step.kind is not Kind.MODEL or len(between) == 1]
    if len(told) > MOST_IN_CHAIN:
        told = [*told[: MOST_IN_CHAIN - 2], f"… {len(told) - MOST_IN_CHAIN + 1} more …", told[-1]]
    return " ← ".join(told)


def _ran_by(node: Node, reach: Reach) -> str:
    """Who ran what made it: the nearest run on the way. Never called an owner."""
    for key in find_chain(node.id, reach.ways):
        step = reach.nodes.get(key)
        if step is not None and (who := text_of(step, "ran_by")):
            return f"ran by {who}"
    return ""


def _group_rows(nodes: Sequence[Node], reach: Reach) -> list[list[Span | str]]:
    """Nodes that share owner and distance, on one line."""
    groups: dict[tuple[str, int], list[Node]] = {}
    for node in nodes:
        owner = text_of(node, "owner")
        whom = f"owner {owner}" if owner else _ran_by(node, reach)
        groups.setdefault((whom, reach.answer.hops.get(node.id, 0)), []).append(node)
    return [
        [Span(joined([label(node) for node in group], most=6), Style.MODEL), whom, count_of(hops, "hop")]
        for (whom, hops), group in groups.items()
    ]


def _render_rest(reach: Reach) -> Iterator[Line]:
    counts = reach.answer.counts
    shown = {Kind.EVALUATION: "evaluation", Kind.RUN: "run", Kind.DATASET: "dataset"}
    own = [node.kind for node in root_nodes(reach.answer)]
    rest = [
        count_of(number, noun)
        for kind, noun in shown.items()
        if (number := counts.get(kind, 0) - own.count(kind)) > 0
    ]
    if rest:
        yield line(Span(f"on the way: {', '.join(rest)}", Style.DIM))


def _render_gap_lines(answer: Answer) -> Iterator[Line]:
    """With an answer in hand, a gap is one line and names the command that says more."""
    if not answer.gaps:
        return
    yield line(Span("NOT KNOWN", Style.HEAD))
    shown = answer.gaps if len(answer.gaps) <= MOST_GAPS else first_of_each(answer.gaps)
    for gap in shown:
        yield line("  ", Span(f"{gap.message} (lineage-graph doctor {gap.code})", Style.GAP))
    if len(shown) < len(answer.gaps):
        left = len(answer.gaps) - len(shown)
        yield line("  ", Span(f"and {left:,} more like these: lineage-graph doctor", Style.DIM))


def _render_next(reach: Reach) -> Iterator[Line]:
    ref = quote_shell(reach.answer.roots[0].ref) if reach.answer.roots else "REF"
    targets = reach.live or reach.pointers or reach.idle or reach.unregistered
    if targets:
        yield line(f"next: lineage-graph path {ref} {quote_shell(label(targets[0]))} · -o csv for all rows")
    else:
        yield line(f"next: lineage-graph doctor · lineage-graph show {ref} -v")
