"""An origin that never was."""

from __future__ import annotations

from collections.abc import Callable

from lineage_graph.stores.neo4j.batch import Batch
from lineage_graph.stores.neo4j.connection import Connection, Transaction
from lineage_graph.stores.neo4j.kept import Observing
from lineage_graph.stores.neo4j.lease import Lease, Turn
from lineage_graph.stores.neo4j.origins import delete_origin, doubt_origin
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.texts import record_prefix

BATCH = 2_000
"""Records a transaction."""

_OF_ORIGIN = f"""MATCH (r:LineageRecord) WHERE r.id STARTS WITH $prefix AND r.needed IS NULL
WITH r LIMIT $batch WITH collect([r.id]) AS rows {CHUNKS}"""
_PAST = f"""MATCH (r:LineageRecord) WHERE r.id STARTS WITH $prefix AND r.retracted_at IS NOT NULL
WITH collect([r.id]) AS rows {CHUNKS}"""


def forget_origin(connection: Connection, lease: Lease, origin: str, others: list[str]) -> None:
    """Take out all that an origin told, and of others what only stood behind its intervals. Broken off, it can go on."""

    def batch(name: str, work: Callable[[Batch], None]) -> None:
        def within(transaction: Transaction, turn: Turn) -> None:
            doubt_origin(transaction, origin)
            work(Batch(transaction, turn, name, Observing(0, None)))

        lease.write(within)

    prefix = record_prefix(origin)
    while ids := [row[0] for row in chunked(connection.read(_OF_ORIGIN, prefix=prefix, batch=BATCH))]:
        batch(origin, lambda change, ids=ids: change.drop(ids))  # type: ignore[misc]
    for name in others:
        past = [row[0] for row in chunked(connection.read(_PAST, prefix=record_prefix(name)))]
        for start in range(0, len(past), BATCH):
            ids = past[start : start + BATCH]
            batch(name, lambda change, ids=ids: change.drop_unobserved(ids))  # type: ignore[misc]

    lease.write(lambda transaction, _: delete_origin(transaction, origin))
