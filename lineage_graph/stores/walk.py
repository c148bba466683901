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

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from lineage_graph.graph import FLOW, EdgeClaim, EdgeType, Evidence, Kind, Role
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import Direction, Follow

N = TypeVar("N", bound=Hashable)
C = TypeVar("C", bound=Hashable)

ALL, UNREAD, SCORING, JUDGED, END, FROM_MODEL, JUDGEMENT = (1 << bit for bit in range(7))

PLAIN, READ, INFERENCE, WROTE, MADE, COLUMN, BY_DATA, BY_MODEL = range(8)
"""What the walk must know of an edge, in one small number that a store can keep beside it."""

_MARKS: Mapping[EdgeType, int] = {
    EdgeType.READ_BY: READ,
    EdgeType.WROTE: WROTE,
    EdgeType.PRODUCED: MADE,
    EdgeType.REGISTERED_AS: MADE,
    EdgeType.HAS_COLUMN: COLUMN,
    EdgeType.EVALUATED_IN: BY_MODEL,
}

EVALUATED = frozenset({EdgeType.EVALUATED_IN})
SAME = frozenset({EdgeType.SAME_CONTENT})

Step = tuple[N, N, int, "int | None", C]
"""From here, to there, over an edge of this mark, valid from, by this claim."""

Expand = Callable[[Sequence[N], bool, frozenset[EdgeType]], "Iterable[Step[N, C]]"]
"""The usable claims of these types that leave (True) or enter (False) these nodes. *Here* is one of the nodes."""

Rule = Callable[[int, int, "int | None"], int]
"""Ways in here, mark, valid from -> ways in there; none where the edge is not followed."""


class Walked(NamedTuple, Generic[N, C]):
    """What was reached, at which distance, and the claims that were followed, each once."""

    hops: dict[N, int]
    claims: list[C]


def mark_edge(claim: EdgeClaim) -> int:
    """The mark of an edge, from its type, its role and what it begins at."""
    return mark_of(claim.type, claim.src, claim.properties)


def mark_of(edge_type: EdgeType, src: str, properties: Mapping[str, object]) -> int:
    """Likewise, of what is no claim yet."""
    mark = _MARKS.get(edge_type, PLAIN)
    if mark == READ and properties.get("role") == Role.INFERENCE:
        return INFERENCE
    if mark == BY_MODEL and kind_of(src) is Kind.DATASET:
        return BY_DATA
    return mark


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
    walked: Walked[N, C] = Walked(dict.fromkeys(known, 0), [])
    frontier, level = dict(known), 0
    while frontier:
        # One level beyond the depth shows the edges between what was reached, and finds nothing new.
        level += 1
        here = level if depth is None or level <= depth else None
        ids = list(frontier)
        found: dict[N, int] = {}
        types = FLOW | SAME if follow.possible else FLOW
        _take(expand(ids, outward, types), frontier, forward, known, found, walked, here)
        for types, rule in _backward_rules(outward, follow):
            _take(expand(ids, not outward, types), frontier, rule, known, found, walked, here)
        frontier = found
    return Walked(walked.hops, list(dict.fromkeys(walked.claims)))


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
    for here, there, mark, valid_from, claim in steps:
        ways = rule(frontier[here], mark, valid_from)
        before = known.get(there, 0)
        if not ways or (level is None and not before):
            continue
        claims.append(claim)
        if level is None:
            continue
        if not before:
            hops[there] = level
            known[there] = found[there] = ways
        elif not before & ALL and ways & ~before:
            known[there] = before | ways
            found[there] = found.get(there, 0) | (ways & ~before)


def _forward_rule(outward: bool, follow: Follow) -> Rule:
    if not outward:
        return _upstream
    window = follow.read_between
    if window is None:
        return _downstream

    def within_window(ways: int, mark: int, valid_from: int | None) -> int:
        then = _downstream(ways & ~UNREAD, mark, valid_from)
        return then | _first_read(mark, valid_from, window) if ways & UNREAD else then

    return within_window


def _downstream(ways: int, mark: int, valid_from: int | None) -> int:
    if ways & ALL:
        return _DOWN[mark]
    return ALL if ways & SCORING and mark == WROTE else 0


_DOWN = (ALL, ALL, SCORING, ALL, ALL, ALL, JUDGED, END)
_UP = (ALL, ALL, ALL, ALL, FROM_MODEL, ALL, ALL, ALL)


def _first_read(mark: int, valid_from: int | None, window: tuple[int, int]) -> int:
    # A column leads past the reads to every model that ever used it.
    if mark == COLUMN:
        return 0
    if mark in (PLAIN, WROTE, MADE):
        return UNREAD
    # An evaluation keeps no time of its own; a read without one cannot be said to lie within.
    if valid_from is None:
        return _DOWN[mark] if mark in (BY_DATA, BY_MODEL) else 0
    return _DOWN[mark] if window[0] <= valid_from <= window[1] else 0


def _upstream(ways: int, mark: int, valid_from: int | None) -> int:
    if ways & ALL:
        return _UP[mark]
    if ways & FROM_MODEL:
        return 0 if mark == INFERENCE else _UP[mark]
    return ALL if mark == BY_DATA else 0


def _backward_rules(outward: bool, follow: Follow) -> list[tuple[frozenset[EdgeType], Rule]]:
    """Edges that are also followed against their direction, when asked."""
    rules: list[tuple[frozenset[EdgeType], Rule]] = []
    if follow.evaluation:
        rules.append((EVALUATED, _to_judged_model if outward else _to_judgement))
    if follow.possible:
        rules.append((SAME, _to_same_content))
    return rules


def _to_judged_model(ways: int, mark: int, valid_from: int | None) -> int:
    if mark != BY_MODEL:
        return 0
    return ALL if ways & (ALL | JUDGED) else ways & UNREAD


def _to_judgement(ways: int, mark: int, valid_from: int | None) -> int:
    return JUDGEMENT if mark == BY_MODEL and ways & (ALL | FROM_MODEL) else 0


def _to_same_content(ways: int, mark: int, valid_from: int | None) -> int:
    return ways & (ALL | UNREAD)
