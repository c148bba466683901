"""From one store to another: every record with its times, intervals and past, and the proof that nothing was lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from lineage_graph.errors import StoreError, StoreMissing, UsageError
from lineage_graph.graph import DERIVED, PART, Origin
from lineage_graph.ingest.resolving import THROUGH
from lineage_graph.sources.base import Progress, no_progress
from lineage_graph.stores.base import Store
from lineage_graph.stores.digest import Digest
from lineage_graph.stores.stored import Stored, StoredOrigin
from lineage_graph.stores.table import read_scheme

EVERY = 100
"""Records between two reports of progress."""


class CopyReport(NamedTuple):
    """What was copied, and what proves it."""

    origins: tuple[str, ...]
    records: int
    nodes: int
    edges: int
    digest: str
    """Of all that was copied: the same in both stores."""


def check_lasting(url: str) -> None:
    """Raise `UsageError` where a copy would be gone as soon as it is made."""
    if read_scheme(url) == "memory":
        raise UsageError(
            "a copy in memory is gone as soon as it is made",
            hint="name a file or a server to copy into: lineage-graph copy FROM copy.db",
        )


def copy_graph(source: Store, target: Store, *, progress: Progress = no_progress) -> CopyReport:
    """Make `target` hold what `source` holds. Run again after it broke off, it goes through.

    Raises `UsageError` where the target holds what the source does not, or was read later: nothing is lost by copying.
    """
    if source.address and source.address == target.address:
        raise UsageError(
            f"{source.address} is both source and target", hint="name another store to copy into"
        )
    change, origins = source.state()
    _check_target(source, target, origins)
    digest = Digest()
    for origin in sorted(origins, key=_derived_last):
        stored = source.stored_origin(origin.name)
        digest.add_origin(_comparable(stored))
        with target.writing(_comparable(stored).origin) as session:
            records = digest.add_records(origin.name, source.stored(origin.name))
            session.restore(_counted(records, origin.name, progress))
            session.finish_copy(stored.whole_at)
    if source.state()[0] != change:
        _doubt(target, origins)
        raise StoreError(
            "the graph was written to while it was copied, so the copy is of no one moment",
            hint="copy again when no ingest runs",
        )
    report = _verified(source, target, digest.hexdigest(), digest.records)
    _tell_resolved(source, target, origins)
    return report


def _derived_last(origin: Origin) -> tuple[bool, str]:
    return origin.name == DERIVED, origin.name


def _comparable(stored: StoredOrigin) -> StoredOrigin:
    """Up to which change links were resolved is a number of that store's own sequence: it means nothing in another."""
    if stored.origin.name != DERIVED:
        return stored
    report = {name: value for name, value in stored.origin.report.items() if name != THROUGH}
    return stored._replace(origin=replace(stored.origin, report=report))


def _tell_resolved(source: Store, target: Store, origins: Sequence[Origin]) -> None:
    """Where nothing waited to be resolved, nothing does in the copy; else the next ingest there looks at everything."""
    for origin in origins:
        through = origin.report.get(THROUGH)
        if origin.name == DERIVED and isinstance(through, int) and not source.changes(through).nodes:
            report = {**origin.report, THROUGH: target.state()[0]}
            with target.writing(origin) as session:
                session.finish(retract=False, complete=origin.complete, report=report)


def _doubt(target: Store, origins: Sequence[Origin]) -> None:
    """What was copied is not to be taken for whole."""
    for origin in origins:
        report = {name: value for name, value in origin.report.items() if name not in (PART, THROUGH)}
        with target.writing(origin) as session:
            session.finish(retract=False, complete=False, report=report)


def digest_store(store: Store, progress: Progress = no_progress) -> Digest:
    """The digest of all that a store holds."""
    digest = Digest()
    for origin in store.state()[1]:
        digest.add_origin(_comparable(store.stored_origin(origin.name)))
        for _ in _counted(digest.add_records(origin.name, store.stored(origin.name)), "verified", progress):
            pass
    return digest


def _check_target(source: Store, target: Store, origins: Sequence[Origin]) -> None:
    try:
        there = target.state()[1]
    except StoreMissing:
        return
    known = {origin.name: origin for origin in origins}
    others = sorted(origin.name for origin in there if origin.name not in known)
    if others:
        raise UsageError(
            f"the target holds {', '.join(others)}, which the source does not, and a copy would make both alike",
            hint="copy into an empty graph, or `lineage-graph forget` that origin there first",
        )
    for origin in there:
        if origin.name != DERIVED and (origin.read_at or 0) > (known[origin.name].read_at or 0):
            raise UsageError(
                f"the target has read {origin.name} later than the source: a copy would lose what it saw since",
                hint="copy the other way round, or `lineage-graph forget` it there first",
            )


def _counted(records: Iterable[Stored], what: str, progress: Progress) -> Iterator[Stored]:
    done = 0
    for done, stored in enumerate(records, 1):
        if done % EVERY == 0:
            progress(what, done, None)
        yield stored
    progress(what, done, done)


def _verified(source: Store, target: Store, digest: str, records: int) -> CopyReport:
    mine, theirs = source.info(), target.info()
    found = digest_store(target).hexdigest()
    if (dict(mine.nodes), dict(mine.edges)) != (dict(theirs.nodes), dict(theirs.edges)) or found != digest:
        raise StoreError(
            f"the copy differs from the source: {sum(theirs.nodes.values())} of {sum(mine.nodes.values())} nodes, "
            f"{sum(theirs.edges.values())} of {sum(mine.edges.values())} edges, digest {found[:12]} for {digest[:12]}",
            hint="copy again; if it stays so, this is a defect: please report it",
        )
    names = tuple(origin.name for origin in mine.origins)
    return CopyReport(names, records, sum(mine.nodes.values()), sum(mine.edges.values()), digest)
