"""The intervals of edges that a source keeps no times of, and what of a node is kept as it was. Pure, for all stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lineage_graph.graph import EdgeClaim, NodeClaim, State

NOT_BEFORE = "not_before"
"""The last whole crawl that had not yet seen what an interval began with: it began in between."""

TRACKED = ("status", "stage", "tags")
"""Properties that can be asked as of a time; the state of a node is the fourth."""


def observe(
    kept: Iterable[EdgeClaim], claimed: Iterable[EdgeClaim], at: int, not_before: int | None
) -> list[EdgeClaim]:
    """The intervals of one record after a crawl at `at`: claimed again stays open, no longer claimed is closed.

    Times that a claim brings itself are believed. An interval without length says nothing and is dropped. Where the clock went
    back behind the beginning of one that ends, that was seen all the same: it ends right after it, and what follows begins there.
    """
    is_open = {_ends(claim): claim for claim in kept if claim.valid_to is None}
    claimed = list(claimed)
    at = _after(is_open, claimed, at)
    past = {_interval(claim): claim for claim in kept if claim.valid_to is not None}
    now: dict[tuple[str, str, str], EdgeClaim] = {}
    for claim in claimed:
        if claim.valid_to is not None:
            past[_interval(claim)] = claim
        elif _ends(claim) not in now:
            now[_ends(claim)] = _begin_or_go_on(is_open.get(_ends(claim)), claim, at, not_before)
    for ends, claim in is_open.items():
        if ends not in now and (claim.valid_from is None or claim.valid_from < at):
            closed = claim._replace(valid_to=at)
            past[_interval(closed)] = closed
    return sorted([*past.values(), *now.values()], key=_order)


def _after(is_open: Mapping[tuple[str, str, str], EdgeClaim], claimed: Sequence[EdgeClaim], at: int) -> int:
    """The time of the crawl, later than all that it ends."""
    go_on = {_ends(claim) for claim in claimed if claim.valid_to is None}
    begun = [claim.valid_from for ends, claim in is_open.items() if ends not in go_on and claim.valid_from]
    return max([at, *(began + 1 for began in begun if began > at)])


def _begin_or_go_on(old: EdgeClaim | None, claim: EdgeClaim, at: int, not_before: int | None) -> EdgeClaim:
    if claim.valid_from is not None:
        return claim
    if old is None:
        return claim._replace(valid_from=at, properties={**claim.properties, NOT_BEFORE: not_before})
    bounds = {NOT_BEFORE: old.properties[NOT_BEFORE]} if NOT_BEFORE in old.properties else {}
    return claim._replace(valid_from=old.valid_from, properties={**claim.properties, **bounds})


def _ends(claim: EdgeClaim) -> tuple[str, str, str]:
    return (claim.src, claim.dst, claim.type)


def _interval(claim: EdgeClaim) -> tuple[str, str, str, int | None, int | None]:
    return (*_ends(claim), claim.valid_from, claim.valid_to)


def _order(claim: EdgeClaim) -> tuple[int, int, str, str, str]:
    return (claim.valid_from or 0, claim.valid_to or 0, claim.src, claim.dst, claim.type)


def track(claim: NodeClaim) -> dict[str, object]:
    """What of a claim is kept when it changes."""
    tracked = {name: claim.properties[name] for name in TRACKED if name in claim.properties}
    return {**tracked, "state": claim.state.value}


def as_it_was(claim: NodeClaim, tracked: Mapping[str, object]) -> NodeClaim:
    """A claim with what was true of it at another time."""
    properties = {name: value for name, value in claim.properties.items() if name not in TRACKED}
    properties.update((name, value) for name, value in tracked.items() if name != "state")
    return claim._replace(properties=properties, state=State(str(tracked["state"])))


def track_changes(old: Sequence[NodeClaim], new: Sequence[NodeClaim]) -> dict[str, dict[str, object]]:
    """Of each node that a record claimed, what was tracked before and is otherwise now. Its first claim speaks for it."""
    before = {claim.id: track(claim) for claim in reversed(old)}
    after = {claim.id: track(claim) for claim in reversed(new)}
    return {node: tracked for node, tracked in before.items() if after.get(node) != tracked}
