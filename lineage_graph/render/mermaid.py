"""Mermaid flowcharts (https://mermaid.js.org/syntax/flowchart.html)."""

from __future__ import annotations

import re

from lineage_graph.query.answer import Answer
from lineage_graph.render.diagrams import Box, arrows, boxes
from lineage_graph.render.labels import FILLS, Family
from lineage_graph.render.verdicts import cut_text

# Everything else becomes an entity: quotes end a label, `%%{` begins a directive anywhere in the text, `<` HTML.
_UNSAFE = re.compile(r"[^\w .,/@+=-]", re.ASCII)

_SHAPES = {
    Family.DATA: ('[("', '")]'),
    Family.RUN: ('["', '"]'),
    Family.MODEL: ('(["', '"])'),
    Family.SERVING: ('[["', '"]]'),
    Family.EVALUATION: ('{{"', '"}}'),
    Family.GROUP: ('("', '")'),
}


def escape(text: str) -> str:
    """A label without anything that Mermaid would read.

    >>> escape('a"]; click n1')
    'a#34;#93;#59; click n1'
    """
    return _UNSAFE.sub(lambda match: match[0] if ord(match[0]) > 0xA0 else f"#{ord(match[0])};", text)


def render_mermaid(answer: Answer) -> str:
    """The answer as a flowchart, left to right as data flows."""
    shown = boxes(answer)
    lines = [*_render_title(answer), "flowchart LR", *(f"  {_render_box(box)}" for box in shown)]
    for arrow in arrows(answer, shown):
        shaft = "-.->" if arrow.dashed else "-->"
        lines.append(f'  {arrow.src} {shaft}|"{escape(arrow.label)}"| {arrow.dst}')
    used = dict.fromkeys(box.family for box in shown)
    lines.extend(
        f"  classDef {family.value} fill:{FILLS[family][0]},stroke:{FILLS[family][1]},color:#111"
        for family in used
    )
    if any(box.gap for box in shown):
        lines.append("  classDef gap stroke:#777,stroke-dasharray:4 3")
    return "\n".join(lines)


def _render_title(answer: Answer) -> list[str]:
    """A picture goes from hand to hand without the words around it: a title (https://mermaid.js.org/config/configuration.html)."""
    said = cut_text(answer)
    return ["---", f'title: "{said}"', "---"] if said else []


def _render_box(box: Box) -> str:
    left, right = _SHAPES[box.family]
    text = "<br>".join(escape(part) for part in (box.kind, box.label, box.mark) if part)
    return f"{box.key}{left}{text}{right}:::{box.family.value}" + (
        f"\n  class {box.key} gap" if box.gap else ""
    )
