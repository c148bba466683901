"""What stands under every answer for people: what is not known, what is hinted at, what is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lineage_graph.graph import Node
from lineage_graph.query.answer import LIMIT, Answer, Verdict, rfc3339
from lineage_graph.query.labels import text_of
from lineage_graph.render.labels import label, word
from lineage_graph.render.text import Line, Span, Style, count_of, line
from lineage_graph.render.verdicts import cut_text

_YAML_KEY = re.compile(r"[A-Za-z_-]+:( |$)")
MOST_GROUPS = 8
MOST_ALIKE = 3
"""More than that are counted; `doctor` and the JSON have all."""


def render_notes(answer: Answer) -> Iterator[Line]:
    """Every note that applies."""
    yield from render_possible(answer)
    yield from render_gaps(answer)
    yield from render_limits(answer)


@dataclass(slots=True)
class Alike:
    """Gaps of one code that one fix closes."""

    code: str
    fix: str
    messages: list[str] = field(default_factory=list)
    """Each once: two models may have one name."""
    count: int = 0


def group_gaps(answer: Answer, *, by_fix: bool = True) -> list[Alike]:
    """Gaps that are closed alike, together; where nothing was found, those where the chain ends come first."""
    ends: set[str] = set()
    if answer.verdict is not Verdict.FOUND and answer.direction is not None:
        ends = {end.node.id for end in answer.ends}
    groups: dict[tuple[str, str], Alike] = {}
    for gap in sorted(answer.gaps, key=lambda gap: gap.node not in ends) if ends else answer.gaps:
        alike = groups.setdefault((gap.code, gap.fix if by_fix else ""), Alike(gap.code, gap.fix))
        alike.count += 1
        if gap.message not in alike.messages:
            alike.messages.append(gap.message)
    return list(groups.values())


def render_gaps(answer: Answer) -> Iterator[Line]:
    """What is not known, and how to close each; what is closed alike is told once."""
    if not answer.gaps:
        return
    yield line(Span("NOT KNOWN", Style.HEAD))
    groups = group_gaps(answer)
    if len(groups) > MOST_GROUPS:
        groups = group_gaps(answer, by_fix=False)
    for alike in groups:
        for message in alike.messages[:MOST_ALIKE]:
            yield line("  ", Span("? ", Style.FINDING), Span(message, Style.GAP), f"  ({alike.code})")
        left = alike.count - len(alike.messages[:MOST_ALIKE])
        if left > 0:
            yield line(
                "    ", Span(f"and {left:,} more like that: lineage-graph doctor {alike.code}", Style.DIM)
            )
        yield from render_fix(alike.fix)


def render_gaps_briefly(answer: Answer) -> Iterator[Line]:
    """With an answer in hand, a code is one line and names the command that says more."""
    if not answer.gaps:
        return
    yield line(Span("NOT KNOWN", Style.HEAD))
    for alike in group_gaps(answer, by_fix=False):
        more = f", and {alike.count - 1:,} more like that" if alike.count > 1 else ""
        yield line("  ", Span(f"{alike.messages[0]}{more} (lineage-graph doctor {alike.code})", Style.GAP))


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
        yield line(Span(f"not shown: {left} ({LIMIT})", Style.FINDING))
    if answer.command == "path" and cut.why == LIMIT:
        yield line(Span(f"there are more paths: these are the shortest ({LIMIT})", Style.FINDING))
    if beyond := cut_text(answer):
        yield line(Span(beyond, Style.FINDING))
    hidden = [f"{number:,} {state}" for state, number in sorted(answer.hidden.items()) if number]
    if hidden:
        yield line(Span(f"hidden ends: {', '.join(hidden)}", Style.DIM))
    for origin in answer.graph.origins:
        if not origin.complete:
            since = f" since {rfc3339(origin.read_at)}" if origin.read_at else ""
            text = f"incomplete: {origin.name} is being read, or was not read whole{since}; there may be more"
            yield line(Span(text, Style.FINDING))


def render_links(answer: Answer) -> Iterator[Line]:
    """Why each link was made, by evidence, rule and the source's own record, and which were not made (`-v`)."""
    yield from _render_made(answer)
    rejected = [node for node in answer.nodes if _candidates(node)]
    if rejected:
        yield line(Span("NOT LINKED", Style.HEAD))
    for node in rejected:
        said = text_of(node, "source") or text_of(node, "model_uuid")
        why = f"  {said or 'its record'} names none of them alone"
        yield line("  ", f"{', '.join(_candidates(node))} to {label(node)}", Span(why, Style.DIM))


def _candidates(node: Node) -> Sequence[str]:
    found = node.properties.get("candidates")
    return [str(each) for each in found] if isinstance(found, list | tuple) else ()


def _render_made(answer: Answer) -> Iterator[Line]:
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
