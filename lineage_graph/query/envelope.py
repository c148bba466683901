"""An answer as JSON: the envelope that all commands share, with every key always there.

Times become RFC 3339, and no text leaves with a control character in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lineage_graph.graph import Claimed, Edge, EdgeClaim, Node, NodeClaim, Origin
from lineage_graph.query.answer import Answer, Gap, GraphState, Options, Path, Possible, Root, rfc3339
from lineage_graph.redact import strip_control

SCHEMA = "lineage-graph/answer/1"
TIMES = frozenset({"start", "end", "created", "updated"})
"""Properties that hold epoch milliseconds."""


def map_answer(answer: Answer) -> dict[str, object]:
    """The envelope of the contract."""
    return {
        "schema": SCHEMA,
        "command": answer.command,
        "direction": answer.direction,
        "roots": [_map_root(root) for root in answer.roots],
        "options": _map_options(answer.options),
        "graph": map_graph(answer.graph),
        "verdict": str(answer.verdict),
        "nodes": [map_node(node, answer.hops.get(node.id)) for node in answer.nodes],
        "edges": [map_edge(edge) for edge in answer.edges],
        "paths": [map_path(path) for path in answer.paths],
        "possible": [_map_possible(possible, answer.hops) for possible in answer.possible],
        "gaps": [_map_gap(gap) for gap in answer.gaps],
        "counts": dict(answer.counts),
        "truncated": answer.truncated._asdict(),
        "hidden": dict(answer.hidden),
        "notes": [strip_control(note) for note in answer.notes],
        "groups": [],
        "claims": [_map_claim(claimed) for claimed in answer.claims],
    }


def map_node(node: Node, hops: int | None) -> dict[str, object]:
    """One node of an answer."""
    return {
        "id": strip_control(node.id),
        "kind": str(node.kind),
        "name": strip_control(node.name),
        "hops": hops,
        "state": str(node.state),
        "properties": map_properties(node.properties),
    }


def map_edge(edge: Edge) -> dict[str, object]:
    """One edge of an answer."""
    return {
        "from": strip_control(edge.src),
        "to": strip_control(edge.dst),
        "type": str(edge.type),
        "evidence": str(edge.evidence),
        "rule": edge.rule,
        "records": [strip_control(record) for record in edge.records],
        "valid_from": rfc3339(edge.valid_from),
        "valid_to": rfc3339(edge.valid_to),
        "properties": map_properties(edge.properties),
    }


def map_path(path: Path) -> dict[str, object]:
    """One path of an answer."""
    return {"nodes": [strip_control(node) for node in path.nodes], "edges": list(path.edges)}


def map_graph(graph: GraphState) -> dict[str, object]:
    """Which graph answered, and how fresh it is."""
    return {
        "store": graph.store,
        "change": graph.change,
        "origins": [map_origin(origin) for origin in graph.origins],
    }


def map_origin(origin: Origin) -> dict[str, object]:
    """One crawled system by its given name (`prod` of `mlflow:prod`)."""
    return {
        "name": strip_control(origin.name.removeprefix(f"{origin.type}:")),
        "type": origin.type,
        "read_at": rfc3339(origin.read_at),
        "complete": origin.complete,
    }


def map_properties(properties: Mapping[str, object]) -> dict[str, object]:
    """Properties as JSON: times in RFC 3339, not-a-number as null, texts clean."""
    if not properties:
        return {}
    return {
        strip_control(key): rfc3339(value) if key in TIMES and isinstance(value, int) else map_value(value)
        for key, value in properties.items()
    }


def map_value(value: object) -> object:
    """A value as JSON, whatever it is."""
    # By its very type first: that tells of nearly all, and asking whether something is a Mapping is slow.
    map_one = _MAPS.get(type(value))
    if map_one is not None:
        return map_one(value)
    for kind, map_kind in _MAPS.items():
        if isinstance(value, kind):
            return map_kind(value)
    match value:
        case Mapping():
            return _map_mapping(value)
        case Sequence() | set() | frozenset():
            items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
            return [map_value(item) for item in items]
        case _:
            return strip_control(str(value))


def _map_float(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _map_mapping(value: Mapping[object, object]) -> dict[str, object]:
    return {strip_control(str(key)): map_value(inner) for key, inner in value.items()}


def _as_it_is(value: object) -> object:
    return value


_MAPS: Mapping[type, Callable[[Any], object]] = {
    str: strip_control,
    dict: _map_mapping,
    float: _map_float,
    **dict.fromkeys((int, bool, type(None)), _as_it_is),
}


def _map_root(root: Root) -> dict[str, object]:
    return {"ref": strip_control(root.ref), "id": strip_control(root.id)}


def _map_options(options: Options) -> dict[str, object]:
    between = options.read_between
    return {
        "depth": options.depth,
        "kinds": [str(kind) for kind in options.kinds],
        "limit": options.limit,
        "include_evaluation": options.include_evaluation,
        "include_possible": options.include_possible,
        "as_of": rfc3339(options.as_of),
        "read_between": None if between is None else [rfc3339(between[0]), rfc3339(between[1])],
    }


def _map_possible(possible: Possible, hops: Mapping[str, int]) -> dict[str, object]:
    node = map_node(possible.node, hops.get(possible.node.id))
    return {"node": node, "why": strip_control(possible.why), "rule": possible.rule}


def _map_gap(gap: Gap) -> dict[str, object]:
    return {
        "code": gap.code,
        "node": strip_control(gap.node),
        "message": strip_control(gap.message),
        # A fix is pasted: its line ends are its own, everything else in it is foreign.
        "fix": "\n".join(strip_control(line) for line in gap.fix.split("\n")),
    }


def _map_claim(claimed: Claimed) -> dict[str, object]:
    claim = claimed.claim
    on: object = strip_control(claim.id) if isinstance(claim, NodeClaim) else _map_ends(claim)
    edge = claim if isinstance(claim, EdgeClaim) else None
    return {
        "on": on,
        "record": strip_control(claimed.ref),
        "evidence": str(claim.evidence),
        "rule": edge.rule if edge else "",
        "valid_from": rfc3339(edge.valid_from) if edge else None,
        "valid_to": rfc3339(edge.valid_to) if edge else None,
        "first_seen": rfc3339(claimed.first_seen),
        "last_seen": rfc3339(claimed.last_seen),
        "properties": map_properties(claim.properties),
    }


def _map_ends(claim: EdgeClaim) -> dict[str, str]:
    return {"from": strip_control(claim.src), "to": strip_control(claim.dst), "type": str(claim.type)}
