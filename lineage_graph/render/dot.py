"""Graphviz DOT (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from lineage_graph.query.answer import Answer
from lineage_graph.render.diagrams import Box, arrows, boxes
from lineage_graph.render.labels import FILLS, Family
from lineage_graph.render.verdicts import cut_text

_SHAPES = {
    Family.DATA: "cylinder",
    Family.RUN: "box",
    Family.MODEL: "ellipse",
    Family.SERVING: "component",
    Family.EVALUATION: "hexagon",
    Family.GROUP: "note",
}


def quote(text: str) -> str:
    r"""A quoted string: a backslash would begin an escape such as \N, a quote end it.

    >>> quote('a"b\\N')
    '"a\\"b\\\\N"'
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def render_dot(answer: Answer) -> str:
    """The answer as a directed graph, left to right as data flows."""
    shown = boxes(answer)
    lines = ["digraph lineage {", "  rankdir=LR;", '  node [fontname="sans-serif", style=filled];']
    if said := cut_text(answer):
        lines.append(f"  label={quote(said)};")
    lines.extend(f"  {box.key} [{_render_box(box)}];" for box in shown)
    for arrow in arrows(answer, shown):
        style = ", style=dashed" if arrow.dashed else ""
        lines.append(f"  {arrow.src} -> {arrow.dst} [label={quote(arrow.label)}{style}];")
    return "\n".join([*lines, "}"])


def _render_box(box: Box) -> str:
    fill, stroke = FILLS[box.family]
    # The line break is DOT's own; each part is quoted first.
    text = "\\n".join(quote(part)[1:-1] for part in (box.kind, box.label, box.mark) if part)
    style = "filled,dashed" if box.gap else "filled"
    return (
        f'label="{text}", shape={_SHAPES[box.family]}, fillcolor="{fill}", color="{stroke}", style="{style}"'
    )
