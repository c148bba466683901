"""A record as it is kept, and what becomes of it: replaced, ended, retracted, restored. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lineage_graph.graph import OBSERVED, EdgeClaim, Mention, NodeClaim, Record, State
from lineage_graph.stores.intervals import observe, track, track_changes
from lineage_graph.stores.json_fast import to_json_fast
from lineage_graph.stores.neo4j.texts import EdgeKey, edge_key, record_id
from lineage_graph.stores.stored import Past, Stored

PastOf = Mapping[tuple[str, int], Mapping[str, object]]
"""What was tracked of a node until when."""


class Observing(NamedTuple):
    """When a session observes, and the last whole crawl before it."""

    at: int
    not_before: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as the store has it. `edges` are its own first, then its intervals; `needed` counts who needs a shared one."""

    id: str
    """Of its node."""
    origin: str
    key: str
    fingerprint: bytes
    nodes: tuple[NodeClaim, ...]
    edges: tuple[EdgeClaim, ...]
    mentions: tuple[Mention, ...]
    shares: tuple[str, ...]
    first_seen: int
    last_seen: int
    retracted_at: int | None = None
    past: PastOf = field(default_factory=dict)
    needed: int | None = None
    number: int = 0

    @property
    def intervals(self) -> list[EdgeClaim]:
        """Its observed edges."""
        return [edge for edge in self.edges if edge.type in OBSERVED]

    def as_written(self, shared: Mapping[str, Kept]) -> Record:
        """The record with what it shares inside, intervals with their times."""
        inner = tuple(shared[key].as_written({}) for key in self.shares)
        return Record(self.key, self.fingerprint, self.nodes, self.edges, self.mentions, inner)

    def as_stored(self, shared: Mapping[str, Kept]) -> Stored:
        """With all that a copy needs."""
        past = tuple(
            Past(node, until, tracked) for (node, until), tracked in sorted(self.past.items(), key=_when)
        )
        inner = tuple(shared[key].as_stored({}) for key in self.shares)
        record = Record(self.key, self.fingerprint, self.nodes, self.edges, self.mentions)
        return Stored(record, self.first_seen, self.last_seen, self.retracted_at, past, inner)


def _when(item: tuple[tuple[str, int], object]) -> tuple[str, int]:
    return item[0]


def put(origin: str, record: Record, old: Kept | None, observing: Observing) -> Kept:
    """What is kept of a record now, in the place of what was."""
    observed = [edge for edge in record.edges if edge.type in OBSERVED]
    if old is None and not observed:
        edges, past = record.edges, {}
    else:
        before = old.intervals if old else ()
        intervals = observe(before, observed, observing.at, observing.not_before)
        edges = (*_not_observed(record.edges), *intervals)
        past = _changed(old, record, observing.at) if old else {}
    at = observing.at
    return Kept(
        record_id(origin, record.key),
        origin,
        record.key,
        record.fingerprint,
        record.nodes,
        edges,
        record.mentions,
        tuple(dict.fromkeys(inner.key for inner in record.shared)),
        old.first_seen if old else at,
        at,
        past=past,
        needed=old.needed if old else None,
        number=old.number if old else 0,
    )


def _changed(old: Kept, record: Record, at: int) -> dict[tuple[str, int], Mapping[str, object]]:
    changed = track_changes(old.nodes, record.nodes)
    # What was true before the first change at one time is what was true before that time.
    return {**{(node, at): tracked for node, tracked in changed.items()}, **old.past}


def end_intervals(kept: Kept, observing: Observing) -> Kept:
    """The record with its open intervals closed; one without length is none."""
    intervals = observe(kept.intervals, (), observing.at, observing.not_before)
    return replace(kept, edges=(*_not_observed(kept.edges), *intervals))


def retract(kept: Kept, at: int) -> Kept:
    """What stays of a record that is gone, where an interval stands on it."""
    live = [claim for claim in reversed(kept.nodes) if claim.state is not State.DELETED]
    return replace(
        kept,
        past={**{(claim.id, at): track(claim) for claim in live}, **kept.past},
        nodes=tuple(claim._replace(state=State.DELETED) for claim in kept.nodes),
        edges=tuple(edge if edge.valid_to is not None else edge._replace(valid_to=at) for edge in kept.edges),
        mentions=(),
        shares=(),
        retracted_at=at,
    )


def restore(origin: str, stored: Stored, old: Kept | None) -> Kept:
    """A record as another store kept it."""
    record = stored.record
    observed = [edge for edge in record.edges if edge.type in OBSERVED]
    return Kept(
        record_id(origin, record.key),
        origin,
        record.key,
        record.fingerprint,
        record.nodes,
        (*_not_observed(record.edges), *observed),
        record.mentions,
        tuple(dict.fromkeys(inner.record.key for inner in stored.shared)),
        stored.first_seen or 0,
        stored.last_seen or 0,
        stored.retracted_at,
        {(past.node, past.until): past.tracked for past in stored.past},
        old.needed if old else None,
        old.number if old else 0,
    )


def _not_observed(edges: Iterable[EdgeClaim]) -> list[EdgeClaim]:
    return [edge for edge in edges if edge.type not in OBSERVED]


class Head(NamedTuple):
    """What a record's own node says: which nodes and relationships have its claims."""

    origin: str
    key: str
    number: int
    fingerprint: bytes
    first_seen: int
    last_seen: int
    retracted_at: int | None
    needed: int | None
    nodes: Sequence[str]
    edges: Sequence[EdgeKey]
    mentions: Sequence[Mention]
    shares: Sequence[str]
    past: PastOf


HEAD = "[r.number, r.fingerprint, r.first_seen, r.last_seen, r.retracted_at, r.needed, r.told]"
"""What `read_head` reads of a `LineageRecord r`."""


def read_head(row: Sequence[object]) -> Head:
    """A record's node, read."""
    number, fingerprint, first_seen, last_seen, retracted_at, needed, told = row
    origin, key, nodes, edges, mentions, shares, past = json.loads(str(told))
    return Head(
        origin,
        key,
        number,  # type: ignore[arg-type]
        bytes.fromhex(str(fingerprint)),
        first_seen,  # type: ignore[arg-type]
        last_seen,  # type: ignore[arg-type]
        retracted_at,  # type: ignore[arg-type]
        needed,  # type: ignore[arg-type]
        nodes,
        [EdgeKey(*edge) for edge in edges],
        [Mention(*mention) for mention in mentions],
        shares,
        {(node, until): tracked for node, until, tracked in past},
    )


def write_head(kept: Kept, number: int, head: Mapping[str, object] | None = None) -> dict[str, object]:
    """The properties of a record's node; `head` is all but its number and who needs it, where that is told already."""
    needed = {} if kept.needed is None else {"needed": kept.needed}
    return {**(head or tell_head(kept)), "number": number, **needed}


def tell_head(kept: Kept) -> dict[str, object]:
    """The properties of a record's node, but for its number and who needs it."""
    nodes = list(dict.fromkeys(claim.id for claim in kept.nodes))
    edges = [key if key.ended is not None else key[:3] for key in dict.fromkeys(map(edge_key, kept.edges))]
    past = [[node, until, tracked] for (node, until), tracked in kept.past.items()]
    told = [kept.origin, kept.key, nodes, edges, kept.mentions, kept.shares, past]
    row: dict[str, object] = {
        "id": kept.id,
        "fingerprint": kept.fingerprint.hex(),
        "first_seen": kept.first_seen,
        "last_seen": kept.last_seen,
        "told": to_json_fast(told),
    }
    if kept.retracted_at is not None:
        row["retracted_at"] = kept.retracted_at
    return row
