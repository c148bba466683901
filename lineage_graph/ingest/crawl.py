"""Bring one origin of a store up to date with its source."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from lineage_graph.errors import StoreMissing
from lineage_graph.graph import PART, Origin, Record
from lineage_graph.ingest.collecting import collect_batch, collecting_between_batches
from lineage_graph.ingest.finding import MLFLOW
from lineage_graph.ingest.recognising import recognise
from lineage_graph.ingest.remembering import choose_changed
from lineage_graph.ingest.resolving import resolve_changes
from lineage_graph.ingest.rooting import roots_of
from lineage_graph.ingest.unresolved import read_unresolved
from lineage_graph.resolve.roots import Roots, rebase
from lineage_graph.sources.base import Pending, Progress, Report, Source, no_progress
from lineage_graph.sources.unreadable import attempt, checked
from lineage_graph.stores.base import Seen, Store, Writing

DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a crawl read, wrote and left out."""

    origin: Origin
    seen: Seen
    read: Mapping[str, int]
    skipped: Sequence[Mapping[str, object]]
    resolved: int
    """Links made or changed from several records together."""
    seconds: float
    dry_run: bool = False
    unresolved: Sequence[str] = ()
    """References of declarations that lead nowhere."""


def crawl(
    store: Store, source: Source, *, progress: Progress = no_progress, dry_run: bool = False
) -> IngestReport:
    """Read the source, write what is new or changed, retract what is gone, resolve.

    Interrupted at any moment, it leaves what was written; the next crawl goes on from there. With `dry_run` everything is
    read and mapped, and nothing is written.
    """
    began = time.monotonic()
    started = int(time.time() * 1000)
    origin = replace(source.origin, read_at=started)
    with collecting_between_batches():
        seen = _read_only(source, progress) if dry_run else _write(store, source, origin, progress)
        resolved = 0 if dry_run else resolve_changes(store, progress)
    unresolved = read_unresolved(store, origin.name) if origin.type == DECLARED and not dry_run else ()
    report = source.report.to_dict()
    read, skipped = report["read"], report["skipped"]
    assert isinstance(read, Mapping)  # noqa: S101 - narrows what `to_dict` types loosely
    assert isinstance(skipped, Sequence)  # noqa: S101
    seconds = time.monotonic() - began
    return IngestReport(origin, seen, read, skipped, resolved, seconds, dry_run, unresolved)


def _write(store: Store, source: Source, origin: Origin, progress: Progress) -> Seen:
    before = next((known for known in _origins(store) if known.name == origin.name), None)
    was_whole = before is not None and before.complete
    batches = recognise(store, before, origin, source.read(progress))
    with store.writing(origin) as session:
        roots = roots_of(store, origin) if origin.type == MLFLOW else None
        known = store if before is not None and origin.type == MLFLOW else None
        as_before = 0
        for batch in batches:
            as_before += _write_batch(
                session, _mapped(session, batch, source.report), roots, known, origin.name
            )
            collect_batch()
        whole = not source.partial
        # A part of a store of which all was never read leaves room for more.
        complete = whole or was_whole
        report = dict(source.report.to_dict())
        if not whole:
            report[PART] = {**source.chosen, "read_at": origin.read_at, "complete": complete}
        seen = session.finish(retract=whole, complete=complete, report=report)
        return seen._replace(unchanged=seen.unchanged + as_before)


def _origins(store: Store) -> Sequence[Origin]:
    try:
        return store.state()[1]
    except StoreMissing:
        return ()


def _make(pending: Pending) -> Record:
    return checked(pending.map())


def _mapped(session: Writing, batch: Sequence[Pending], report: Report) -> list[Record]:
    """The records that are new. What can't be mapped stays as it was known before, and is tried again by the next crawl."""
    fresh = session.fresh([(pending.key, pending.fingerprint) for pending in batch])
    mapped = (
        attempt(partial(_make, pending), pending.key, report) for pending in batch if pending.key in fresh
    )
    return [record for record in mapped if record is not None]


def _write_batch(
    session: Writing, records: list[Record], roots: Roots | None, known: Store | None, origin: str
) -> int:
    """Write them; how many were tried again and are as they were."""
    if not records:
        return 0
    if roots and roots.folders:
        records = [rebase(record, roots) for record in records]
    changed = records if known is None else choose_changed(known, origin, records)
    session.write(changed)
    return len(records) - len(changed)


def _read_only(source: Source, progress: Progress) -> Seen:
    records = 0
    for batch in source.read(progress):
        for pending in batch:
            records += attempt(partial(_make, pending), pending.key, source.report) is not None
        collect_batch()
    return Seen(written=0, unchanged=records, retracted=0)
