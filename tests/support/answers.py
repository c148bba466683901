"""Whole answers as values that can be compared: everything that they say, but for when the graph was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from lineage_graph import Lineage
from lineage_graph.graph import GROUPS, Kind
from lineage_graph.query.answer import Answer
from lineage_graph.stores.base import NodeFilter

FLOWING = frozenset(Kind) - GROUPS
DIRECTIONS = ("upstream", "downstream")
OPTIONS: tuple[Mapping[str, bool], ...] = ({}, {"include_evaluation": True, "include_possible": True})

Back = Callable[[Any], Any]


def same(value: Any) -> Any:
    return value


def flowing(lineage: Lineage) -> list[str]:
    """Every node that a question can be about."""
    return [node.id for node in lineage.store.find(NodeFilter(kinds=FLOWING))]


def whole(answer: Answer, back: Back = same) -> dict[str, Any]:
    """The answer, in other words if told how, in an order that hangs on no id."""
    told = back(answer.to_dict())
    del told["graph"]  # which store answered, and when it was read
    several = {node["id"] for node in told["nodes"] if len(node["properties"].get("names", ())) > 1}
    paths = [_path(told, path) for path in told["paths"]]
    return told | {
        "roots": sorted(told["roots"], key=repr),
        "nodes": {node["id"]: _node(node) for node in told["nodes"]},
        "edges": {_key(edge): _edge(edge, several) for edge in map(_undirected, told["edges"])},
        "paths": sorted(paths),
        "possible": sorted((one["node"]["id"], one["rule"], one["why"]) for one in told["possible"]),
        "gaps": sorted(map(_gap, told["gaps"])),
    }


def _gap(gap: Mapping[str, str]) -> tuple[str, ...]:
    """Whether a name must be quoted where it is pasted hangs on how it is spelt."""
    return (gap["code"], gap["node"], gap["message"], gap["fix"].replace('"', ""))


def _key(edge: Mapping[str, Any]) -> tuple[str, ...]:
    return (edge["from"], edge["type"], edge["to"])


def _undirected(edge: Mapping[str, Any]) -> Mapping[str, Any]:
    """Equal content has no direction: which end comes first hangs on ids."""
    if edge["type"] != "SAME_CONTENT":
        return edge
    first, last = sorted((edge["from"], edge["to"]))
    return {**edge, "from": first, "to": last}


def _edge(edge: Mapping[str, Any], several: Collection[str]) -> dict[str, Any]:
    """Records of what many share are keyed by their content; a pointer's interval is the time of the crawls.

    Of the rows by which one run names one dataset twice, one is told.
    """
    records = sorted(
        re.sub(r"(?<=/)(datasets|schemas|features)/[0-9a-f]{24}$", r"\1", one) for one in edge["records"]
    )
    if edge["from"] in several:
        records = [re.sub(r"(/(?:inputs/[0-9a-f]{32}|datasets)/).*@", r"\1", one) for one in records]
    if edge["type"] != "ALIASED_AS":
        return {**edge, "records": records}
    return {key: value for key, value in edge.items() if key not in ("valid_from", "properties")} | {
        "records": records
    }


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    """Which of several records of one dataset is the first to be heard hangs on how they happen to be keyed."""
    properties = node["properties"]
    if "features" in properties:
        # Views come by their names.
        told = {**properties["features"], "sources": sorted(properties["features"]["sources"], key=repr)}
        return {**node, "properties": {**properties, "features": told}}
    if "candidates" in properties:
        return {**node, "properties": {**properties, "candidates": sorted(properties["candidates"])}}
    names = sorted(properties.get("names", ()))
    if node["kind"] == "Model":
        return {**node, "properties": {**properties, "versions": sorted(properties.get("versions", ()))}}
    if len(names) < 2:
        return dict(node)
    assert node["name"] in names
    kept = {key: properties[key] for key in ("digest", "source", "rows", "token")}
    return {**node, "name": names, "properties": kept}


def _path(told: Mapping[str, Any], path: Mapping[str, Any]) -> tuple[str, str, int]:
    """A path proves that its ends hang together; of two of a length either does."""
    edges = [told["edges"][index] for index in path["edges"]]
    for (before, after), edge in zip(zip(path["nodes"], path["nodes"][1:], strict=False), edges, strict=True):
        assert {before, after} == {edge["from"], edge["to"]}
    return (path["nodes"][0], path["nodes"][-1], len(edges))


def ask_all(
    lineage: Lineage,
    ids: Iterable[str] | None = None,
    back: Back = same,
    options: Iterable[Mapping[str, bool]] = OPTIONS,
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(node, direction, options) -> the whole answer."""
    asked = flowing(lineage) if ids is None else list(ids)
    chosen = list(options)
    return {
        (back(node), direction, " ".join(given)): whole(getattr(lineage, direction)(node, **given), back)
        for node in asked
        for direction in DIRECTIONS
        for given in chosen
    }


def differing(mine: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> list[str]:
    """Where two maps of answers differ, the first few."""
    keys = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
    return [line for key in keys[:3] for line in (f"{key}", *_parts(mine.get(key), theirs.get(key)))]


def _parts(mine: Any, theirs: Any) -> list[str]:
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping):
        return [f"  {_short(mine)}", f"  {_short(theirs)}"]
    lines = []
    for part in {**mine, **theirs}:
        if mine.get(part) != theirs.get(part):
            lines += [f"  {part}:", *(f"  {line}" for line in _parts(mine.get(part), theirs.get(part)))]
    return lines


def _short(value: Any) -> str:
    return ascii(value)[:600]
