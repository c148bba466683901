"""A writing session on the store in memory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lineage_graph.graph import OBSERVED, Origin, Record, State
from lineage_graph.stores.base import Seen, Writing
from lineage_graph.stores.intervals import observe, track, track_changes
from lineage_graph.stores.memory.kept import Kept, Records
from lineage_graph.stores.stored import Stored, as_written


class MemoryWriting(Writing):
    """One origin being brought up to date."""

    def __init__(self, records: Records, origin: Origin) -> None:
        self._records = records
        self._origin = origin
        self._at = origin.read_at if origin.read_at is not None else time.time_ns() // 1_000_000
        self._not_before = records.whole_at.get(origin.name)
        self._seen: set[str] = set()
        self._unchanged = self._written = self._retracted = 0

    def _live(self, key: str) -> Kept | None:
        kept = self._records.by_key.get((self._origin.name, key))
        return None if kept is None or kept.retracted_at is not None or kept.is_shared else kept

    def fresh(self, records: Sequence[tuple[str, bytes]]) -> set[str]:
        """The keys that are new or whose fingerprint differs. All are marked as seen."""
        fresh = set()
        for key, fingerprint in records:
            kept = self._live(key)
            if kept is None or kept.record.fingerprint != fingerprint:
                fresh.add(key)
            elif key not in self._seen:
                self._unchanged += 1
            self._seen.add(key)
        return fresh

    def write(self, records: Iterable[Record]) -> None:
        """Replace these records' claims, and nothing else."""
        by_key = {record.key: record for record in records}
        if by_key:
            self._begin()
        for record in by_key.values():
            for inner in record.shared:
                known = self._records.by_key.get((self._origin.name, inner.key))
                if known is None or known.record.fingerprint != inner.fingerprint:
                    self._put(inner, is_shared=True)
                else:
                    known.last_seen = self._at
            self._put(record, is_shared=False)
        self._drop_unneeded()
        self._seen.update(by_key)
        self._written += len(by_key)

    def _put(self, record: Record, *, is_shared: bool) -> None:
        old = self._records.by_key.get((self._origin.name, record.key))
        new = Kept(self._origin.name, record, self._at, self._at, is_shared=is_shared)
        observed = [edge for edge in record.edges if edge.type in OBSERVED]
        new.intervals = observe(old.intervals if old else (), observed, self._at, self._not_before)
        if old is not None:
            changed = track_changes(old.record.nodes, record.nodes)
            # What was true before the first change at one time is what was true before that time.
            new.past = {(node, self._at): tracked for node, tracked in changed.items()} | old.past
            new.first_seen = old.first_seen
            self._records.touch([old])
        self._records.by_key[self._origin.name, record.key] = new
        self._records.touch([new])

    def remove(self, keys: Iterable[str], *, past: bool = True) -> None:
        """Retract these records, without `past` whole."""
        found = [kept for key in dict.fromkeys(keys) if (kept := self._live(key))]
        if found:
            self._begin()
        for kept in found:
            self._records.touch([kept])
            kept.intervals = observe(kept.intervals, (), self._at, self._not_before)
        if past:
            for kept in found:
                self._retract(kept)
        else:
            self._records.drop(found)
        self._drop_unneeded()
        self._retracted += len(found)

    def _retract(self, kept: Kept) -> None:
        at, record = self._at, kept.record
        if not kept.intervals and not self._records.is_observed(kept):
            self._records.drop([kept])
            return
        live = [claim for claim in reversed(record.nodes) if claim.state is not State.DELETED]
        kept.past = {(claim.id, at): track(claim) for claim in live} | kept.past
        nodes = tuple(claim._replace(state=State.DELETED) for claim in record.nodes)
        ended = [edge if edge.valid_to is not None else edge._replace(valid_to=at) for edge in record.edges]
        kept.record = Record(record.key, record.fingerprint, nodes, tuple(ended))
        kept.retracted_at = at

    def _drop_unneeded(self) -> None:
        """Shared records that no record needs go."""
        of_origin = self._records.of_origin(self._origin.name)
        needed = {inner.key for kept in of_origin for inner in kept.record.shared}
        unneeded = [kept for kept in of_origin if kept.is_shared and kept.record.key not in needed]
        if unneeded:
            self._records.drop(unneeded)

    def _begin(self) -> None:
        """The origin is incomplete from now on."""
        known = self._records.origins.get(self._origin.name)
        report = known.report if known else {}
        self._records.origins[self._origin.name] = replace(
            self._origin, read_at=self._at, complete=False, report=report
        )

    def finish(
        self, *, retract: bool, complete: bool = True, report: Mapping[str, object] | None = None
    ) -> Seen:
        """End it; with `retract`, what this session did not see is retracted."""
        if retract:
            keys = [kept.record.key for kept in self._records.of_origin(self._origin.name)]
            self.remove(key for key in keys if key not in self._seen)
        self._begin()
        begun = self._records.origins[self._origin.name]
        report = begun.report if report is None else report
        self._records.origins[self._origin.name] = replace(begun, complete=complete, report=report)
        self._records.end_crawl(self._origin.name, self._at, whole=complete and retract)
        return Seen(self._written, self._unchanged, self._retracted)

    def restore(self, records: Iterable[Stored]) -> None:
        """Put records there as another store kept them."""
        self._begin()
        for stored in records:
            for inner in stored.shared:
                self._restore(inner, is_shared=True)
            self._restore(stored, is_shared=False)
            self._seen.add(stored.record.key)

    def _restore(self, stored: Stored, *, is_shared: bool) -> None:
        key = (self._origin.name, stored.record.key)
        if key in self._records.by_key:
            self._records.touch([self._records.by_key[key]])
        record = as_written(stored)
        kept = Kept(
            self._origin.name, record, stored.first_seen or 0, stored.last_seen or 0, is_shared=is_shared
        )
        kept.intervals = [edge for edge in record.edges if edge.type in OBSERVED]
        kept.retracted_at = stored.retracted_at
        kept.past = {(past.node, past.until): dict(past.tracked) for past in stored.past}
        self._records.by_key[key] = kept
        self._records.touch([kept])

    def finish_copy(self, whole_at: int | None) -> None:
        """End it: what was not brought is gone, and the origin is as it was given."""
        kept = self._records.of_origin(self._origin.name)
        self._records.drop(each for each in kept if not each.is_shared and each.record.key not in self._seen)
        self._drop_unneeded()
        self._records.origins[self._origin.name] = self._origin
        self._records.end_copy(self._origin.name, whole_at)
