"""What Mermaid and DOT have in common: short ids, a label of two lines, a family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lineage_graph.graph import EVIDENCE_RANK, Edge, Evidence, Node, State
from lineage_graph.query.answer import Answer
from lineage_graph.render.labels import FAMILIES, Family, label, word
from lineage_graph.render.text import clean


class Box(NamedTuple):
    """A node of a picture. `key` is ours, so no crawled text is ever an identifier."""

    key: str
    id: str
    kind: str
    label: str
    family: Family
    mark: str
    """A word for its state or its gap, empty if neither."""
    gap: bool
    node: Node


class Arrow(NamedTuple):
    """An edge of a picture."""

    src: str
    dst: str
    label: str
    dashed: bool
    edge: Edge


def boxes(answer: Answer) -> list[Box]:
    """The nodes of a picture, in the answer's order."""
    roots = {root.id for root in answer.roots}
    return [_box(number, node, node.id in roots) for number, node in enumerate(answer.nodes)]


def _box(number: int, node: Node, asked: bool) -> Box:
    marks = [] if node.state is State.LIVE else [node.state.value]
    marks += [f"? {', '.join(node.gaps)}"] if node.gaps else []
    marks += ["asked"] if asked else []
    text = clean(label(node))
    return Box(
        f"n{number}",
        node.id,
        word(node.kind),
        text,
        FAMILIES[node.kind],
        clean(" · ".join(marks)),
        bool(node.gaps),
        node,
    )


def arrows(answer: Answer, known: list[Box]) -> Iterator[Arrow]:
    """The edges between what is shown; what is not logged says so and is dashed if only inferred or possible."""
    keys = {box.id: box.key for box in known}
    for edge in answer.edges:
        if edge.src in keys and edge.dst in keys:
            said = (
                edge.type.value
                if edge.evidence is Evidence.LOGGED
                else f"{edge.type.value} ({edge.evidence.value})"
            )
            weak = EVIDENCE_RANK[edge.evidence] >= EVIDENCE_RANK[Evidence.INFERRED]
            yield Arrow(keys[edge.src], keys[edge.dst], said, weak, edge)
