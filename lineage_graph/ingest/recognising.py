"""Whether a store that goes by a known name at another address is the one that had it.

One server may be crawled by its database today and over HTTP tomorrow, under one name. Another store under that name would take
back everything that the graph knows of the first, its alias history included, which no crawl can bring back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from lineage_graph.errors import UsageError
from lineage_graph.graph import Origin
from lineage_graph.sources.base import Pending
from lineage_graph.stores.base import Store

RUNS = "runs/"
"""Keys of records whose ids are drawn at random: two stores share none by chance."""

Batches = Iterator[Sequence[Pending]]


def recognise(store: Store, before: Origin | None, origin: Origin, batches: Batches) -> Batches:
    """The batches, read ahead to a run that is known from before. Raises `UsageError` where none is; nothing is written."""
    if before is None or not before.uri or before.uri == origin.uri:
        return batches
    held: list[Sequence[Pending]] = []
    found = False
    for batch in batches:
        held.append(batch)
        runs = [pending.key for pending in batch if pending.key.startswith(RUNS)]
        found = found or bool(runs)
        if runs and any(True for _ in store.records(before.name, runs)):
            return chain(held, batches)
    if found and any(record.key.startswith(RUNS) for record in store.records(before.name)):
        raise UsageError(
            f"{before.name} is {before.uri}, and {origin.uri} has none of its runs",
            hint=f"give it a name of its own (--name), or let go of the other first: lineage-graph forget {before.name}",
        )
    return iter(held)
