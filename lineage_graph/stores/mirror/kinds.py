"""Which kinds the nodes of a match may be, by what their relationships join."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.syntax import RelationshipPattern


@dataclass(slots=True)
class Node:
    """A node of the match, however often it is named in it."""

    name: str
    among: frozenset[str]
    is_new: bool
    is_joined: bool = False
    """Whether a relationship meets it: then it is one of ours, in Neo4j too."""
    is_ours: bool = False
    shown: bool = False


@dataclass(slots=True)
class Step:
    """A relationship of the match."""

    name: str
    pattern: RelationshipPattern
    types: frozenset[str]
    path: int
    start: Node
    end: Node
    apart: bool = False
    """Whether a condition looks at each of its relationships."""
    may_meet: bool = False
    """Whether its labels let both its ends be one node."""


WAYS = {"right": [(0, 1)], "left": [(1, 0)], "both": [(0, 1), (1, 0)]}


def narrow(catalog: Catalog, steps: Sequence[Step]) -> None:
    """Take from each node the kinds that its relationships do not join, until nothing changes."""
    changed = True
    while changed:
        changed = False
        for step in steps:
            for node, kinds in _joined(catalog, step):
                changed |= not node.among <= kinds
                node.among &= kinds


def _joined(catalog: Catalog, step: Step) -> Iterator[tuple[Node, frozenset[str]]]:
    if step.pattern.reach is not None and step.pattern.reach[0] == 0:
        return
    ways = list(_ways(catalog, step))
    if step.pattern.reach is None:
        ways = [(near, far) for near, far in ways if near in step.start.among and far in step.end.among]
    yield step.start, frozenset(near for near, _ in ways)
    yield step.end, frozenset(far for _, far in ways)


def _ways(catalog: Catalog, step: Step) -> Iterator[tuple[str, str]]:
    """The kinds that its types join, as it is walked."""
    for each in step.types:
        for pair in catalog.pairs[each]:
            for near, far in WAYS[step.pattern.direction]:
                yield pair[near], pair[far]


def can_be(catalog: Catalog, step: Step) -> bool:
    """Whether a relationship of these types begins and ends at such kinds."""
    if step.pattern.reach is not None and step.pattern.reach[0] == 0:
        return True
    ways = list(_ways(catalog, step))
    if step.pattern.reach is None:
        return any(near in step.start.among and far in step.end.among for near, far in ways)
    begins = any(near in step.start.among for near, _ in ways)
    return begins and any(far in step.end.among for _, far in ways)
