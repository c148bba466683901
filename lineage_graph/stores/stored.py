"""Records with all that a store keeps of them, so that a graph can move from one store to another and be compared. Pure."""

from __future__ import annotations

from typing import NamedTuple

from lineage_graph.graph import Origin, Properties, Record


class Past(NamedTuple):
    """What was tracked of a node (status, stage, tags, state) as a record told it, until when."""

    node: str
    until: int
    tracked: Properties


class Stored(NamedTuple):
    """A record as a store keeps it: what it claims, its intervals inside, and when it was seen."""

    record: Record
    """As written, but without what it shares."""
    first_seen: int | None
    last_seen: int | None
    retracted_at: int | None = None
    past: tuple[Past, ...] = ()
    shared: tuple[Stored, ...] = ()


class StoredOrigin(NamedTuple):
    """An origin, and when it was last read whole: what an interval that begins at the next crawl is bounded by."""

    origin: Origin
    whole_at: int | None = None


def as_written(stored: Stored) -> Record:
    """The record with what it shares inside."""
    return stored.record._replace(shared=tuple(as_written(inner) for inner in stored.shared))
