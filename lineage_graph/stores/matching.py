"""Whether a node is what a `NodeFilter` looks for. Pure, for all stores, so that an index can only narrow, never decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lineage_graph.graph import KIND_ORDER, Node, Properties
from lineage_graph.stores.base import NodeFilter

ABSENT = object()
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def matches(node: Node, wanted: NodeFilter) -> bool:
    """Whether every field of the filter that is set fits."""
    return (
        (not wanted.kinds or node.kind in wanted.kinds)
        and (wanted.id_prefix is None or node.id.startswith(wanted.id_prefix))
        and (wanted.name is None or wanted.name in names_of(node.name, node.properties))
        and (wanted.name_contains is None or _contains(node, wanted.name_contains))
        and (wanted.gap is None or wanted.gap in node.gaps)
        and (wanted.has is None or read_property(node.properties, wanted.has) is not ABSENT)
        and all(read_property(node.properties, key) == value for key, value in wanted.properties.items())
    )


def names_of(name: str, properties: Properties) -> set[str]:
    """All that something goes by: its name, other names, and the last part of its location.

    >>> sorted(names_of("orders", {"uri": "s3://shop/raw/orders.parquet", "names": ["orders_v2"]}))
    ['orders', 'orders.parquet', 'orders_v2']
    """
    return {name, *_other_names(properties)} - {""}


def _other_names(properties: Properties) -> Iterator[str]:
    names = properties.get("names")
    if isinstance(names, (list, tuple)):
        yield from (str(name) for name in names)
    uri = properties.get("uri")
    if isinstance(uri, str):
        yield uri.rstrip("/").replace("\\", "/").rsplit("/", 1)[-1]


def texts_of(name: str, properties: Properties) -> set[str]:
    """What `name_contains` looks into: the names and the location."""
    uri = properties.get("uri")
    return names_of(name, properties) | ({uri} if isinstance(uri, str) else set())


def _contains(node: Node, text: str) -> bool:
    wanted = fold(text, text)
    return any(wanted in fold(candidate, text) for candidate in texts_of(node.name, node.properties))


def fold(text: str, wanted: str) -> str:
    """Case folded away, as far as what is looked for needs it: for ASCII as SQL's LIKE does it."""
    return text.translate(_ASCII_LOWER) if wanted.isascii() else text.lower()


def read_property(properties: Properties, key: str) -> object:
    """A property, or with `params.x` and `tags.x` what is inside; `ABSENT` where it is not there."""
    outer, dot, inner = key.partition(".")
    if not dot or key in properties:
        return properties.get(key, ABSENT)
    inside = properties.get(outer, ABSENT)
    return inside.get(inner, ABSENT) if isinstance(inside, Mapping) else ABSENT


def by_kind_and_id(node: Node) -> tuple[int, str]:
    """How found nodes are ordered."""
    return (KIND_ORDER[node.kind], node.id)
