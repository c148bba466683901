"""What a part of a query names, and whether what follows can tell one row from two of the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lineage_graph.stores.mirror.syntax import (
    Binary,
    Call,
    Clause,
    Comprehension,
    Expression,
    NodePattern,
    PathPattern,
    Projection,
    RelationshipPattern,
    Subquery,
    Variable,
    parts_of,
)

INDIFFERENT = frozenset({"min", "max"})
AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "collect"})


class After(NamedTuple):
    """What becomes of a MATCH's rows."""

    used: frozenset[str]
    """Names that are looked at, the length of a path in min(length(p)) apart."""
    everything: bool
    """`*` looks at all names."""
    indifferent: bool
    """Whether a row more or less of the same makes no difference."""


EXISTENCE = After(frozenset(), everything=False, indifferent=True)
COUNTING = After(frozenset(), everything=False, indifferent=False)


def names_in(tree: object) -> Iterator[str]:
    """Every name in a part of a query, one that is only bound there too."""
    if isinstance(tree, Variable):
        yield tree.name
    elif isinstance(tree, NodePattern | RelationshipPattern | PathPattern | Comprehension) and tree.variable:
        yield tree.variable
    for part in parts_of(tree):
        yield from names_in(part)


def calls_in(tree: object) -> Iterator[Call]:
    """Every function call."""
    if isinstance(tree, Call):
        yield tree
    for part in parts_of(tree):
        yield from calls_in(part)


def subqueries_in(tree: object) -> list[Subquery]:
    """Every subquery and pattern as a condition, the outermost."""
    if isinstance(tree, Subquery):
        return [tree]
    return [found for part in parts_of(tree) for found in subqueries_in(part)]


def look_after(clauses: Sequence[Clause]) -> After:
    """What the clauses after a MATCH do with its rows, as far as the next projection."""
    used: set[str] = set()
    for clause in clauses:
        if not isinstance(clause, Projection):
            used.update(names_in(clause))
            continue
        used.update(_names_but_lengths(clause))
        aggregates = [call for call in calls_in(clause.items) if call.name in AGGREGATES]
        blind = all(call.name in INDIFFERENT or call.distinct for call in aggregates)
        indifferent = blind and (clause.distinct or bool(aggregates))
        return After(frozenset(used), clause.star, indifferent)
    return After(frozenset(used), everything=True, indifferent=False)


def _names_but_lengths(tree: object) -> Iterator[str]:
    """Names, but for `p` in min(length(p)): a shortest path has the same."""
    if isinstance(tree, Call) and tree.name == "min" and len(tree.arguments) == 1:
        inner = tree.arguments[0]
        if isinstance(inner, Call) and inner.name == "length" and isinstance(inner.arguments[0], Variable):
            return
    if isinstance(tree, Variable):
        yield tree.name
    elif isinstance(tree, NodePattern | RelationshipPattern | PathPattern | Comprehension):
        yield from names_in(tree)
    else:
        for part in parts_of(tree):
            yield from _names_but_lengths(part)


def conjuncts(where: Expression | None) -> list[Expression]:
    """The conditions that must all hold."""
    if where is None:
        return []
    if isinstance(where, Binary) and where.sign == "AND":
        return [*conjuncts(where.left), *conjuncts(where.right)]
    return [where]
