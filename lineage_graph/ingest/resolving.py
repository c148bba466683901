"""Resolve again whatever a crawl, a declaration or a retraction touched: load, ask the pure functions of `resolve`, write.

Runs until nothing changes any more (a resolved model may have features to resolve). Where it stopped is kept with the origin
`resolve`, so that a crawl that died in between is caught up by the next.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lineage_graph.graph import Kind, Origin, Record
from lineage_graph.ingest import links
from lineage_graph.ingest.declared import Basis
from lineage_graph.naming import kind_of
from lineage_graph.resolve.derived import ORIGIN
from lineage_graph.sources.base import Progress, no_progress
from lineage_graph.stores.base import Store, Writing

BATCH = 1_000
ROUNDS = 8
"""Links depend on links at most three deep; more rounds than this would be a rule that never settles."""


def resolve_changes(store: Store, progress: Progress = no_progress) -> int:
    """Bring the derived records up to date; how many were written or removed."""
    kept = _kept_report(store)
    basis = Basis(store)
    told = basis.kept()
    anew = any(kept.get(name) != value for name, value in told.items())
    if anew:
        basis.apply_roots(kept)
    through = kept.get("through", 0)
    since = through if isinstance(through, int) else 0
    written = 0
    for _ in range(ROUNDS):
        changes = store.changes(since)
        if not changes.nodes and not anew:
            break
        origin = Origin(ORIGIN, ORIGIN, read_at=int(time.time() * 1000))
        with store.writing(origin) as session:
            done = 0
            for batch in _batches(changes.nodes):
                written += _resolve_batch(store, session, batch)
                done += len(batch)
                progress("links", done, len(changes.nodes))
            written += _keep(session, basis.link(changes.nodes, anew=anew))
            session.finish(retract=False, report={"through": changes.last, **told})
        since, anew = changes.last, False
    return written


def _kept_report(store: Store) -> Mapping[str, object]:
    for origin in store.state()[1]:
        if origin.name == ORIGIN:
            return origin.report
    return {}


def _batches(nodes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(nodes), BATCH):
        yield nodes[start : start + BATCH]


def _resolve_batch(store: Store, session: Writing, changed: Sequence[str]) -> int:
    by_kind: dict[Kind, list[str]] = {}
    for node_id in changed:
        by_kind.setdefault(kind_of(node_id), []).append(node_id)
    written = 0
    for link in links.LINKS:
        outcome = link(store, by_kind)
        written += _keep(session, outcome)
    return written


def _keep(session: Writing, outcome: Iterable[tuple[str, Record | None]]) -> int:
    records: dict[str, Record] = {}
    gone: list[str] = []
    for key, record in outcome:
        if record is None:
            gone.append(key)
        else:
            records[record.key] = record
    fresh = session.fresh([(record.key, record.fingerprint) for record in records.values()])
    session.write([records[key] for key in sorted(fresh)])
    session.remove(gone)
    return len(fresh)
