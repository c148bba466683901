"""The table: a verdict, a row a node, and the notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage_graph.graph import Edge, Node, State
from lineage_graph.query.answer import Answer
from lineage_graph.render.ends import find_ways, render_ends
from lineage_graph.render.labels import detail, label, word
from lineage_graph.render.notes import render_links, render_notes
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, columns, count_of, line, paint
from lineage_graph.render.verdicts import headline, named

HEADER = ("HOPS", "KIND", "NAME", "EVIDENCE", "DETAIL")
FOUND_HEADER = ("KIND", "NAME", "DETAIL", "ID")
"""Of a search, which asks how far nothing is from anything."""


def render_table(answer: Answer, screen: Screen = PIPE) -> str:
    """An answer for people: on a terminal folded, on a pipe whole."""
    shown = answer.nodes[: screen.fold] if screen.fold else answer.nodes
    parts = [paint([headline(answer)], screen)]
    if shown:
        parts.append(_render_rows(answer, shown, screen))
    folded = len(answer.nodes) - len(shown)
    parts.append(paint(_render_below(answer, folded, screen), screen))
    return "\n".join(part for part in parts if part)


def _render_below(answer: Answer, folded: int, screen: Screen) -> Iterator[Line]:
    if folded:
        more = f"… {count_of(folded, 'row')} more: folded on a terminal; -o csv, -o json or a pipe have all"
        yield line(Span(more, Style.FINDING))
    yield from _render_paths(answer)
    yield from render_ends(answer)
    if screen.verbose:
        yield from render_links(answer)
    yield from render_notes(answer)


def _render_rows(answer: Answer, nodes: Sequence[Node], screen: Screen) -> str:
    ways = find_ways(answer)
    header = FOUND_HEADER if answer.command == "search" else HEADER
    rows = [_row(node, answer, ways.get(node.id)) for node in nodes]
    if answer.command == "search":
        rows = [
            [row[1], row[2], row[4], Span(node.id, Style.DIM)] for row, node in zip(rows, nodes, strict=True)
        ]
    if screen.terminal:
        from lineage_graph.render.terminal import render_grid

        return render_grid(header, rows, screen)
    return paint(columns([header, *rows]), screen)


def _row(node: Node, answer: Answer, way: Edge | None) -> list[Span]:
    hops = str(answer.hops[node.id]) if node.id in answer.hops else ""
    state = "" if node.state is State.LIVE else f"{node.state.upper()} "
    gaps = f"gap: {', '.join(node.gaps)}" if node.gaps else ""
    facts = state + " · ".join(fact for fact in (detail(node), gaps) if fact)
    evidence = f"{way.evidence} ({way.rule})" if way and way.rule else (way.evidence.value if way else "")
    return [
        Span(hops or "-"),
        Span(word(node.kind)),
        named(node),
        Span(evidence or "-", Style.DIM),
        Span(facts, Style.FINDING if state else Style.PLAIN),
    ]


def _render_paths(answer: Answer) -> Iterator[Line]:
    if not answer.paths or answer.command != "path":
        return
    known = {node.id: label(node) for node in answer.nodes}
    for number, path in enumerate(answer.paths, 1):
        yield line(Span(f"PATH {number}", Style.HEAD))
        yield line("  ", known.get(path.nodes[0], path.nodes[0]))
        for node, at in zip(path.nodes[1:], path.edges):
            edge = answer.edges[at]
            why = f"  {edge.evidence}, {edge.rule or '-'}"
            yield line("  ", f"→ {edge.type} → ", known.get(node, node), Span(why, Style.DIM))
