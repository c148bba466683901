"""What the store hints at and does not say: edges of evidence `possible` beside an answer.

Only the side of a node on which a hint would lengthen the answer is asked for, so that a dataset that a hundred thousand runs
read costs nothing when one model is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.query.answer import Possible
from lineage_graph.query.labels import label
from lineage_graph.stores.base import Direction, Store

ASKED: Mapping[Direction, tuple[tuple[frozenset[Kind], frozenset[EdgeType]], ...]] = {
    Direction.UPSTREAM: (
        (frozenset({Kind.RUN}), frozenset({EdgeType.READ_BY, EdgeType.LOADED_BY})),
        (frozenset({Kind.DATASET}), frozenset({EdgeType.SAME_CONTENT})),
    ),
    Direction.DOWNSTREAM: (
        (frozenset({Kind.SOURCE}), frozenset({EdgeType.HAS_VERSION})),
        (frozenset({Kind.DATASET}), frozenset({EdgeType.SAME_CONTENT})),
        (frozenset({Kind.MODEL, Kind.MODEL_VERSION, Kind.ALIAS}), frozenset({EdgeType.LOADED_BY})),
    ),
}
WHY = {
    "param-names-data": "named by a param or tag",
    "context-path": "the context of an input",
    "same-content": "the digest, schema and row count",
    "run-reference": "a run's id among the params or tags",
    "model-uri": "a model's URI among the params or tags",
}


@dataclass(slots=True)
class Hints:
    """The possible edges at an answer, and which params and tags of its runs may say where data is."""

    possible: list[Possible] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    """Run id -> `params.KEY` or `tags.KEY`, in order."""


def read_hints(store: Store, nodes: Mapping[str, Node], direction: Direction) -> Hints:
    """What may lie beyond these nodes. A node that the answer has already is no hint."""
    hints = Hints()
    known = dict(nodes)
    edges: list[Edge] = []
    for kinds, types in ASKED[direction]:
        asked = [id for id, node in nodes.items() if node.kind in kinds]
        if asked:
            beside = store.possible(asked, types)
            known.update({id: node for id, node in beside.nodes.items() if id not in nodes})
            edges += beside.edges
    onward = _onward(store, edges, nodes, known, direction)
    hints.keys = keys_of([*edges, *onward], known)
    hints.possible = _name_ends(edges, onward, nodes, known, direction)
    return hints


def _name_ends(
    edges: Sequence[Edge],
    onward: Sequence[Edge],
    nodes: Mapping[str, Node],
    known: Mapping[str, Node],
    direction: Direction,
) -> list[Possible]:
    """What people know the far ends by: of data that a param names it is the location, or the run that has the param."""
    beyond: dict[str, list[str]] = {}
    for edge in onward:
        near, far = (edge.dst, edge.src) if direction is Direction.UPSTREAM else (edge.src, edge.dst)
        beyond.setdefault(near, []).append(far)
    found: dict[tuple[str, str], Possible] = {}
    for edge in edges:
        near, far = _ends(edge, nodes, direction)
        for end in beyond.get(far, [far]) if far else ():
            if end in known and end not in nodes:
                hint = Possible(known[end], why(edge, known[near], known[end]), edge.rule)
                found.setdefault((end, edge.rule), hint)
    return [found[key] for key in sorted(found)]


def _ends(edge: Edge, nodes: Mapping[str, Node], direction: Direction) -> tuple[str, str]:
    """The end that the answer has and the one that it has not; two empty texts where the hint leads nowhere new."""
    near, far = (edge.dst, edge.src) if direction is Direction.UPSTREAM else (edge.src, edge.dst)
    if edge.type is EdgeType.SAME_CONTENT and near not in nodes:
        near, far = far, near
    return (near, far) if near in nodes and far not in nodes else ("", "")


def _onward(
    store: Store,
    edges: Sequence[Edge],
    nodes: Mapping[str, Node],
    known: dict[str, Node],
    direction: Direction,
) -> Sequence[Edge]:
    """One edge further, from data that is only hinted at: to its location, or to the run that may have read it."""
    data = {
        _ends(edge, nodes, direction)[1]
        for edge in edges
        if edge.type in (EdgeType.HAS_VERSION, EdgeType.READ_BY)
    } - {""}
    if not data:
        return ()
    further = EdgeType.HAS_VERSION if direction is Direction.UPSTREAM else EdgeType.READ_BY
    beside = store.neighbours(sorted(data), frozenset({further}))
    for id, node in beside.nodes.items():
        known.setdefault(id, node)
    return beside.edges


def keys_of(edges: Iterable[Edge], runs: Mapping[str, Node]) -> dict[str, list[str]]:
    """Run id -> the params and tags (`params.KEY`) that may say where its data is."""
    keys: dict[str, list[str]] = {}
    for edge in edges:
        if edge.rule == "param-names-data" and edge.evidence is Evidence.POSSIBLE and edge.dst in runs:
            key = key_of(edge, runs[edge.dst])
            if key and key not in keys.setdefault(edge.dst, []):
                keys[edge.dst].append(key)
    return keys


def key_of(edge: Edge, run: Node) -> str:
    """Which param or tag of the run a possible edge was read from: `params.train-data-path`; empty where it can't be told."""
    for record in edge.records:
        group, slash, key = record.partition(f"/runs/{run.properties.get('run_id')}/")[2].partition("/")
        if slash and group in ("params", "tags"):
            return f"{group}.{key}"
    return ""


def why(edge: Edge, *ends: Node) -> str:
    """What the hint is: by its rule, whose it is, and the recorded text. A run has params, tags and inputs, data has content."""
    text = str(edge.properties.get("text") or "")
    of_data = edge.type is EdgeType.SAME_CONTENT
    holder = next((end for end in ends if of_data or end.kind is Kind.RUN), None)
    reason = WHY.get(edge.rule, edge.rule) + (f" of {label(holder)}" if holder else "")
    return f"{reason}: {text}" if text else reason
