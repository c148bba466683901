"""HTML: one self-contained file, and the fragment that a notebook shows. No script; nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence

from lineage_graph.graph import State
from lineage_graph.query.answer import Answer, Verdict, rfc3339
from lineage_graph.render.labels import FILLS, Family, detail, label, word
from lineage_graph.render.notes import render_limits
from lineage_graph.render.svg import MOST_DRAWN, escape, render_svg
from lineage_graph.render.text import count_of, paint
from lineage_graph.render.verdicts import asked, root_names, verdict_text

STYLE = """
:root { color-scheme: light; }
body { font: 14px/1.45 system-ui, sans-serif; color: #111; background: #fff; margin: 2rem auto; max-width: 1500px; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.verdict { font-size: 1.05rem; font-weight: 600; } .bad { color: #b00020; }
.picture { overflow-x: auto; border: 1px solid #ddd; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #e5e5e5; overflow-wrap: anywhere; }
th { font-weight: 600; border-bottom-color: #999; white-space: nowrap; } td.number { text-align: right; } td.word { white-space: nowrap; }
pre { background: #f6f6f6; border: 1px solid #ddd; padding: .5rem; white-space: pre-wrap; margin: .2rem 0; } .gap { border-left: 3px dashed #777; padding-left: .7rem; margin: .6rem 0; }
.key span { display: inline-block; padding: 0 .5rem; margin-right: .4rem; border: 1px solid; border-radius: 3px; }
.small { color: #555; font-size: .85rem; } .id { font-family: ui-monospace, monospace; font-size: .8rem; color: #555; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } .picture { overflow: visible; border: 0; } .picture svg { max-width: 100%; height: auto; } tr, .gap, pre { break-inside: avoid; } thead { display: table-header-group; } h2 { break-after: avoid; } }
"""


def _hash_of(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def render_html(answer: Answer) -> str:
    """The whole answer as a page: verdict, gaps first, picture, every node, every link."""
    title = f"{answer.command}: {asked(answer)}"
    # Only our own style sheet is allowed, by its hash; whatever crawled text might become, it can't run or load.
    policy = f"default-src 'none'; style-src 'sha256-{_hash_of(STYLE)}'; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
            *_render_body(answer),
            "</body></html>",
        ]
    )


def render_fragment(answer: Answer) -> str:
    """The verdict and the picture, for a notebook's cell: no style sheet, so that the page around it stays as it is."""
    colour = "#111" if answer.verdict in {Verdict.FOUND, Verdict.NONE} else "#b00020"
    head = f'<b>{escape(root_names(answer))}</b> <span style="color:{colour}">{escape(verdict_text(answer))}</span>'
    gaps = f" · {count_of(len(answer.gaps), 'gap')}" if answer.gaps else ""
    return f'<div><div>{head}{gaps}</div><div style="overflow-x:auto">{render_svg(answer)}</div>{_render_left_out(answer)}</div>'


def _render_body(answer: Answer) -> Iterator[str]:
    bad = "" if answer.verdict in {Verdict.FOUND, Verdict.NONE} else " bad"
    yield f"<h1>{escape(answer.command)}: {escape(asked(answer))}</h1>"
    yield f'<p class="verdict{bad}">{escape(verdict_text(answer))} <span class="small">({answer.verdict.value})</span></p>'
    for text in paint(render_limits(answer)).split("\n"):
        if text:
            yield f'<p class="bad">{escape(text)}</p>'
    if answer.gaps:
        yield f"<h2>Not known ({len(answer.gaps)})</h2>"
        yield from _render_gaps(answer)
    if answer.possible:
        yield "<h2>Possible: hinted at, not said</h2>"
        hints = ((word(hint.node.kind), label(hint.node), hint.why, hint.rule) for hint in answer.possible)
        yield from _render_rows(("kind", "name", "why", "rule"), hints)
    if answer.nodes:
        yield f'<h2>Picture</h2>{_render_key()}<div class="picture">{render_svg(answer)}</div>{_render_left_out(answer)}'
    yield f"<h2>Nodes ({len(answer.nodes)})</h2>"
    yield from _render_nodes(answer)
    if answer.edges:
        yield f"<h2>Links ({len(answer.edges)})</h2>"
        yield from _render_edges(answer)
    yield from _render_origins(answer)


def _render_key() -> str:
    boxes = "".join(_render_key_box(family) for family in Family if family is not Family.GROUP)
    dashes = "<span>dashed box: a gap</span><span>dashed line: inferred or possible</span>"
    return f'<p class="key small">{boxes}{dashes}</p>'


def _render_key_box(family: Family) -> str:
    fill, stroke = FILLS[family]
    swatch = f'<svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" fill="{fill}" stroke="{stroke}"/></svg>'
    return f"<span>{swatch} {family.value}</span>"


def _render_left_out(answer: Answer) -> str:
    left = len(answer.nodes) - MOST_DRAWN
    return (
        f'<p class="small">The picture has the nearest {MOST_DRAWN}; {left:,} more are not drawn.</p>'
        if left > 0
        else ""
    )


def _render_gaps(answer: Answer) -> Iterator[str]:
    for gap in answer.gaps:
        yield f'<div class="gap">? {escape(gap.message)} <span class="small">({escape(gap.code)})</span>'
        if gap.fix:
            yield f"<pre>{'&#10;'.join(escape(text) for text in gap.fix.split(chr(10)))}</pre>"
        yield f'<span class="id">{escape(gap.node)}</span></div>'


def _render_nodes(answer: Answer) -> Iterator[str]:
    rows = (
        (
            answer.hops.get(node.id, ""),
            word(node.kind),
            label(node),
            "" if node.state is State.LIVE else node.state.value,
            " · ".join(
                part for part in (detail(node), f"gap: {', '.join(node.gaps)}" if node.gaps else "") if part
            ),
            node.id,
        )
        for node in answer.nodes
    )
    yield from _render_rows(("hops", "kind", "name", "state", "detail", "id"), rows)


def _render_edges(answer: Answer) -> Iterator[str]:
    known = {node.id: label(node) for node in answer.nodes}
    rows = (
        (
            known.get(edge.src, edge.src),
            f"{edge.type.value}{f' as {role}' if (role := edge.properties.get('role')) else ''}",
            known.get(edge.dst, edge.dst),
            edge.evidence.value,
            edge.rule,
            ", ".join(edge.records),
        )
        for edge in answer.edges
    )
    yield from _render_rows(("from", "type", "to", "evidence", "rule", "records"), rows)


def _render_origins(answer: Answer) -> Iterator[str]:
    for origin in answer.graph.origins:
        whole = "" if origin.complete else " · NOT COMPLETE"
        yield f'<p class="small">{escape(origin.name)} read {rfc3339(origin.read_at) or "never"}{whole}</p>'


def _render_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f"<th>{name}</th>" for name in header) + "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(_render_cell(name, cell) for name, cell in zip(header, row)) + "</tr>"
    yield "</tbody></table>"


_CELL_CLASSES = {
    "hops": "number",
    "id": "id",
    "records": "id",
    "kind": "word",
    "state": "word",
    "type": "word",
}


def _render_cell(name: str, cell: object) -> str:
    styled = _CELL_CLASSES.get(name)
    return f'<td class="{styled}">{escape(cell)}</td>' if styled else f"<td>{escape(cell)}</td>"
