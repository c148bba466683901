"""What a graph says, as a value: all of it, or all of what is now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lineage_graph import Lineage
from lineage_graph.graph import Claimed, EdgeType, Origin
from lineage_graph.stores.base import NodeFilter
from lineage_graph.testing.dump import dump

RESOLVE = "resolve"


def told(lineage: Lineage, *, when: bool = True) -> dict[str, Any]:
    """The dump, less how far resolving came in this store's own count; without `when` also less when it was read."""
    parts = dump(lineage.store)
    del parts["state"]  # the origins once more
    origins = parts["origins"]
    claims = parts["claims"]
    assert isinstance(origins, dict)
    assert isinstance(claims, list)
    parts["origins"] = {name: _origin(origin, when=when) for name, origin in origins.items()}
    parts["claims"] = claims if when else [_timeless(claimed) for claimed in claims]
    return parts


def _origin(origin: Origin, *, when: bool) -> Origin:
    if origin.name == RESOLVE:
        report = {key: value for key, value in origin.report.items() if key != "through"}
        return replace(origin, report=report, read_at=None)
    return origin if when else replace(origin, read_at=None)


def _timeless(claimed: Claimed) -> Claimed:
    return claimed._replace(first_seen=None, last_seen=None)


def now(lineage: Lineage) -> dict[str, Any]:
    """All but the past: nodes and open edges, without since when a pointer is known to stand where it does."""
    store = lineage.store
    nodes = {node.id: node for node in store.find(NodeFilter())}
    around = store.neighbours(list(nodes))
    open_edges = [edge for edge in around.edges if edge.valid_to is None]
    past = {
        f"{origin.name}/{record.key}"
        for origin in store.info().origins
        for record in store.retracted(origin.name)
    }
    linked = {end for edge in open_edges for end in (edge.src, edge.dst)}
    info = store.info()
    return {
        "nodes": {id: node for id, node in nodes.items() if id in linked or set(node.records) - past},
        "edges": {
            edge.key: edge._replace(valid_from=None, properties={})
            if edge.type is EdgeType.ALIASED_AS
            else edge
            for edge in open_edges
        },
        "counts": (dict(info.nodes), dict(info.edges), info.gaps),
        "mentions": store.mentioned(list(nodes)),
    }


def parts_that_differ(mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Which parts differ, and where they begin to."""
    return [
        f"{part}: {_first(mine[part], theirs[part])}"
        for part in {**mine, **theirs}
        if mine.get(part) != theirs.get(part)
    ]


def _first(mine: Any, theirs: Any) -> str:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        key = next(key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key))
        return f"{key!a}: {_first(mine.get(key), theirs.get(key))}"
    if isinstance(mine, (list, tuple)) and isinstance(theirs, (list, tuple)) and mine and theirs:
        pairs = [pair for pair in zip(mine, theirs, strict=False) if pair[0] != pair[1]]
        if pairs:
            return _first(*pairs[0])
        return f"{len(mine)} and {len(theirs)}: {[*mine, *theirs][min(len(mine), len(theirs))]!a}"[:1500]
    return f"{mine!a}\n    {theirs!a}"[:3000]
