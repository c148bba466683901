"""Finding nodes: indexes and texts narrow inside Neo4j, `matches` decides on the merged node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage_graph.graph import KIND_ORDER, Kind, Node
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.flat import clean
from lineage_graph.stores.matching import by_kind_and_id, matches
from lineage_graph.stores.neo4j.around import get_nodes
from lineage_graph.stores.neo4j.reading import ID, NODE, Ask, read_id, read_nodes
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.texts import key_of, to_text

LOADED = 500
"""Candidates merged at a time: a limit stops the loading."""

UNITED = frozenset({"names", "tags"})
"""Properties that are merged from several claims: no single claim need hold the value that is looked for."""


def find_nodes(ask: Ask, wanted: NodeFilter) -> list[Node]:
    """The nodes that match, by (kind, id)."""
    query, bound = narrowing_query(wanted)
    if wanted.limit is None:
        rows = list(chunked(ask(f"{query}WITH collect({NODE}) AS rows {CHUNKS}", **bound)))
        return sorted((node for node in read_nodes(rows) if matches(node, wanted)), key=by_kind_and_id)
    candidates = chunked(ask(f"{query}WITH collect([{ID.format('n')}]) AS rows {CHUNKS}", **bound))
    ids = sorted((read_id(row[0]) for row in candidates), key=_kind_and_id)
    return _load(ask, ids, wanted, wanted.limit)


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
    conditions, bound = [], {}
    for condition, name, value in _conditions(wanted):
        conditions.append(condition)
        bound[name] = value
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"MATCH (n:LineageNode{f'&({kinds})' if kinds else ''}){where} ", bound


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
            said = to_text(value) if isinstance(value, str) else ""
            yield f"n._claims CONTAINS $property_{place}", f"property_{place}", _text_of_key(key) + said


def _text_of_key(key: str) -> str:
    """How a key ends in the JSON text, also the `x` of `params.x`."""
    return to_text(key.partition(".")[2] or key)[1:] + ":"
