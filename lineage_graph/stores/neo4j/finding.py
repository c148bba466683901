"""Finding nodes: indexes and texts narrow inside Neo4j, `matches` decides on the merged node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lineage_graph.graph import KIND_ORDER, Kind, Node
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.flat import clean
from lineage_graph.stores.json_text import to_json
from lineage_graph.stores.matching import by_kind_and_id, matches
from lineage_graph.stores.neo4j import paging
from lineage_graph.stores.neo4j.around import get_nodes
from lineage_graph.stores.neo4j.paging import list_nodes
from lineage_graph.stores.neo4j.reading import ID, NODE, Ask, read_id, read_nodes
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.texts import key_of

LOADED = 500
"""Candidates merged at a time: a limit stops the loading."""

UNITED = frozenset({"names", "tags"})
"""Properties that are merged from several claims: no single claim need hold the value that is looked for."""


def find_nodes(ask: Ask, wanted: NodeFilter) -> list[Node]:
    """The nodes that match, by (kind, id)."""
    if wanted.limit is None:
        rows = _few_rows(ask, wanted) if _is_narrow(wanted) else list(_all_rows(ask, wanted))
        if rows is not None:
            return sorted((node for node in read_nodes(rows) if matches(node, wanted)), key=by_kind_and_id)
    query, bound = narrowing_query(wanted)
    candidates = chunked(ask(f"{query}WITH collect([{ID.format('n')}]) AS rows {CHUNKS}", **bound))
    ids = sorted((read_id(row[0]) for row in candidates), key=_kind_and_id)
    return _load(ask, ids, wanted, len(ids) if wanted.limit is None else wanted.limit)


def _is_narrow(wanted: NodeFilter) -> bool:
    """Whether an index finds what is wanted among all nodes."""
    return bool(wanted.id_prefix or wanted.name or wanted.name_contains)


def _few_rows(ask: Ask, wanted: NodeFilter) -> list[list[Any]] | None:
    """As nearly always: one page has them all. None where it has not."""
    query, bound = narrowing_query(wanted)
    ending = f"WITH n LIMIT $page WITH collect({NODE}) AS rows {CHUNKS}"
    rows = list(chunked(ask(query + ending, page=paging.PAGE, **bound)))
    return rows if len(rows) < paging.PAGE else None


def _all_rows(ask: Ask, wanted: NodeFilter) -> Iterator[list[Any]]:
    """Page by page. The id begins with the kind, so that nodes of other kinds are not looked at."""
    where, bound = _where(wanted)
    if not wanted.kinds:
        yield from list_nodes(ask, where, bound)
    for kind in Kind:
        if kind in wanted.kinds:
            word = kind.lower()
            yield from list_nodes(ask, where, bound, after=f"{word}:", end=f"{word};")


def _load(ask: Ask, ids: Sequence[str], wanted: NodeFilter, limit: int) -> list[Node]:
    found: list[Node] = []
    for start in range(0, len(ids), LOADED):
        if len(found) >= limit:
            break
        found += [
            node for node in get_nodes(ask, ids[start : start + LOADED]).values() if matches(node, wanted)
        ]
    return found[:limit]


def _kind_and_id(node: str) -> tuple[int, str]:
    return KIND_ORDER[kind_of(node)], node


def narrowing_query(wanted: NodeFilter) -> tuple[str, dict[str, object]]:
    """The beginning of a statement that gives all nodes that match, and maybe more; values are bound, never in its text."""
    # Our own list of kinds, in its own order: labels are part of the text.
    kinds = "|".join(kind for kind in Kind if kind in wanted.kinds)
    where, bound = _where(wanted)
    return (
        f"MATCH (n:LineageNode{f'&({kinds})' if kinds else ''}){f' WHERE {where}' if where else ''} ",
        bound,
    )


def _where(wanted: NodeFilter) -> tuple[str, dict[str, object]]:
    conditions, bound = [], {}
    for condition, name, value in _conditions(wanted):
        conditions.append(condition)
        bound[name] = value
    return " AND ".join(conditions), bound


def _conditions(wanted: NodeFilter) -> Iterator[tuple[str, str, object]]:
    """Conditions, each with the parameter that it needs."""
    if wanted.id_prefix and key_of(wanted.id_prefix) == wanted.id_prefix:
        yield "(n.id STARTS WITH $prefix)", "prefix", wanted.id_prefix
    for name, text in (("name", wanted.name), ("text", wanted.name_contains)):
        if text and clean(text) == text:
            yield f"(n._search CONTAINS ${name} OR n._odd = true)", name, text.lower()
    if wanted.gap is not None:
        yield "$gap IN n.gaps", "gap", wanted.gap
    if wanted.has is not None:
        yield "n._claims CONTAINS $has", "has", _text_of_key(wanted.has)
    for place, (key, value) in enumerate(wanted.properties.items()):
        if key not in UNITED:
            said = to_json(value) if isinstance(value, str) else ""
            yield f"n._claims CONTAINS $property_{place}", f"property_{place}", _text_of_key(key) + said


def _text_of_key(key: str) -> str:
    """How a key ends in the JSON text, also the `x` of `params.x`."""
    return to_json(key.partition(".")[2] or key)[1:] + ":"
