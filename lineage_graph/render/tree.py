"""The tree: from the root outwards, each node opened once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lineage_graph.graph import Edge, Node, State
from lineage_graph.query.answer import Answer
from lineage_graph.render.labels import word
from lineage_graph.render.notes import render_links, render_notes
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, line, paint
from lineage_graph.render.verdicts import headline, named


class _Step(NamedTuple):
    node: str
    edge: Edge | None
    guides: str
    last: bool


def render_tree(answer: Answer, screen: Screen = PIPE) -> str:
    """An answer as a tree; a node met again is named and not opened again, so its size is that of the graph."""
    lines = [headline(answer), *_render_branches(answer, screen)]
    if screen.verbose:
        lines.extend(render_links(answer))
    return paint([*lines, *render_notes(answer)], screen)


def _render_branches(answer: Answer, screen: Screen) -> Iterator[Line]:
    nodes = {node.id: node for node in answer.nodes}
    children = _children(answer, nodes)
    roots = [root.id for root in answer.roots if root.id in nodes]
    roots = roots or [node.id for node in answer.nodes if not _has_parent(node.id, children)]
    opened: set[str] = set()
    # A stack of our own: chains are longer than Python's.
    stack = [_Step(root, None, "", last=False) for root in dict.fromkeys(reversed(roots))]
    while stack:
        step = stack.pop()
        below = children.get(step.node, [])
        again = step.node in opened
        yield _render_step(step, nodes[step.node], screen, again=again and bool(below))
        if again:
            continue
        opened.add(step.node)
        guides = step.guides + _guide(step, screen)
        for number, (child, edge) in enumerate(reversed(below)):
            stack.append(_Step(child, edge, guides, last=number == 0))


def _children(answer: Answer, nodes: Mapping[str, Node]) -> dict[str, list[tuple[str, Edge]]]:
    up = answer.direction == "upstream"
    children: dict[str, list[tuple[str, Edge]]] = {}
    roots = {root.id for root in answer.roots}
    for edge in answer.edges:
        if edge.src not in nodes or edge.dst not in nodes:
            continue
        turned = up or (answer.command == "show" and edge.dst in roots)
        near, far = (edge.dst, edge.src) if turned else (edge.src, edge.dst)
        children.setdefault(near, []).append((far, edge))
    return children


def _has_parent(node: str, children: Mapping[str, list[tuple[str, Edge]]]) -> bool:
    return any(node == child for below in children.values() for child, _ in below)


def _guide(step: _Step, screen: Screen) -> str:
    if step.edge is None:
        return ""
    if not screen.terminal:
        return "  "
    return "   " if step.last else "│  "


def _render_step(step: _Step, node: Node, screen: Screen, *, again: bool) -> Line:
    branch = "" if step.edge is None else "- " if not screen.terminal else "└─ " if step.last else "├─ "
    state = "" if node.state is State.LIVE else f"  {node.state.upper()}"
    gaps = f"  gap: {', '.join(node.gaps)}" if node.gaps else ""
    way = ""
    if step.edge is not None:
        role = step.edge.properties.get("role")
        way = f"  {step.edge.type}{f' as {role}' if role else ''}, {step.edge.evidence}"
    return line(
        step.guides + branch,
        f"{word(node.kind)} ",
        named(node),
        Span(way, Style.DIM),
        Span(state, Style.FINDING),
        Span(gaps, Style.GAP),
        Span("  (opened above)" if again else "", Style.DIM),
    )
