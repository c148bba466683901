"""The ways through an answer: how each node was come to, and where the chain ends."""

from __future__ import annotations

from collections.abc import Iterator

from lineage_graph.graph import Edge
from lineage_graph.query.answer import Answer, Verdict
from lineage_graph.render.labels import detail, label, word
from lineage_graph.render.text import Line, Span, Style, columns, count_of, line

MOST_ENDS = 5


def find_ways(answer: Answer) -> dict[str, Edge]:
    """For each node the edge by which the answer came to it: the first from a node one hop nearer."""
    up, hops = answer.direction == "upstream", answer.hops
    ways: dict[str, Edge] = {}
    for edge in answer.edges:
        for far, near in ((edge.src, edge.dst), (edge.dst, edge.src)):
            if answer.direction and far != (edge.src if up else edge.dst):
                continue
            if hops.get(far, 0) == hops.get(near, 0) + 1:
                ways.setdefault(far, edge)
    return ways


def find_chain(node: str, ways: dict[str, Edge]) -> list[str]:
    """The nodes from this one back to the root, both included."""
    chain = [node]
    while chain[-1] in ways:
        edge = ways[chain[-1]]
        chain.append(edge.src if edge.dst == chain[-1] else edge.dst)
    return chain


def render_ends(answer: Answer) -> Iterator[Line]:
    """Where the chain ended, for an answer that found nothing and can't be sure of it."""
    if answer.verdict not in {Verdict.NOT_CAPTURED, Verdict.UNREADABLE} or answer.direction is None:
        return
    yield line(Span("THE CHAIN ENDS AT", Style.HEAD))
    rows: list[list[Span | str]] = [
        [
            word(node.kind),
            Span(label(node), Style.GAP),
            count_of(hops, "hop"),
            detail(node),
        ]
        for node, hops in answer.ends[:MOST_ENDS]
    ]
    yield from columns(rows, indent="  ")
    if len(answer.ends) > MOST_ENDS:
        yield line(
            "  ", Span(f"and {len(answer.ends) - MOST_ENDS:,} more; -o csv and -o json have all", Style.DIM)
        )
