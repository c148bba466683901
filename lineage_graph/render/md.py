"""Markdown (GitHub's: https://github.github.com/gfm/), with the picture as Mermaid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage_graph.graph import State
from lineage_graph.query.answer import Answer
from lineage_graph.render.labels import detail, label, word
from lineage_graph.render.mermaid import render_mermaid
from lineage_graph.render.notes import render_limits
from lineage_graph.render.text import clean, count_of, paint
from lineage_graph.render.verdicts import asked, verdict_text

MOST_DRAWN = 200
BAR = "\\|"


def code(text: object) -> str:
    """Foreign text as a code span, which no HTML, link or mention can leave.

    >>> code("@all"), code("x`y")
    ('`@all`', '`` x`y ``')
    """
    plain = clean(text)
    if not plain.strip():
        return ""
    longest = max((len(run) for run in _runs_of(plain, "`")), default=0)
    fence, pad = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _runs_of(text: str, char: str) -> Iterator[str]:
    return (part for part in "".join(c if c == char else " " for c in text).split(" ") if part)


def render_md(answer: Answer) -> str:
    """The answer as a document: verdict, gaps first, picture, nodes, links."""
    parts = [
        f"# {answer.command}" + (f": {code(asked(answer))}" if asked(answer) else ""),
        f"**{clean(verdict_text(answer))}**",
    ]
    if answer.gaps:
        parts += ["## Not known", "\n".join(_render_gaps(answer))]
    if answer.possible:
        hints = (
            (word(hint.node.kind), code(label(hint.node)), code(hint.why), hint.rule)
            for hint in answer.possible
        )
        parts += ["## Possible", table(("kind", "name", "why", "rule"), hints)]
    if 1 < len(answer.nodes) <= MOST_DRAWN:
        parts += ["## Picture", f"```mermaid\n{render_mermaid(answer)}\n```"]
    nodes = (
        (
            answer.hops.get(node.id, ""),
            word(node.kind),
            code(label(node)),
            _state(node.state),
            code(detail(node)),
            code(node.id),
        )
        for node in answer.nodes
    )
    parts += ["## Nodes", table(("hops", "kind", "name", "state", "detail", "id"), nodes)]
    if answer.edges:
        parts += ["## Links", _render_edges(answer)]
    parts += [f"> {text}" for text in paint(render_limits(answer)).split("\n") if text]
    return "\n\n".join(parts)


def _state(state: State) -> str:
    return "" if state is State.LIVE else state.value


def _render_gaps(answer: Answer) -> Iterator[str]:
    known = {id: label(node) for id, node in answer.known.items()}
    for gap in answer.gaps:
        yield f"- {code(known.get(gap.node, gap.node))}: {code(gap.message)} ({gap.code})"
        yield from (f"  - {code(text.strip())}" for text in gap.fix.split("\n") if text.strip())


def _render_edges(answer: Answer) -> str:
    known = {node.id: label(node) for node in answer.nodes}
    rows = (
        (
            code(known.get(edge.src, edge.src)),
            edge.type,
            code(known.get(edge.dst, edge.dst)),
            edge.evidence,
            code(edge.rule),
            code(", ".join(edge.records)),
        )
        for edge in answer.edges
    )
    return f"{count_of(len(answer.edges), 'link')}.\n\n" + table(
        ("from", "type", "to", "evidence", "rule", "records"), rows
    )


def table(header: Sequence[str], rows: Iterator[tuple[object, ...]]) -> str:
    """A table; the cells are ours or made by `code`. A pipe ends a cell even in a code span."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines.extend(f"| {' | '.join(str(cell).replace('|', BAR) for cell in row)} |" for row in rows)
    return "\n".join(lines)
