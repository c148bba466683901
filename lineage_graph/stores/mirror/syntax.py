"""A query as a tree. Positions do not count when two trees are compared: `n.id` is `n.id` wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything that has a value."""

    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A constant."""

    value: object


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """`$name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class Property(Expression):
    """`subject.name`."""

    subject: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """`NOT x`, `-x`, `x IS NULL`."""

    sign: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """An operator between two."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function by its name in lower case; `count(*)` has `star`."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False
    star: bool = False


@dataclass(frozen=True, slots=True)
class ListOf(Expression):
    """`[a, b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapOf(Expression):
    """`{a: 1}`; taken only where a pattern or `duration` has one."""

    items: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Index(Expression):
    """`list[index]`."""

    subject: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """`CASE [subject] WHEN … THEN … ELSE … END`."""

    subject: Expression | None
    branches: tuple[tuple[Expression, Expression], ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Comprehension(Expression):
    """`[x IN list WHERE condition | result]`; with `quantifier` one of all, any, none, single."""

    variable: str
    source: Expression
    condition: Expression | None
    result: Expression | None
    quantifier: str = ""


@dataclass(frozen=True, slots=True)
class HasLabel(Expression):
    """`n:Run` as a condition."""

    subject: Expression
    labels: Labels


@dataclass(frozen=True, slots=True)
class Subquery(Expression):
    """`EXISTS { … }`, `COUNT { … }`, or a pattern as a condition."""

    what: str
    match: Match
    bare: bool = False
    """A pattern alone: it may name nothing new."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A label expression: a name, `%`, or `&`, `|`, `!` of others."""

    sign: str
    parts: tuple[Labels, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class NodePattern:
    """`(n:Run {id: 1} WHERE …)`."""

    at: int = field(compare=False)
    variable: str | None
    labels: Labels | None
    properties: tuple[tuple[str, Expression], ...] = ()
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class RelationshipPattern:
    """`-[r:READ_BY*1..3 {role: 'training'}]->`. `reach` is None for a single one; `right`, `left` or `both` ways."""

    at: int = field(compare=False)
    variable: str | None
    types: Labels | None
    direction: str
    reach: tuple[int, int | None] | None = None
    properties: tuple[tuple[str, Expression], ...] = ()
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class PathPattern:
    """`p = (a)-[]->(b)`; `shortest` is `one` or `all` in shortestPath and allShortestPaths."""

    nodes: tuple[NodePattern, ...]
    relationships: tuple[RelationshipPattern, ...]
    variable: str | None = None
    shortest: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`[OPTIONAL] MATCH patterns WHERE …`."""

    at: int = field(compare=False)
    patterns: tuple[PathPattern, ...]
    where: Expression | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Unwind:
    """`UNWIND list AS x`."""

    at: int = field(compare=False)
    source: Expression
    variable: str


@dataclass(frozen=True, slots=True)
class Item:
    """One column of a projection: its value, its name, and whether AS gave that."""

    value: Expression
    name: str
    aliased: bool


@dataclass(frozen=True, slots=True)
class Order:
    """One key of ORDER BY."""

    value: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """WITH, or RETURN where `last`."""

    at: int = field(compare=False)
    last: bool
    items: tuple[Item, ...]
    star: bool = False
    distinct: bool = False
    order: tuple[Order, ...] = ()
    skip: Expression | None = None
    limit: Expression | None = None
    where: Expression | None = None


Clause = Match | Unwind | Projection


@dataclass(frozen=True, slots=True)
class Query:
    """Single queries joined by UNION; `all` of each joint says UNION ALL."""

    parts: tuple[tuple[Clause, ...], ...]
    all: bool = False


def parts_of(tree: object) -> Iterator[object]:
    """What a part of a query is made of, one level down."""
    if is_dataclass(tree):
        yield from (getattr(tree, each.name) for each in fields(tree))
    elif isinstance(tree, tuple):
        yield from tree
