"""What a person sees of the graph in Cypher: a label, flat typed properties. The same in Neo4j and in the embedded mirror. Pure.

A node's label is its kind; its properties are `id`, `name`, `state`, `gaps` and those of the JSON. A relationship's type is the edge's; its
properties are `evidence`, `rule`, `records`, `valid_from`, `valid_to` and the edge's own. What is nested in the JSON (parameters, a signature) is
JSON text here, because neither database keeps maps; times are times in UTC; what has no value is absent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lineage_graph.graph import Edge, Node
from lineage_graph.stores.json_fast import to_utf8

TIMES = frozenset({"start", "end", "created", "updated", "valid_from", "valid_to"})
"""Properties that are epoch milliseconds inside and moments outside."""

INTERNAL = "_"
"""What a store keeps of its own beside these begins with it: no property of ours does."""

Flat = str | int | float | bool | datetime | list[str] | list[int] | list[float] | list[bool]

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INT64 = range(-(2**63), 2**63)


def flatten_node(node: Node) -> dict[str, Flat]:
    """A node's properties.

    >>> from lineage_graph.graph import Kind
    >>> flatten_node(Node("run:a", Kind.RUN, "train", properties={"start": 0, "params": {"lr": "0.1"}, "end": None}))
    {'start': datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 'params': '{"lr":"0.1"}', 'id': 'run:a', 'name': 'train', 'state': 'live', 'gaps': []}
    """
    flat = _flatten(node.properties)
    flat.update(id=node.id, name=clean(node.name), state=str(node.state), gaps=list(node.gaps))
    return flat


def flatten_edge(edge: Edge) -> dict[str, Flat]:
    """An edge's properties."""
    flat = _flatten(edge.properties)
    flat.update(evidence=str(edge.evidence), rule=edge.rule, records=[clean(ref) for ref in edge.records])
    for name, at in (("valid_from", edge.valid_from), ("valid_to", edge.valid_to)):
        moment = None if at is None else to_moment(at)
        if moment is not None:
            flat[name] = moment
    return flat


def _flatten(properties: Mapping[str, object]) -> dict[str, Flat]:
    flat: dict[str, Flat] = {}
    for name, value in properties.items():
        if not name or name.startswith(INTERNAL) or "\0" in name:
            continue
        kept = to_moment(value) if name in TIMES and type(value) is int else flatten_value(value)
        if kept is not None:
            flat[clean(name)] = kept
    return flat


def flatten_value(value: object) -> Flat | None:
    """A value that a database keeps: a scalar, a list of scalars of one type, else JSON text; None for null and not-a-number.

    >>> flatten_value(["a", "b"]), flatten_value([1, 2.5]), flatten_value({"lr": float("nan")}), flatten_value(2**70)
    (['a', 'b'], '[1,2.5]', '{"lr":null}', '1180591620717411303424')
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int):
        return int(value) if value in _INT64 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Sequence) and len({type(item) for item in value}) <= 1:
        items = [flatten_value(item) for item in value]
        if all(
            type(item) is type(whole) and not isinstance(item, list)
            for item, whole in zip(items, value, strict=True)
        ):
            return items  # type: ignore[return-value]  # scalars of one type
    return clean(_write_json(value))


def _write_json(value: object) -> str:
    # Parameters, metrics and tags are most of what there is: nothing in them has to be replaced.
    try:
        return to_utf8(value).decode()
    except TypeError:
        return _to_json(_jsonable(value))


def _jsonable(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _jsonable(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(inner) for inner in value]
    return value


def clean(text: str) -> str:
    """Text that UTF-8 can hold: half a surrogate pair, which JSON can say, becomes the replacement character."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def to_moment(ms: int) -> datetime | None:
    """Epoch milliseconds as a moment in UTC; None for what is no time of a calendar.

    >>> to_moment(1_767_225_600_000).isoformat(), to_moment(2**63 - 1)
    ('2026-01-01T00:00:00+00:00', None)
    """
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return None
