"""One transaction's worth of change: records replaced, retracted, restored, and everything that follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from lineage_graph.graph import EdgeType, Record
from lineage_graph.stores.neo4j.applying import Applying
from lineage_graph.stores.neo4j.connection import Transaction
from lineage_graph.stores.neo4j.kept import Head, Kept, Observing, end_intervals, put, restore, retract
from lineage_graph.stores.neo4j.lease import Turn
from lineage_graph.stores.neo4j.looking import Looking, Sight
from lineage_graph.stores.neo4j.patching import Replaced
from lineage_graph.stores.neo4j.preparing import UNPREPARED, Prepared, fit
from lineage_graph.stores.neo4j.texts import key_of, record_id
from lineage_graph.stores.stored import Stored

_OBSERVED = f"""UNWIND $ids AS id MATCH (n:LineageNode {{id: id}})
WHERE EXISTS {{ (n)-[r:{EdgeType.ALIASED_AS.value}]-(:LineageNode) WHERE r._claims IS NOT NULL }} RETURN n.id"""


class Batch:
    """Changes claims of one origin within a transaction that the caller holds."""

    def __init__(
        self,
        transaction: Transaction,
        turn: Turn,
        origin: str,
        observing: Observing,
        prepared: Prepared = UNPREPARED,
    ) -> None:
        self._prepared = prepared
        self._transaction = transaction
        self._turn = turn
        self._origin = origin
        self._observing = observing
        self._looking = Looking(transaction)

    def replace(self, records: Mapping[str, Record], new: Container[str] = ()) -> list[int]:
        """Put these records in the place of what they said before, but for `new` ones, which said nothing; their numbers."""
        shared = {inner.key: inner for record in records.values() for inner in record.shared}
        there = self._looking.sights({record_id(self._origin, key): key for key in shared})
        differ = [key for key, sight in there.items() if sight.fingerprint != shared[key].fingerprint]
        again = [key for key in records if key not in new]
        heads = self._looking.heads(self._ids([*again, *differ]))
        old = self._looking.kept([*heads.values()])
        new = {
            key: self._put(inner, old.get(key))
            for key, inner in shared.items()
            if key in old or key not in there
        }
        new |= {key: self._put(record, old.get(key)) for key, record in records.items()}
        return self._change(records, shared.keys() - new.keys(), {**there, **heads}, old, new)

    def restore(self, records: Mapping[str, Stored], done: Container[str] = ()) -> list[int]:
        """Put these there as another store kept them, times, intervals and past, but for shared ones that are `done`; their numbers."""
        shared = {inner.record.key: inner for stored in records.values() for inner in stored.shared}
        heads = self._looking.heads(self._ids([*records, *shared]))
        again = {key: stored for key, stored in shared.items() if key not in done or key not in heads} | dict(
            records
        )
        old = self._looking.kept([heads[key] for key in again if key in heads])
        new = {
            key: restore(self._origin, stored, old[key]) if key in old else self._prepared.kept[key]
            for key, stored in again.items()
        }
        return self._change(records, (), heads, old, new)

    def end_intervals(self, ids: Iterable[str]) -> None:
        """Close what these records observed; what an interval began and ended with at one time is none."""
        heads = self._live(ids)
        old = self._looking.kept(
            [head for head in heads if any(edge.type == EdgeType.ALIASED_AS for edge in head.edges)]
        )
        new = {key: end_intervals(kept, self._observing) for key, kept in old.items()}
        changed = [Replaced(old[key], kept) for key, kept in new.items() if kept != old[key]]
        self._apply(changed, [], {key: kept.number for key, kept in new.items()})

    def retract(self, ids: Iterable[str], past: bool) -> int:
        """Take these records back, whose intervals are closed; what an interval speaks of stays as past, if wanted."""
        heads = self._live(ids)
        old = self._looking.kept(heads)
        stays = self._observed(old.values()) if past else set()
        new = {key: retract(old[key], self._observing.at) for key in stays}
        self._change((), (), {head.key: head for head in heads}, old, new)
        return len(heads)

    def drop(self, ids: Iterable[str]) -> None:
        """Delete records without a trace."""
        heads = self._looking.heads(ids)
        self._change((), (), heads, self._looking.kept([*heads.values()]), {})

    def drop_unobserved(self, ids: Iterable[str]) -> None:
        """Delete those on which no interval stands."""
        heads = self._looking.heads(ids)
        old = self._looking.kept([*heads.values()])
        stays = self._observed(old.values())
        self._change((), (), heads, {key: kept for key, kept in old.items() if key not in stays}, {})

    def _put(self, record: Record, old: Kept | None) -> Kept:
        return put(self._origin, record, old, self._observing) if old else self._prepared.kept[record.key]

    def _ids(self, keys: Iterable[str]) -> list[str]:
        return [record_id(self._origin, key) for key in keys]

    def _live(self, ids: Iterable[str]) -> list[Head]:
        heads = self._looking.heads(ids).values()
        return [head for head in heads if head.retracted_at is None and head.needed is None]

    def _observed(self, records: Iterable[Kept]) -> set[str]:
        """Records that an interval stands on."""
        kept = {record.key: record for record in records}
        nodes = {claim.id for record in kept.values() for claim in record.nodes}
        ids = sorted(map(key_of, nodes))
        found = {str(row[0]) for row in self._transaction.run(_OBSERVED, ids=ids)} if ids else set()
        return {
            key
            for key, record in kept.items()
            if record.intervals or any(key_of(claim.id) in found for claim in record.nodes)
        }

    def _change(
        self,
        plain: Iterable[str],
        seen: Iterable[str],
        heads: Mapping[str, Head | Sight],
        old: Mapping[str, Kept],
        new: dict[str, Kept],
    ) -> list[int]:
        """Replace `old` by `new`, with shared records kept while one is needed; the numbers of plain ones."""
        plain, seen = dict.fromkeys(plain), set(seen)
        needs = Counter(key for kept in new.values() if kept.needed is None for key in kept.shares)
        needs.subtract(Counter(key for kept in old.values() if kept.needed is None for key in kept.shares))
        released = [key for key in needs if key not in heads and key not in new]
        heads = {**heads, **self._looking.heads(self._ids(released))}
        counts = {key: _needed(heads.get(key)) + count for key, count in needs.items()}
        for key in new.keys() - plain.keys():
            if key not in heads or heads[key].needed is not None:
                new[key] = replace(new[key], needed=counts.get(key, _needed(heads.get(key))))
        unneeded = {key for key, count in counts.items() if count <= 0 and key in heads}
        more = self._looking.heads(self._ids(unneeded - old.keys()))
        old = {**old, **self._looking.kept([*more.values()])}
        new = {key: kept for key, kept in new.items() if kept.needed is None or kept.needed > 0}
        at = self._observing.at
        touched = [
            (record_id(self._origin, key), counts.get(key, _needed(heads[key])), at if key in seen else None)
            for key in {*seen, *counts}
            if key in heads and key not in new and key not in unneeded
        ]
        numbers = {key: kept.number or self._turn.next_number() for key, kept in new.items()}
        self._apply([Replaced(old.get(key), new.get(key)) for key in {**old, **new}], touched, numbers)
        return [numbers[key] for key in plain]

    def _apply(
        self,
        replaced: Sequence[Replaced],
        touched: Sequence[tuple[str, int, int | None]],
        numbers: Mapping[str, int],
    ) -> None:
        prepared = fit(self._prepared, replaced)
        applying = Applying(self._transaction, self._turn.change)
        applying.graph(prepared, self._looking)
        applying.records(prepared, replaced, touched, numbers)
        # What was read is not what lies there any more.
        self._looking = Looking(self._transaction)


def _needed(head: Head | Sight | None) -> int:
    return head.needed or 0 if head else 0
