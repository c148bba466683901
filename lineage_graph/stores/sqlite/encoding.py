"""Properties as a column keeps them."""

from __future__ import annotations

from functools import lru_cache

from lineage_graph.graph import Properties
from lineage_graph.stores.json_fast import to_json_fast
from lineage_graph.stores.json_text import to_json


def encode(properties: Properties) -> str | None:
    """Properties as JSON text; none as null."""
    return to_json_fast(properties) if properties else None


def encode_often(properties: Properties) -> str | None:
    """As `encode`, for properties that are few and come again, as most edges' do."""
    if not properties:
        return None
    values = tuple(properties.values())
    try:
        # With the types, as 1 equals True and is written otherwise.
        return _encode_items(tuple(properties), values, tuple(map(type, values)))
    except TypeError:  # a list or mapping among them
        return encode(properties)


@lru_cache(4096)
def _encode_items(names: tuple[str, ...], values: tuple[object, ...], _types: tuple[type, ...]) -> str:
    return to_json(dict(zip(names, values, strict=True)))
