"""The picture as static SVG: no script, no style of its own, so that it fits a page and a notebook alike."""

from __future__ import annotations

import html
from collections.abc import Sequence

from lineage_graph.graph import State
from lineage_graph.query.answer import Answer
from lineage_graph.render.diagrams import Arrow, Box, arrows, boxes
from lineage_graph.render.labels import FILLS, Family
from lineage_graph.render.layout import Place, lay_out
from lineage_graph.render.text import clean

BOX_WIDTH, BOX_HEIGHT = 190, 50
STEP_X, STEP_Y = 260, 72
MARGIN = 16
MOST_DRAWN = 150
"""More boxes than that are no picture; the nearest are drawn and the rest is counted."""
LETTERS = 27


def escape(text: object) -> str:
    """Foreign text as text of HTML or of an attribute."""
    return html.escape(clean(text), quote=True)


def render_svg(answer: Answer) -> str:
    """The nearest nodes and the edges between them, left to right as data flows."""
    shown = boxes(answer)[:MOST_DRAWN]
    drawn = list(arrows(answer, shown))
    numbers = {box.key: number for number, box in enumerate(shown)}
    ends = [(numbers[arrow.src], numbers[arrow.dst]) for arrow in drawn]
    layout = lay_out(len(shown), ends)
    width = round(max(layout.ranks, 1) * STEP_X - (STEP_X - BOX_WIDTH) + 2 * MARGIN)
    height = round(max(layout.rows, 1) * STEP_Y - (STEP_Y - BOX_HEIGHT) + 2 * MARGIN)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="lineage graph" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12">',
        '<defs><marker id="lg-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#666"/></marker></defs>',
        *(_render_arrow(arrow, layout.routes[end]) for arrow, end in zip(drawn, ends)),
        *(_render_box(box, place) for box, place in zip(shown, layout.places)),
        "</svg>",
    ]
    return "\n".join(parts)


def _corner(place: Place) -> tuple[float, float]:
    return MARGIN + place.rank * STEP_X, MARGIN + place.row * STEP_Y


def _render_arrow(arrow: Arrow, route: Sequence[Place]) -> str:
    dash = ' stroke-dasharray="5 4"' if arrow.dashed else ""
    title = f"{arrow.label}, rule {arrow.edge.rule or '-'}; {', '.join(arrow.edge.records)}"
    return (
        f'<path d="{_curve(route)}" fill="none" stroke="#666" stroke-width="1.2"{dash} marker-end="url(#lg-tip)">'
        f"<title>{escape(title)}</title></path>"
    )


def _curve(route: Sequence[Place]) -> str:
    """From the right side of the first box through the bends to the left side of the last; a curve for each step."""
    turned = route[0].rank > route[-1].rank
    points = [_corner(place) for place in route]
    out, into = (0, BOX_WIDTH) if turned else (BOX_WIDTH, 0)
    half = BOX_HEIGHT / 2
    x, y = points[0][0] + out, points[0][1] + half
    path = [f"M{x:g} {y:g}"]
    for left, top in points[1:-1]:
        path.append(_bend(x, y, left + into, top + half))
        x, y = left + out, top + half
        path.append(f"L{x:g} {y:g}")
    return "".join([*path, _bend(x, y, points[-1][0] + into, points[-1][1] + half)])


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"


def _render_box(box: Box, place: Place) -> str:
    x, y = _corner(place)
    fill, stroke = FILLS[box.family]
    colours = f'fill="{fill}" stroke="{"#777" if box.gap else stroke}"' + (
        ' stroke-dasharray="4 3"' if box.gap else ""
    )
    state = "" if box.node.state is State.LIVE else box.node.state.value
    second = " · ".join(part for part in (box.kind, state, "? gap" if box.gap else "") if part)
    return (
        f"<g><title>{escape(f'{box.kind} {box.label} {box.mark} ({box.id})')}</title>"
        f"{_outline(box.family, x, y, colours)}"
        f'<text x="{x + BOX_WIDTH / 2:g}" y="{y + 21:g}" text-anchor="middle" fill="#111">{escape(_short(box.label))}</text>'
        f'<text x="{x + BOX_WIDTH / 2:g}" y="{y + 38:g}" text-anchor="middle" fill="#555" font-size="10">'
        f"{escape(_short(second, LETTERS + 6))}</text></g>"
    )


def _outline(family: Family, x: float, y: float, colours: str) -> str:
    wide, high = BOX_WIDTH, BOX_HEIGHT
    if family is Family.EVALUATION:
        points = f"{x + 12},{y} {x + wide - 12},{y} {x + wide},{y + high / 2} {x + wide - 12},{y + high} {x + 12},{y + high} {x},{y + high / 2}"
        return f'<polygon points="{points}" {colours}/>'
    round_by = {Family.DATA: 10, Family.MODEL: high / 2, Family.SERVING: 0, Family.GROUP: 4}.get(family, 2)
    box = f'<rect x="{x:g}" y="{y:g}" width="{wide}" height="{high}" rx="{round_by:g}" {colours}/>'
    if family is Family.DATA:
        box += f'<path d="M{x:g} {y + 9:g}h{wide}" stroke="{FILLS[family][1]}" stroke-width="0.6"/>'
    if family is Family.SERVING:
        box += (
            f'<path d="M{x + 6:g} {y:g}v{high}M{x + wide - 6:g} {y:g}v{high}" stroke="{FILLS[family][1]}"/>'
        )
    return box


def _short(text: str, most: int = LETTERS) -> str:
    """A long label keeps its beginning and its end: names often differ in the last letters. The title has it whole."""
    return text if len(text) <= most else f"{text[: most - 10]}…{text[-9:]}"
