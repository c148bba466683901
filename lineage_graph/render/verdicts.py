"""The first line of every answer: what it is, and which kind of nothing."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.graph import Kind, Node
from lineage_graph.query.answer import Answer, Verdict
from lineage_graph.render.labels import label, style_of, word
from lineage_graph.render.text import Line, Span, Style, count_of, joined, line

VERDICT_STYLES: Mapping[Verdict, Style] = {
    Verdict.FOUND: Style.HEAD,
    Verdict.NONE: Style.HEAD,
    Verdict.NOT_CAPTURED: Style.FINDING,
    Verdict.UNREADABLE: Style.FINDING,
}

NOTHING_ABOVE: Mapping[Verdict, str] = {
    Verdict.UNREADABLE: "origins COULD NOT BE READ: something on the way is unreadable",
    Verdict.NOT_CAPTURED: "origins NOT CAPTURED: nothing that was recorded leads to a data source",
    Verdict.NONE: "NO ORIGINS: nothing lies above it, and nothing is missing",
}
NOTHING_BELOW: Mapping[Verdict, str] = {
    Verdict.UNREADABLE: "dependents COULD NOT BE READ: something on the way is unreadable",
    Verdict.NOT_CAPTURED: "dependents NOT CAPTURED: nothing is recorded below it, and there may be some",
    Verdict.NONE: "NO DEPENDENTS: nothing lies below it, and nothing is missing",
}

COUNTED = (
    Kind.CONSUMER,
    Kind.DEPLOYMENT,
    Kind.ALIAS,
    Kind.MODEL_VERSION,
    Kind.MODEL,
    Kind.RUN,
    Kind.EVALUATION,
)


def root_nodes(answer: Answer) -> list[Node]:
    """The nodes that the question was about."""
    roots = {root.id for root in answer.roots}
    return [node for node in answer.nodes if node.id in roots]


def root_names(answer: Answer) -> str:
    """How to call the roots: by their labels, by their ids where a filter hides them."""
    shown = {node.id: label(node) for node in answer.nodes}
    return joined(list(dict.fromkeys(shown.get(root.id, root.ref) for root in answer.roots)), most=3)


def asked(answer: Answer) -> str:
    """What the question was about: its roots, or the text that was searched for."""
    return root_names(answer) or answer.sought


def headline(answer: Answer) -> Line:
    """The answer in one line."""
    name = Span(root_names(answer) or answer.command, Style.HEAD)
    said = Span(verdict_text(answer), VERDICT_STYLES[answer.verdict])
    tail = f" · {count_of(len(answer.gaps), 'gap')}" if answer.gaps else ""
    return line(name, "  ", said, Span(tail, Style.GAP))


def verdict_text(answer: Answer) -> str:
    """The verdict in words."""
    if answer.command == "search":
        return count_of(sum(answer.counts.values()), "match", "matches")
    if answer.command == "show":
        return "is " + joined([word(node.kind) for node in root_nodes(answer)])
    if answer.command == "path":
        return _path_text(answer)
    if answer.verdict is not Verdict.FOUND:
        return (NOTHING_ABOVE if answer.direction == "upstream" else NOTHING_BELOW)[answer.verdict]
    return within(answer) + (_origins_text(answer) if answer.direction == "upstream" else _reach_text(answer))


def within(answer: Answer) -> str:
    """How far a cut answer looked, to stand before what it says; empty for a whole one."""
    return "" if answer.cut_at is None else f"within {count_of(answer.cut_at, 'hop')}: "


def cut_text(answer: Answer) -> str:
    """What the depth left out and how to see it; empty where it left out nothing."""
    if answer.cut_at is None:
        return ""
    if answer.command != "path":
        return word_cut(answer.cut_at)
    return word_cut(answer.cut_at, "there are longer paths" if answer.paths else "there is a longer path")


def word_cut(depth: int, beyond: str = "more lies beyond") -> str:
    """The words for what a depth left out.

    >>> word_cut(3)
    'cut at depth 3: more lies beyond; ask without --depth, or with a greater one'
    """
    return f"cut at depth {depth}: {beyond}; ask without --depth, or with a greater one"


def _path_text(answer: Answer) -> str:
    if not answer.paths and answer.cut_at is not None:
        return f"NO PATH of at most {count_of(answer.cut_at, 'hop')}"
    if not answer.paths:
        return "NO PATH" + (", and something on the way is not known" if answer.gaps else " between them")
    shortest = min(len(path.nodes) for path in answer.paths) - 1
    return f"{count_of(len(answer.paths), 'path')}, the shortest of {count_of(shortest, 'hop')}"


def _origins_text(answer: Answer) -> str:
    sources = answer.counts.get(Kind.SOURCE, 0) - _roots_of(answer, Kind.SOURCE)
    through = [
        count_of(answer.counts[kind], word(kind))
        for kind in (Kind.DATASET, Kind.RUN)
        if answer.counts.get(kind)
    ]
    return f"comes from {count_of(sources, 'source')}" + (f" through {', '.join(through)}" if through else "")


def _reach_text(answer: Answer) -> str:
    reached = [
        count_of(number, word(kind), "aliases" if kind is Kind.ALIAS else "")
        for kind in COUNTED
        if (number := answer.counts.get(kind, 0) - _roots_of(answer, kind)) > 0
    ]
    return "reaches " + (
        ", ".join(reached) or count_of(sum(answer.counts.values()) - len(answer.roots), "node")
    )


def _roots_of(answer: Answer, kind: Kind) -> int:
    return sum(node.kind is kind for node in root_nodes(answer))


def named(node: Node) -> Span:
    """The node's label in its colour."""
    return Span(label(node), style_of(node))
