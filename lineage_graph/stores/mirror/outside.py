"""What an OPTIONAL MATCH or a subquery looks at outside of itself, and may be null.

ladybug joins its rows with those outside on every such value, and null is joined with nothing: what would hold for a null is lost.
So what only looks outside is worked out before, as true or not, and what looks both ways gets a value and whether it is null.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.mirror.looking import names_in, subqueries_in
from lineage_graph.stores.mirror.nulls import Terms, strict_in, terms_in
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.rewriting import put_in
from lineage_graph.stores.mirror.scope import Binding, Context, Scope
from lineage_graph.stores.mirror.syntax import Expression, Property, Variable
from lineage_graph.stores.mirror.types import BOOL, Value
from lineage_graph.stores.mirror.values import Subqueries, Values

SURE = {"NODE": frozenset({"id", "name", "state"}), "REL": frozenset({"evidence"})}
"""Properties that everything of ours has."""
PLACEHOLDERS = {
    "BOOL": "false", "INT64": "CAST(0 AS INT64)", "DOUBLE": "CAST(0 AS DOUBLE)", "STRING": "''", "TIMESTAMP": "timestamp('1970-01-01')",
}  # fmt: skip
"""Where a null was: nobody looks at it."""


@dataclass(slots=True)
class Outside:
    """The names outside of one match, and what is worked out of them before it."""

    context: Context
    scope: Scope
    inner: Scope
    """The match's own names too."""
    joined: Collection[str]
    """The nodes that it is joined at, as ladybug names them: never null where it finds anything."""
    subqueries: Subqueries
    before: list[str] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)

    def look(self, where: Expression, optional: bool) -> Expression | None:
        """A condition of the match as it may be said within; None where it is said outside alone."""
        unsure = frozenset(filter(self._may_be_null, terms_in(where)))
        lost = unsure - strict_in(where) | frozenset(filter(self._is_made_of_parts, unsure))
        if not lost:
            return where
        if not set(names_in(where)) & (set(self.inner) - set(self.scope)):
            return self._say_outside(where, optional)
        shown = ", ".join(sorted({_spell(term) for term in lost}))
        if not optional or subqueries_in(where):
            raise refused(
                f"a subquery's condition on {shown} of outside",
                "it may be null",
                "OPTIONAL MATCH, and WHERE after a WITH",
            )
        return self._with_both(where, lost, shown)

    def _may_be_null(self, term: Expression) -> bool:
        inner = term.subject if isinstance(term, Property) else term
        if not isinstance(inner, Variable) or inner.name not in self.scope:
            return False
        value = self.scope[inner.name].value
        if value.type.name not in SURE or (
            value.text in self.context.optional and value.text not in self.joined
        ):
            return True
        return isinstance(term, Property) and term.name not in SURE[value.type.name]

    def _is_made_of_parts(self, term: Expression) -> bool:
        """A path, or several relationships: each with nulls of its own."""
        if not isinstance(term, Variable):
            return False
        type_ = self.scope[term.name].value.type
        return type_.name == "PATH" or (type_.item is not None and not type_.item.is_scalar)

    def _say_outside(self, where: Expression, optional: bool) -> Expression | None:
        held = Values(self.context, self.scope, self.subqueries).condition(where)
        if held.aggregated:
            raise QueryInvalid("an aggregate in WHERE", hint="WITH … AS name WHERE name > 1")
        text = f"coalesce({held.text}, false)"
        if not optional:
            self.guards.append(text)
            return None
        name = self.context.name()
        self.before.append(f"{text} AS {name}")
        return self._known_as(Value(name, BOOL, free=True))

    def _with_both(self, where: Expression, lost: Terms, shown: str) -> Expression:
        new: dict[Expression, Expression] = {}
        for term in sorted(lost, key=_spell):
            value = Values(self.context, self.scope).translate(term)
            if value.type.name == "NULL":
                continue
            if value.type.name not in PLACEHOLDERS:
                raise refused(
                    f"a condition on {shown} of outside", "it may be null", "WHERE after a WITH, or before"
                )
            gone, kept = self.context.name(), self.context.name()
            self.before.append(f"({value.text} IS NULL) AS {gone}")
            self.before.append(f"coalesce({value.text}, {PLACEHOLDERS[value.type.name]}) AS {kept}")
            text = f"(CASE WHEN {gone} THEN NULL ELSE {kept} END)"
            new[term] = self._known_as(Value(text, value.type, free=True))
        said: Expression = put_in(where, new)
        return said

    def _known_as(self, value: Value) -> Variable:
        name = f" outside{len(self.before)}"
        self.inner[name] = Binding(value)
        return Variable(0, name)


def _spell(term: Expression) -> str:
    if isinstance(term, Property) and isinstance(term.subject, Variable):
        return f"{term.subject.name}.{term.name}"
    assert isinstance(term, Variable)
    return term.name
