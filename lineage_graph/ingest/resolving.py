"""Resolve again whatever a crawl, a declaration or a retraction touched: load, ask the pure functions of `resolve`, write.

In rounds, until no link that others depend on was made (a model of before MLflow 3, found by its version, has features to
resolve). How far it came is kept with the origin `resolve`, so that a crawl that died in between is caught up by the next.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from lineage_graph.graph import Origin, Record
from lineage_graph.ingest import links
from lineage_graph.ingest.changed import Changed, sort_by_kind
from lineage_graph.ingest.collecting import collect_batch
from lineage_graph.ingest.declared import Basis
from lineage_graph.resolve.derived import ORIGIN
from lineage_graph.sources.base import Progress, no_progress
from lineage_graph.stores.base import Store, Writing

BATCH = 4_000
THROUGH = "through"
"""In the report of what is derived: up to which change of this store links were resolved."""
ROUNDS = 8
"""Links depend on links at most three deep; more rounds than this would be a rule that never settles."""


def resolve_changes(store: Store, progress: Progress = no_progress, *, past: bool = True) -> int:
    """Bring the derived records up to date; how many were written or removed.

    Without `past`, what is derived no more leaves no history: what it came from was forgotten.
    """
    kept = _kept_report(store)
    basis = Basis(store)
    told = basis.kept()
    anew = any(kept.get(name) != value for name, value in told.items())
    if anew:
        basis.apply_roots(kept)
    through = kept.get(THROUGH, 0)
    since = through if isinstance(through, int) else 0
    if not anew and not store.changes(since).nodes:
        return 0
    with store.writing(Origin(ORIGIN, ORIGIN, read_at=int(time.time() * 1000))) as session:
        # Asked for again: only now is every other writer locked out.
        written = _resolve(store, session, basis, store.changes(since).nodes, anew, progress, past=past)
        session.finish(retract=False, report={THROUGH: store.state()[0], **told})
    return written


def _resolve(
    store: Store,
    session: Writing,
    basis: Basis,
    changed: Sequence[str],
    anew: bool,
    progress: Progress,
    *,
    past: bool,
) -> int:
    """Round by round: what a round makes, or takes back, may be what another link waits for."""
    written = 0
    for _ in range(ROUNDS):
        touched: set[str] = set()
        for done, batch in _batches(changed):
            written += _resolve_batch(store, session, batch, touched, past=past)
            collect_batch()
            progress("links", done, len(changed))
        written += _keep(session, basis.link(changed, anew=anew), store, touched, past=past)
        changed, anew = sorted(touched), False
        if not changed:
            break
    return written


def _spoken_of(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        for node in record.nodes:
            yield node.id
        for edge in record.edges:
            yield edge.src
            yield edge.dst


def _kept_report(store: Store) -> Mapping[str, object]:
    for origin in store.state()[1]:
        if origin.name == ORIGIN:
            return origin.report
    return {}


def _batches(nodes: Sequence[str]) -> Iterator[tuple[int, Changed]]:
    in_round = frozenset(nodes)
    for start in range(0, len(nodes), BATCH):
        batch = nodes[start : start + BATCH]
        yield start + len(batch), sort_by_kind(batch, in_round)


def _resolve_batch(store: Store, session: Writing, changed: Changed, touched: set[str], *, past: bool) -> int:
    """How many records were written; `touched` gets what those speak of on which other links depend."""
    first = _keep(session, links.link_versions(store, changed), store, touched, past=past)
    # One transaction for all of these: each begins with reading, and none reads what another makes.
    leaves = chain.from_iterable(link(store, changed) for link in links.LEAVES)
    return first + _keep(session, leaves, past=past)


def _keep(
    session: Writing,
    outcome: Iterable[tuple[str, Record | None]],
    store: Store | None = None,
    touched: set[str] | None = None,
    *,
    past: bool,
) -> int:
    """Write the records that are new or differ, take back those that are none any more; how many were written.

    `touched` gets what they speak of, and spoke of in `store`.
    """
    records: dict[str, Record] = {}
    gone: list[str] = []
    for key, record in outcome:
        if record is None:
            gone.append(key)
        else:
            records[record.key] = record
    fresh = sorted(session.fresh([(record.key, record.fingerprint) for record in records.values()]))
    written = [records[key] for key in fresh]
    if store is not None and touched is not None:
        touched.update(_spoken_of(written))
        touched.update(_spoken_of(store.records(ORIGIN, [*fresh, *gone])))
    session.write(written)
    session.remove(gone, past=past)
    return len(written)
