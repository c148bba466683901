"""The walk through the flow, once for all stores that do not traverse by themselves.

A breadth-first walk, frontier by frontier, over whatever a store can expand. What may follow from a node depends on how it was
entered, so the walk goes over pairs of node and *ways in*::

    downstream                                          upstream
    ALL      everything                                 ALL        everything
    UNREAD   before the first read (`read_between`)     FROM_MODEL a run that made a model: no inference data
    SCORING  a run that only scored: what it wrote      JUDGEMENT  an evaluation, come from its model: its data
    JUDGED   an evaluation, come from its data
    END      an evaluation, come from its model
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from lineage_graph.graph import FLOW, EdgeClaim, EdgeType, Evidence, Kind, Role
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import Direction, Follow

N = TypeVar("N", bound=Hashable)
C = TypeVar("C", bound=Hashable)

ALL, UNREAD, SCORING, JUDGED, END, FROM_MODEL, JUDGEMENT = (1 << bit for bit in range(7))

UNMARKED, INFERENCE, BY_MODEL = range(3)
"""What the walk must know of an edge beside its type: a READ_BY for inference, an EVALUATED_IN that comes from a model."""

EVALUATED = frozenset({EdgeType.EVALUATED_IN})
SAME = frozenset({EdgeType.SAME_CONTENT})

Step = tuple[N, N, EdgeType, int, "int | None", C]
"""From here, to there, over an edge of this type and mark, valid from, by this claim."""

Expand = Callable[[Sequence[N], bool, frozenset[EdgeType]], "Iterable[Step[N, C]]"]
"""The usable claims of these types that leave (True) or enter (False) these nodes. *Here* is one of the nodes."""

Rule = Callable[[int, EdgeType, int, "int | None"], int]


class Walked(NamedTuple, Generic[N, C]):
    """What was reached, at which distance, and the claims that were followed, each once."""

    hops: dict[N, int]
    claims: dict[C, None]


def mark_edge(claim: EdgeClaim) -> int:
    """The mark of an edge, from its role and from what it begins at."""
    if claim.type is EdgeType.READ_BY and claim.properties.get("role") == Role.INFERENCE:
        return INFERENCE
    if claim.type is EdgeType.EVALUATED_IN and kind_of(claim.src) is not Kind.DATASET:
        return BY_MODEL
    return UNMARKED


def is_usable(claim: EdgeClaim, follow: Follow) -> bool:
    """Whether a walk may take a claim at all: as sure as asked, and true at the time asked for."""
    if claim.evidence is Evidence.POSSIBLE and not follow.possible:
        return False
    if follow.as_of is None:
        return claim.valid_to is None
    began = claim.valid_from is None or claim.valid_from <= follow.as_of
    return began and (claim.valid_to is None or claim.valid_to > follow.as_of)


def walk(
    roots: Iterable[N], direction: Direction, depth: int | None, follow: Follow, expand: Expand[N, C]
) -> Walked[N, C]:
    """Everything that the roots reach, with least distances. Cycles end by themselves: a pair is expanded once."""
    outward = direction is Direction.DOWNSTREAM
    forward = _forward_rule(outward, follow)
    start = UNREAD if outward and follow.read_between is not None else ALL
    known: dict[N, int] = dict.fromkeys(roots, start)
    walked: Walked[N, C] = Walked(dict.fromkeys(known, 0), {})
    frontier, level = dict(known), 0
    while frontier:
        # One level beyond the depth shows the edges between what was reached, and finds nothing new.
        level += 1
        finds = depth is None or level <= depth
        ids = list(frontier)
        found: dict[N, int] = {}
        types = FLOW | SAME if follow.possible else FLOW
        _take(expand(ids, outward, types), frontier, forward, known, found, walked, level if finds else None)
        for types, rule in _backward_rules(outward, follow):
            steps = expand(ids, not outward, types)
            _take(steps, frontier, rule, known, found, walked, level if finds else None)
        frontier = found
    return walked


def _take(
    steps: Iterable[Step[N, C]],
    frontier: dict[N, int],
    rule: Rule,
    known: dict[N, int],
    found: dict[N, int],
    walked: Walked[N, C],
    level: int | None,
) -> None:
    """Follow what the rule lets pass; `found` gets what must be expanded next. Without a level nothing new is found."""
    hops, claims = walked
    for here, there, edge_type, mark, valid_from, claim in steps:
        ways = rule(frontier[here], edge_type, mark, valid_from)
        if not ways:
            continue
        before = known.get(there, 0)
        if level is None:
            if before:
                claims[claim] = None
            continue
        claims[claim] = None
        if before & ALL or not ways & ~before:
            continue
        if not before:
            hops[there] = level
        known[there] = before | ways
        found[there] = found.get(there, 0) | (ways & ~before)


def _forward_rule(outward: bool, follow: Follow) -> Rule:
    if not outward:
        return _upstream
    window = follow.read_between
    if window is None:
        return _downstream

    def within_window(ways: int, edge_type: EdgeType, mark: int, valid_from: int | None) -> int:
        then = _downstream(ways & ~UNREAD, edge_type, mark, valid_from)
        if ways & UNREAD:
            then |= _before_first_read(edge_type, mark, valid_from, window)
        return then

    return within_window


def _downstream(ways: int, edge_type: EdgeType, mark: int, valid_from: int | None) -> int:
    if ways & ALL:
        if mark == UNMARKED:
            return JUDGED if edge_type is EdgeType.EVALUATED_IN else ALL
        return SCORING if mark == INFERENCE else END
    return ALL if ways & SCORING and edge_type is EdgeType.WROTE else 0


def _before_first_read(
    edge_type: EdgeType, mark: int, valid_from: int | None, window: tuple[int, int]
) -> int:
    # A column leads past the reads to every model that ever used it.
    if edge_type is EdgeType.HAS_COLUMN:
        return 0
    if edge_type not in (EdgeType.READ_BY, EdgeType.EVALUATED_IN):
        return UNREAD
    # An evaluation keeps no time of its own; a read without one cannot be said to lie within.
    if valid_from is None:
        return _downstream(ALL, edge_type, mark, None) if edge_type is EdgeType.EVALUATED_IN else 0
    began_within = window[0] <= valid_from <= window[1]
    return _downstream(ALL, edge_type, mark, valid_from) if began_within else 0


def _upstream(ways: int, edge_type: EdgeType, mark: int, valid_from: int | None) -> int:
    if ways & (ALL | FROM_MODEL):
        if edge_type is EdgeType.PRODUCED or edge_type is EdgeType.REGISTERED_AS:
            return FROM_MODEL
        return ALL if ways & ALL or mark != INFERENCE else 0
    return ALL if edge_type is EdgeType.EVALUATED_IN and mark == UNMARKED else 0


def _backward_rules(outward: bool, follow: Follow) -> list[tuple[frozenset[EdgeType], Rule]]:
    """Edges that are also followed against their direction, when asked."""
    rules: list[tuple[frozenset[EdgeType], Rule]] = []
    if follow.evaluation:
        rules.append((EVALUATED, _to_judged_model if outward else _to_judgement))
    if follow.possible:
        rules.append((SAME, _to_same_content))
    return rules


def _to_judged_model(ways: int, edge_type: EdgeType, mark: int, valid_from: int | None) -> int:
    if mark != BY_MODEL:
        return 0
    return ALL if ways & (ALL | JUDGED) else ways & UNREAD


def _to_judgement(ways: int, edge_type: EdgeType, mark: int, valid_from: int | None) -> int:
    return JUDGEMENT if mark == BY_MODEL and ways & (ALL | FROM_MODEL) else 0


def _to_same_content(ways: int, edge_type: EdgeType, mark: int, valid_from: int | None) -> int:
    return ways & (ALL | UNREAD)
