"""Which terms of a condition make it null, or not true, when they are null. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from lineage_graph.stores.mirror.looking import names_in
from lineage_graph.stores.mirror.syntax import (
    Binary,
    Call,
    Expression,
    HasLabel,
    Index,
    ListOf,
    Property,
    Subquery,
    Unary,
    Variable,
    parts_of,
)
from lineage_graph.stores.mirror.texts import TEXT_FUNCTIONS

STRICT = frozenset({*TEXT_FUNCTIONS, "size", "tostring", "tofloat", "abs", "ceil", "floor", "length"})
"""Functions that give null for null."""
Terms = frozenset[Expression]


def terms_in(tree: object) -> Iterator[Expression]:
    """Names and their properties."""
    if isinstance(tree, Variable) or (isinstance(tree, Property) and isinstance(tree.subject, Variable)):
        yield tree
        return
    if isinstance(tree, Subquery):
        # Its patterns begin at names as well.
        yield from (Variable(0, name) for name in names_in(tree))
    for part in parts_of(tree):
        yield from terms_in(part)


def strict_in(tree: Expression) -> Terms:
    """The terms that make the whole null, or not true, when one of them is.

    >>> one, other = Property(0, Variable(0, "a"), "x"), Property(0, Variable(0, "b"), "y")
    >>> len(strict_in(Binary(0, "=", one, other))), len(strict_in(Binary(0, "OR", one, other)))
    (2, 0)
    """
    if isinstance(tree, Variable) or (isinstance(tree, Property) and isinstance(tree.subject, Variable)):
        return frozenset({tree})
    if isinstance(tree, Unary) and tree.sign in ("NOT", "-"):
        return strict_in(tree.operand)
    if isinstance(tree, Call) and tree.name in STRICT:
        return frozenset().union(*map(strict_in, tree.arguments))
    if isinstance(tree, HasLabel | Index):
        return strict_in(tree.subject)
    return _strict_in_both(tree) if isinstance(tree, Binary) else frozenset()


def _strict_in_both(tree: Binary) -> Terms:
    left, right = strict_in(tree.left), strict_in(tree.right)
    if tree.sign in ("AND", "OR"):
        return left & right
    if tree.sign == "IN":
        # null IN [] is false.
        return right | (left if isinstance(tree.right, ListOf) and tree.right.items else frozenset())
    return left | right
