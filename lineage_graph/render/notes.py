"""What stands under every answer for people: what is not known, what is hinted at, what is not shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lineage_graph.query.answer import Answer, Gap, rfc3339
from lineage_graph.render.labels import label, word
from lineage_graph.render.text import Line, Span, Style, count_of, line

_YAML_KEY = re.compile(r"[A-Za-z_-]+:( |$)")
MOST_GAPS = 12
"""More than that are counted by code; the JSON has all."""


def render_notes(answer: Answer) -> Iterator[Line]:
    """Every note that applies."""
    yield from render_possible(answer)
    yield from render_gaps(answer)
    yield from render_limits(answer)


def render_gaps(answer: Answer) -> Iterator[Line]:
    """What is not known, and how to close each."""
    if not answer.gaps:
        return
    yield line(Span("NOT KNOWN", Style.HEAD))
    shown = answer.gaps if len(answer.gaps) <= MOST_GAPS else first_of_each(answer.gaps)
    for gap in shown:
        yield from render_gap(gap)
    left = Counter(gap.code for gap in answer.gaps) - Counter(gap.code for gap in shown)
    for code, number in sorted(left.items()):
        yield line("  ", Span(f"and {number:,} more like that: lineage-graph doctor {code}", Style.DIM))


def first_of_each(gaps: tuple[Gap, ...]) -> list[Gap]:
    """One gap of each code, for a screen that counts the rest."""
    return list({gap.code: gap for gap in reversed(gaps)}.values())[::-1]


def render_gap(gap: Gap) -> Iterator[Line]:
    """One gap: what, where, how to close it."""
    yield line("  ", Span("? ", Style.FINDING), Span(gap.message, Style.GAP), f"  ({gap.code})")
    yield from render_fix(gap.fix)


def render_fix(fix: str) -> Iterator[Line]:
    """What to paste, and where."""
    if not fix.strip():
        return
    yield line("      ", Span(f"{where_to_paste(fix)}:", Style.DIM))
    for text in fix.split("\n"):
        yield line("        ", text)


def where_to_paste(fix: str) -> str:
    """Where the lines of a fix belong, told from how they begin.

    >>> where_to_paste("inputs: [params.path]"), where_to_paste("--root churn=DIR")
    ('in lineage.yaml', 'option of lineage-graph ingest mlflow')
    """
    first = fix.lstrip().split("\n", 1)[0]
    if first.startswith("--"):
        return "option of lineage-graph ingest mlflow"
    if first.startswith(("lineage-graph ", "mlflow runs ")):
        return "on the command line"
    return "in lineage.yaml" if _YAML_KEY.match(first) else "in the training code"


def render_possible(answer: Answer) -> Iterator[Line]:
    """What is hinted at."""
    if not answer.possible:
        return
    yield line(Span("POSSIBLE", Style.HEAD), "  hinted at, not said; --include-possible follows it")
    for hint in answer.possible:
        name = Span(f"{word(hint.node.kind)} {label(hint.node)}", Style.GAP)
        yield line("  ", name, f"  {hint.why}", Span(f"  ({hint.rule})", Style.DIM))


def render_limits(answer: Answer) -> Iterator[Line]:
    """What was left out, and what may be missing."""
    for note in answer.notes:
        yield line(Span(note, Style.DIM))
    cut = answer.truncated
    if cut.nodes or cut.edges:
        left = f"{count_of(cut.nodes, 'node')} and {count_of(cut.edges, 'edge')}"
        yield line(Span(f"not shown: {left}" + (f" ({cut.why})" if cut.why else ""), Style.FINDING))
    hidden = [f"{number:,} {state}" for state, number in sorted(answer.hidden.items()) if number]
    if hidden:
        yield line(Span(f"hidden ends: {', '.join(hidden)}", Style.DIM))
    for origin in answer.graph.origins:
        if not origin.complete:
            since = f" since {rfc3339(origin.read_at)}" if origin.read_at else ""
            text = f"incomplete: {origin.name} is being read, or was not read to its end{since}; there may be more"
            yield line(Span(text, Style.FINDING))


def render_links(answer: Answer) -> Iterator[Line]:
    """Why each link was made: evidence, rule and the source's own record (`-v`)."""
    if not answer.edges:
        return
    yield line(Span("LINKS", Style.HEAD))
    known = {node.id: label(node) for node in answer.nodes}
    for edge in answer.edges:
        ends = f"{known.get(edge.src, edge.src)} {edge.type} {known.get(edge.dst, edge.dst)}"
        records = ", ".join(edge.records) or "no record"
        role = f", role {edge.properties['role']}" if edge.properties.get("role") else ""
        yield line(
            "  ", ends, Span(f"  {edge.evidence} by rule {edge.rule or '-'}{role}; {records}", Style.DIM)
        )
