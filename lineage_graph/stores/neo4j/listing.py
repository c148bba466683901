"""Records, mentions and changes, listed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph.errors import StoreBusy
from lineage_graph.graph import Mention, Record
from lineage_graph.stores.base import Changes
from lineage_graph.stores.neo4j.kept import HEAD, Head, Kept, read_head
from lineage_graph.stores.neo4j.looking import EDGES, read_edges, read_kept
from lineage_graph.stores.neo4j.reading import ID, NODE, Ask, read_id
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.schema import CHANGE, STORE
from lineage_graph.stores.neo4j.texts import edge_key, end_of_records, key_of, record_id, record_prefix
from lineage_graph.stores.stored import Stored

PAGE = 500
"""Records read at a time."""
PATIENCE = 5
"""How often a page is read that somebody writes to meanwhile."""

_PAGE = f"""MATCH (r:LineageRecord) WHERE r.id > $after AND r.id < $end {{which}}
WITH r ORDER BY r.id LIMIT $page WITH collect({HEAD}) AS rows {CHUNKS}"""
_THESE = f"UNWIND $ids AS id MATCH (r:LineageRecord {{id: id}}) WITH collect({HEAD}) AS rows {CHUNKS}"
_NODES = f"UNWIND $ids AS id MATCH (n:LineageNode {{id: id}}) WITH collect({NODE}) AS rows {CHUNKS}"
_MENTIONS = "MATCH (m:LineageMention) WHERE m.{which} IN $keys RETURN DISTINCT m.told"
_CHANGED = (
    f"MATCH (n:LineageNode) WHERE n._changed > $since WITH collect([{ID.format('n')}]) AS rows {CHUNKS}"
)
_GONE = f"MATCH (n:LineageGone) WHERE n.change > $since WITH collect([{ID.format('n')}]) AS rows {CHUNKS}"


class Which(NamedTuple):
    """Which records: as a condition, and as a test of one that was read again."""

    condition: str
    fits: Callable[[Head], bool]


_LIVE = Which(
    "AND r.needed IS NULL AND r.retracted_at IS NULL",
    lambda head: head.needed is None and head.retracted_at is None,
)
_RETRACTED = Which("AND r.retracted_at IS NOT NULL", lambda head: head.retracted_at is not None)
_PLAIN = Which("AND r.needed IS NULL", lambda head: head.needed is None)


def list_records(ask: Ask, origin: str, keys: Sequence[str] | None, *, retracted: bool) -> Iterator[Record]:
    """Records as written, by key."""
    for kept, shared in _list_kept(ask, origin, keys, _RETRACTED if retracted else _LIVE):
        yield kept.as_written(shared)


def list_stored(ask: Ask, origin: str) -> Iterator[Stored]:
    """Records with all that is kept of them, by key."""
    for kept, shared in _list_kept(ask, origin, None, _PLAIN):
        yield kept.as_stored(shared)


def _list_kept(
    ask: Ask, origin: str, keys: Sequence[str] | None, which: Which
) -> Iterator[tuple[Kept, Mapping[str, Kept]]]:
    for heads in _pages(ask, origin, which) if keys is None else _these(ask, origin, keys, which):
        found, shared = _read_page(ask, origin, heads, which)
        for key in sorted(found):
            yield found[key], shared


def _pages(ask: Ask, origin: str, which: Which) -> Iterator[list[Head]]:
    after, end = record_prefix(origin), end_of_records(origin)
    query = _PAGE.format(which=which.condition)
    while heads := [read_head(row) for row in chunked(ask(query, after=after, end=end, page=PAGE))]:
        yield heads
        after = max(record_id(origin, head.key) for head in heads)


def _these(ask: Ask, origin: str, keys: Sequence[str], which: Which) -> Iterator[list[Head]]:
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), PAGE):
        yield list(filter(which.fits, _heads(ask, origin, ordered[start : start + PAGE])))


def _heads(ask: Ask, origin: str, keys: Sequence[str]) -> list[Head]:
    ids = sorted(record_id(origin, key) for key in keys)
    return [read_head(row) for row in chunked(ask(_THESE, ids=ids))] if ids else []


def _read_page(
    ask: Ask, origin: str, heads: Sequence[Head], which: Which
) -> tuple[dict[str, Kept], dict[str, Kept]]:
    """A page and what it shares. One that was written to between two statements is read again."""
    for _ in range(PATIENCE):
        shared = _heads(ask, origin, sorted({key for head in heads for key in head.shares}))
        kept = _read_kept(ask, [*heads, *shared])
        if all(_is_whole(head, kept) for head in (*heads, *shared)):
            return {head.key: kept[head.key] for head in heads}, {head.key: kept[head.key] for head in shared}
        heads = list(filter(which.fits, _heads(ask, origin, [head.key for head in heads])))
    raise StoreBusy(
        f"the records of {origin} are being written faster than they are read",
        hint="run this again when the ingest has ended",
    )


def _is_whole(head: Head, kept: Mapping[str, Kept]) -> bool:
    """Whether all is there that a record's node tells of."""
    record = kept[head.key]
    return (
        {claim.id for claim in record.nodes}.issuperset(head.nodes)
        and set(map(edge_key, record.edges)).issuperset(head.edges)
        and all(key in kept for key in head.shares)
    )


def _read_kept(ask: Ask, heads: Sequence[Head]) -> dict[str, Kept]:
    ids = sorted({key_of(node) for head in heads for node in head.nodes})
    nodes = {read_id(node): text for node, text in chunked(ask(_NODES, ids=ids))} if ids else {}
    pairs = sorted({(key_of(edge.src), key_of(edge.dst)) for head in heads for edge in head.edges})
    edges = dict(read_edges(ask(EDGES, pairs=list(map(list, pairs))))) if pairs else {}
    return read_kept(heads, nodes, edges)


def list_mentions(ask: Ask, which: str, keys: Sequence[str]) -> list[Mention]:
    """Mentions by `key` or by `node`, in order."""
    rows = ask(_MENTIONS.format(which=which), keys=sorted(set(map(key_of, keys))))
    return sorted(Mention(*json.loads(str(told))) for (told,) in rows)


def list_changes(ask: Ask, since: int) -> Changes:
    """What changed after `since`, ids in order."""
    last = ask(CHANGE, id=STORE)[0][0]
    rows = [*chunked(ask(_CHANGED, since=since)), *chunked(ask(_GONE, since=since))]
    return Changes(int(str(last)), tuple(sorted({read_id(row[0]) for row in rows})))
