"""Patterns of many steps: how far they go, and whether all their paths are wanted or only where they end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.mirror.looking import conjuncts, names_in
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.rewriting import put_in
from lineage_graph.stores.mirror.scope import Binding, Context
from lineage_graph.stores.mirror.syntax import (
    Binary,
    Call,
    Comprehension,
    Expression,
    PathPattern,
    Property,
    RelationshipPattern,
    Unary,
    Variable,
)
from lineage_graph.stores.mirror.types import Type, Value
from lineage_graph.stores.mirror.values import Values

DEEPEST = 1_000_000
"""What ladybug is told: as deep as a question asks. Its own limit of 30 cuts in silence."""
LONGEST = 60_000
"""Steps of a shortest path."""
MANY = 30
"""From here on it pays to find out how deep the graph is."""


class Pushed(NamedTuple):
    """Conditions that hold for each step, and those that are left."""

    variable: str
    conditions: Sequence[Expression]
    left: list[Expression]


def take_filters(pattern: RelationshipPattern, path: PathPattern, wheres: Sequence[Expression]) -> Pushed:
    """`all(r IN relationships(p) WHERE …)` is looked at step by step: what it shuts out is never walked."""
    name = "each step"
    conditions: list[Expression] = [
        Binary(0, "=", Property(0, Variable(0, name), key), value) for key, value in pattern.properties
    ]
    left: list[Expression] = []
    for where in wheres:
        each = _each_step(where, pattern, path)
        if each is None:
            left.append(where)
        else:
            conditions.append(_rename(each, name))
    return Pushed(name, conditions, left)


def _each_step(where: Expression, pattern: RelationshipPattern, path: PathPattern) -> Comprehension | None:
    if not isinstance(where, Comprehension) or where.quantifier not in ("all", "none"):
        return None
    source = where.source
    steps = isinstance(source, Variable) and source.name == pattern.variable
    if isinstance(source, Call) and source.name == "relationships" and len(path.relationships) == 1:
        (argument,) = source.arguments or (None,)
        steps = isinstance(argument, Variable) and argument.name == path.variable
    alone = steps and set(names_in(where.condition)) <= {where.variable}
    return where if alone else None


def _rename(each: Comprehension, name: str) -> Expression:
    """The condition itself, on a name of ours; `none` is that it does not hold."""
    assert each.condition is not None
    condition: Expression = put_in(each.condition, {Variable(0, each.variable): Variable(0, name)})
    return condition if each.quantifier == "all" else Unary(0, "NOT", condition)


@dataclass(frozen=True, slots=True)
class Length:
    """The `* … 1..n` of a relationship."""

    context: Context
    pattern: RelationshipPattern
    types: frozenset[str]
    shortest: str
    ends_only: bool
    """Whether only which nodes are reached matters, not by how many ways."""
    meet: bool
    """Whether its start may be its end."""

    def draw(self, pushed: Pushed) -> str:
        """As ladybug writes it."""
        assert self.pattern.reach is not None
        least, most = self.pattern.reach
        if most is not None and most < least:
            raise QueryInvalid(f"*{least}..{most} ends before it begins")
        word, most = self._choose(least, most)
        return f"* {word} {least}..{most}{self._filter(pushed)}"

    def _choose(self, least: int, most: int | None) -> tuple[str, int]:
        if self.shortest:
            if least != 1:
                raise refused("a shortest path that may have no or must have more than one step")
            return ("SHORTEST" if self.shortest == "one" else "ALL SHORTEST"), self._nearest(most)
        if self.ends_only and least == 1 and not (self.meet and not self._flows()):
            return "SHORTEST", self._nearest(most)
        return "TRAIL", self._farthest(least, most)

    def _flows(self) -> bool:
        """Whether nothing can come back to where it began."""
        return self.pattern.direction != "both" and self.context.topology(self.types).longest is not None

    def _nearest(self, most: int | None) -> int:
        nodes = max(1, min(self.context.catalog.size, LONGEST))
        return nodes if most is None else max(1, min(most, nodes))

    def _farthest(self, least: int, most: int | None) -> int:
        """As far as it goes in this graph, so that nothing is cut."""
        if most is not None and most <= MANY:
            return most
        longest = self.context.topology(self.types).longest if self.pattern.direction != "both" else None
        if longest is not None:
            return max(least, 1, min(longest, DEEPEST if most is None else most))
        if most is None:
            why = (
                "it has no direction"
                if self.pattern.direction == "both"
                else "these relationships run in circles"
            )
            raise refused("a pattern without an end", why, "give it one: *1..10, or ask for DISTINCT ends")
        return most

    def _filter(self, pushed: Pushed) -> str:
        if not pushed.conditions:
            return ""
        step, node = self.context.name(), self.context.name()
        scope = {pushed.variable: Binding(Value(step, Type("REL", None, self.types)))}
        values = Values(self.context, scope, inner=True)
        parts = [part for each in pushed.conditions for part in conjuncts(each)]
        conditions = " AND ".join(_tie(values.condition(part).text, step) for part in parts)
        return f" ({step}, {node} | WHERE {conditions})"


def _tie(condition: str, step: str) -> str:
    """A condition that is the same for every step, as of a property that none has: ladybug wants it to look at one."""
    if re.search(rf"\b{step}\b", condition):
        return condition
    return f"((CASE WHEN id({step}) IS NULL THEN false ELSE {condition} END) = true)"
