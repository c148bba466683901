"""`show`: one thing, its properties, its neighbours, its claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lineage_graph.graph import Edge, EdgeClaim, EdgeType, Node, State
from lineage_graph.query.answer import Answer, rfc3339
from lineage_graph.query.envelope import TIMES
from lineage_graph.render.labels import label, style_of, word
from lineage_graph.render.notes import render_notes
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, columns, count_of, line, paint
from lineage_graph.render.verdicts import root_nodes

LONGEST = 160
MOST_ENTRIES = 12


def render_card(answer: Answer, screen: Screen = PIPE) -> str:
    """The node, what it is linked to and since when; with -v every claim and its record."""
    return paint(_render_lines(answer, screen), screen)


def _render_lines(answer: Answer, screen: Screen) -> Iterator[Line]:
    for node in root_nodes(answer):
        state = "" if node.state is State.LIVE else f"  {node.state.value.upper()}"
        yield line(Span(label(node), style_of(node)), f"  {word(node.kind)}", Span(state, Style.FINDING))
        yield line("  ", Span(node.id, Style.DIM))
        yield from columns(list(_property_rows(node.properties, screen)), indent="  ")
    yield from _render_neighbours(answer, screen)
    yield from _render_claims(answer, screen)
    yield from render_notes(answer)


def _property_rows(properties: Mapping[str, object], screen: Screen) -> Iterator[list[str]]:
    for key, value in sorted(properties.items()):
        if value is None or value in ("", [], {}):
            continue
        yield [key, _short(_value_text(key, value), screen)]


def _value_text(key: str, value: object) -> str:
    if key in TIMES and isinstance(value, int):
        return rfc3339(value) or ""
    if isinstance(value, Mapping):
        return _listed([f"{name}={_value_text('', inner)}" for name, inner in sorted(value.items())])
    if isinstance(value, list | tuple):
        return _listed([_value_text("", item) for item in value])
    return str(value)


def _listed(texts: list[str]) -> str:
    left = len(texts) - MOST_ENTRIES
    return ", ".join(texts[:MOST_ENTRIES]) + (f" … {left} more (-o json)" if left > 0 else "")


def _short(text: str, screen: Screen) -> str:
    """Folded only on a terminal."""
    return (
        text if not screen.terminal or len(text) <= LONGEST else f"{text[:LONGEST]}… (-o json has it whole)"
    )


def _render_neighbours(answer: Answer, screen: Screen) -> Iterator[Line]:
    if not answer.edges:
        return
    yield line(Span("LINKS", Style.HEAD))
    nodes = {node.id: node for node in answer.nodes}
    shown = answer.edges[: screen.fold] if screen.fold else answer.edges
    yield from columns([_edge_row(edge, nodes) for edge in shown], indent="  ")
    if len(shown) < len(answer.edges):
        yield line(
            "  ",
            Span(f"… {count_of(len(answer.edges) - len(shown), 'row')} more: -o csv has all", Style.FINDING),
        )


def _edge_row(edge: Edge, nodes: Mapping[str, Node]) -> list[Span | str]:
    ends = [nodes.get(edge.src), nodes.get(edge.dst)]
    names = [
        Span(label(end), style_of(end)) if end else Span(key) for end, key in zip(ends, (edge.src, edge.dst))
    ]
    why = f"{edge.evidence} ({edge.rule})" if edge.rule else edge.evidence.value
    return [names[0], edge.type.value, names[1], Span(why, Style.DIM), Span(_interval(edge), Style.DIM)]


def _interval(edge: Edge | EdgeClaim) -> str:
    since, until = rfc3339(edge.valid_from), rfc3339(edge.valid_to)
    if edge.type is EdgeType.ALIASED_AS:
        return f"observed {since or '?'} to {until or 'now'}"
    return " ".join(
        part for part in (f"since {since}" if since else "", f"until {until}" if until else "") if part
    )


def _render_claims(answer: Answer, screen: Screen) -> Iterator[Line]:
    if not answer.claims:
        return
    if not screen.verbose:
        yield line(
            Span(
                f"{count_of(len(answer.claims), 'claim')} from its sources: -v lists them with their records",
                Style.DIM,
            )
        )
        return
    yield line(Span("CLAIMS", Style.HEAD))
    rows: list[list[Span | str]] = []
    for claimed in answer.claims:
        claim = claimed.claim
        what = f"{claim.src} {claim.type} {claim.dst}" if isinstance(claim, EdgeClaim) else "describes it"
        rule = claim.rule if isinstance(claim, EdgeClaim) else ""
        when = _interval(claim) if isinstance(claim, EdgeClaim) else ""
        rows.append([what, f"{claim.evidence} ({rule})" if rule else claim.evidence.value, claimed.ref, when])
    yield from columns(rows, indent="  ")
