"""Which write a read goes on from: Dataset CONTINUES_AS Dataset, at one source. Pure.

A read of the very version that was written is one node already. Else a write of the same table version or content hash; else the
last one that had ended before the read began; else, where nobody recorded a write that fits, what a declaration says to be written
there, which has no time and stands before every read. Nobody goes on from what they write themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Mention, Node, Record
from lineage_graph.resolve.derived import derived

WRITTEN = "written"
"""The key that concerns every source that something is known to write."""
CONTINUED = "continued"
"""The key that concerns every source at which reads go on from writes."""
_SAME = ("table_version", "content_hash")


class Write(NamedTuple):
    """A version that a run wrote. A declared one has no end."""

    dataset: Node
    writer: str
    ended: int | None
    declared: bool


class Read(NamedTuple):
    """A version that runs read, and when the first of them began."""

    dataset: Node
    readers: frozenset[str]
    began: int | None


def resolve_writes(source: str, writes: Sequence[Write], reads: Sequence[Read]) -> Record | None:
    """What the reads at one source go on from."""
    written = {write.dataset.id for write in writes}
    edges = [
        edge
        for read in sorted(reads, key=lambda read: read.dataset.id)
        if read.dataset.id not in written
        for edge in _continue(read, [write for write in writes if write.writer not in read.readers])
    ]
    if not edges:
        return None
    return derived(f"writes/{source}", edges=edges, mentions=[Mention(CONTINUED, source)])


def _continue(read: Read, writes: Sequence[Write]) -> list[EdgeClaim]:
    recorded = [write for write in writes if not write.declared]
    for name in _SAME:
        value = read.dataset.properties.get(name)
        same = [w for w in recorded if value is not None and w.dataset.properties.get(name) == value]
        if same:
            return [_edge(write, read, Evidence.LOGGED, name.replace("_", "-")) for write in _unique(same)]
    before = [w for w in recorded if _ended_before(w, read)]
    if before:
        last = max(write.ended or 0 for write in before)
        return [
            _edge(write, read, Evidence.INFERRED, "last-write")
            for write in _unique([w for w in before if w.ended == last])
        ]
    said = _unique([write for write in writes if write.declared])
    return [_edge(write, read, Evidence.DECLARED, "declared-derivation") for write in said]


def _ended_before(write: Write, read: Read) -> bool:
    return write.ended is not None and read.began is not None and write.ended <= read.began


def _unique(writes: Sequence[Write]) -> list[Write]:
    by_dataset = {write.dataset.id: write for write in writes}
    return [by_dataset[dataset] for dataset in sorted(by_dataset)]


def _edge(write: Write, read: Read, evidence: Evidence, rule: str) -> EdgeClaim:
    return EdgeClaim(write.dataset.id, read.dataset.id, EdgeType.CONTINUES_AS, evidence, rule)
