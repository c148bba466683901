"""Which kind of something or nothing an answer is, and the gaps that say so.

"No dependents", "not captured" and "could not be read" are three different answers. Nothing that is not captured or not readable
goes without a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lineage_graph.graph import Edge, EdgeType, Kind, Node
from lineage_graph.query.answer import Gap, GraphState, Possible, Verdict
from lineage_graph.query.gaps import (
    NO_HINTS,
    UNREADABLE,
    Hints,
    codes_of,
    concerns,
    inputs_line,
    loads_lines,
    missing_above,
    said_of,
    word_gap,
)
from lineage_graph.query.labels import label
from lineage_graph.query.reached import Reached
from lineage_graph.query.spelling import reference_of
from lineage_graph.stores.base import Direction

ENDS_THE_CHAIN = frozenset(
    {
        "no-pointer",
        "use-unknown",
        "run-not-finished",
        "run-missing",
        "not-observed",
        "unmatched",
        "reference-unresolved",
        "source-unreadable",
    }
)
"""Gaps of a node with nothing below it that explain why nothing is."""


def gaps_of(reached: Reached, graph: GraphState, hints: Hints = NO_HINTS) -> list[Gap]:
    """The gaps of all nodes and edges of an answer that concern its direction, by node."""
    gaps = [
        said_of(node, code, graph.origins, hints)
        for node in reached.nodes.values()
        if node.gaps or not node.records or node.state != "live"
        for code in codes_of(node)
        if concerns(code, reached.direction)
    ]
    said = {(gap.code, gap.node) for gap in gaps}
    for node in _unmatched(reached.edges, reached.nodes):
        if ("unmatched", node.id) not in said:
            gaps.append(word_gap("unmatched", node, hints))
            said.add(("unmatched", node.id))
    return gaps


def _unmatched(edges: Iterable[Edge], nodes: Mapping[str, Node]) -> Iterable[Node]:
    for edge in edges:
        if edge.rule == "unmatched":
            yield next(
                (nodes[end] for end in (edge.src, edge.dst) if nodes[end].kind is Kind.RUN), nodes[edge.dst]
            )


def judge(
    reached: Reached,
    gaps: list[Gap],
    possible: list[Possible],
    graph: GraphState,
    hints: Hints = NO_HINTS,
) -> tuple[Verdict, list[Gap]]:
    """The verdict, and the gaps with those added that it needs."""
    if reached.direction is Direction.UPSTREAM:
        return _judge_upstream(reached, gaps, graph, hints)
    return _judge_downstream(reached, gaps, possible, graph, hints)


def _judge_upstream(
    reached: Reached, gaps: list[Gap], graph: GraphState, hints: Hints
) -> tuple[Verdict, list[Gap]]:
    if any(reached.nodes[edge.src].kind is Kind.SOURCE for edge in reached.edges):
        return Verdict.FOUND, gaps
    # What is above a Source, or what no run made: there the chain is whole.
    open_roots = [id for id in reached.roots if reached.nodes[id].kind is not Kind.SOURCE]
    if not open_roots and not reached.others:
        return _nothing(reached, gaps, graph)
    marked = {gap.node for gap in gaps}
    has_above = _with_something_above(reached)
    for id, node in reached.nodes.items():
        if id not in has_above and id not in marked and node.kind is not Kind.SOURCE:
            gaps = [*gaps, said_of(node, missing_above(node), graph.origins, hints)]
    if any(gap.code in UNREADABLE for gap in gaps):
        return Verdict.UNREADABLE, gaps
    if not gaps:  # a cycle has no end that could be marked
        root = reached.nodes[open_roots[0] if open_roots else reached.roots[0]]
        gaps = [said_of(root, missing_above(root), graph.origins, hints)]
    return Verdict.NOT_CAPTURED, gaps


def _with_something_above(reached: Reached) -> set[str]:
    return {step.before.node for step in reached.walk[1]}


def _judge_downstream(
    reached: Reached, gaps: list[Gap], possible: list[Possible], graph: GraphState, hints: Hints
) -> tuple[Verdict, list[Gap]]:
    if reached.others or reached.edges:
        return Verdict.FOUND, gaps
    enders = _enders(reached)
    # A gap beside the answer was looked for because nothing is below.
    codes = {gap.code for gap in gaps if gap.code in enders or gap.node not in reached.nodes}
    if codes & UNREADABLE:
        return Verdict.UNREADABLE, gaps
    if codes:
        return Verdict.NOT_CAPTURED, gaps
    if possible:
        return Verdict.NOT_CAPTURED, [*gaps, *_gaps_of_possible(reached, possible, hints)]
    return _nothing(reached, gaps, graph)


def _enders(reached: Reached) -> frozenset[str]:
    """Which gaps explain that nothing is below: a column's use hangs on signatures, an evaluation's model is passed only on request."""
    extra = set()
    if any(reached.nodes[id].kind in (Kind.FEATURE, Kind.FEATURE_SET) for id in reached.roots):
        extra.add("signature-unreadable")
    if reached.options.include_evaluation:
        extra.add("evaluation-without-model")
    return ENDS_THE_CHAIN | extra


def _gaps_of_possible(reached: Reached, possible: Iterable[Possible], keys: Hints) -> Iterable[Gap]:
    """What is missing is that somebody says it: one gap a hint, closed by saying it."""
    root = reached.nodes[reached.roots[0]]
    for hint in possible:
        end = hint.node
        if hint.rule in ("model-uri", "run-reference"):
            code, verb, fix = "unmatched", "loaded", loads_lines(end, reference_of(root))
        elif end.kind is Kind.RUN:
            declared = keys.get(end.id, ())
            code, verb = "no-dataset", "read"
            fix = inputs_line(declared[:1]) if declared else word_gap(code, end).fix
        else:
            code, verb = "code-only-source", "come from"
            fix = word_gap(code, end).fix
        yield Gap(code, end.id, f"{label(end)} may have {verb} {label(root)}: {hint.why}", fix)


def _nothing(reached: Reached, gaps: list[Gap], graph: GraphState) -> tuple[Verdict, list[Gap]]:
    """A nothing that can be trusted only if all was read that could have said otherwise."""
    for id in reached.roots:
        node = reached.nodes[id]
        for origin in graph.origins:
            if not origin.complete and any(record.startswith(f"{origin.name}/") for record in node.records):
                message = f"nothing is known of {label(node)}, and {origin.name} was not read completely"
                fix = "lineage-graph status   # says what was skipped; then ingest again"
                return Verdict.UNREADABLE, [*gaps, Gap("source-unreadable", id, message, fix)]
    return Verdict.NONE, gaps


def which_model_below(reached: Reached, beside: Iterable[Edge], nodes: Mapping[str, Node]) -> Iterable[Node]:
    """Versions that name the run of a model and not the model: it may be the one that was asked about."""
    made_by = {edge.src for edge in beside if edge.type is EdgeType.PRODUCED and edge.dst in reached.roots}
    for edge in beside:
        if (
            edge.type is EdgeType.REGISTERED_AS
            and edge.src in made_by
            and "which-model" in nodes[edge.dst].gaps
        ):
            yield nodes[edge.dst]
