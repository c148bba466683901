"""A part of a query with other terms in place of some. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from lineage_graph.stores.mirror.syntax import Expression


def put_in(tree: Any, new: Mapping[Expression, Expression]) -> Any:
    """The same with other terms."""
    if isinstance(tree, Expression) and tree in new:
        return new[tree]
    if isinstance(tree, tuple):
        return tuple(put_in(inner, new) for inner in tree)
    if is_dataclass(tree) and not isinstance(tree, type):
        return replace(tree, **{each.name: put_in(getattr(tree, each.name), new) for each in fields(tree)})
    return tree
