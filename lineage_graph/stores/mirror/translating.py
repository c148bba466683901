"""A whole query in ladybug's words, or the one line about what in it the mirror does not run as Neo4j does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from lineage_graph.errors import QueryInvalid, QueryRefused
from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.elements import compute
from lineage_graph.stores.mirror.looking import AGGREGATES, calls_in, look_after
from lineage_graph.stores.mirror.matches import Matching, translate_subquery
from lineage_graph.stores.mirror.parsing import parse
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.scope import Binding, Context, Scope, Topology
from lineage_graph.stores.mirror.syntax import (
    Clause,
    Expression,
    Item,
    Match,
    Order,
    Projection,
    Unwind,
    Variable,
)
from lineage_graph.stores.mirror.types import (
    INTEGER,
    MAY_BE_NULL,
    WORDS,
    PythonFunction,
    Type,
    Value,
    name_type,
)
from lineage_graph.stores.mirror.values import Values

CARRIED = frozenset({"NODE", "REL", "PATH"})
"""What keeps its name in ladybug when WITH hands it on: a pattern may begin at it again."""


class Translated(NamedTuple):
    """What ladybug is asked, and how its answer is to be read."""

    text: str
    parameters: Mapping[str, object]
    columns: tuple[str, ...]
    types: tuple[Type, ...]
    functions: Mapping[str, PythonFunction]


def translate(
    query: str,
    parameters: Mapping[str, object],
    catalog: Catalog,
    topology: Callable[[frozenset[str]], Topology],
) -> Translated:
    """Raises `QueryRefused` and `QueryInvalid`; nothing is run."""
    narrowed: dict[int, frozenset[str]] = {}
    try:
        while True:
            context = Context(catalog, parameters, topology, narrowed=dict(narrowed))
            translated = _translate(query, context)
            if context.narrowed == narrowed:
                return translated
            # A later MATCH leaves a node less kinds: what stands before it is said anew of those.
            narrowed = context.narrowed
    except RecursionError:
        raise QueryInvalid("the query is nested too deeply") from None


def _translate(query: str, context: Context) -> Translated:
    parsed = parse(query)
    parts = [Part(context, clauses, united=len(parsed.parts) > 1) for clauses in parsed.parts]
    texts = [part.translate() for part in parts]
    first = parts[0]
    for part in parts[1:]:
        if part.columns != first.columns:
            raise QueryInvalid("the parts of a UNION have different columns", hint="name them alike with AS")
        if part.types != first.types:
            raise refused("a UNION of different types")
    joint = " UNION ALL " if parsed.all else " UNION "
    return Translated(joint.join(texts), context.bound, first.columns, first.types, context.functions)


class Part:
    """One single query: clauses up to a RETURN."""

    def __init__(self, context: Context, clauses: Sequence[Clause], *, united: bool) -> None:
        self.columns: tuple[str, ...] = ()
        self.types: tuple[Type, ...] = ()
        self._context = context
        self._clauses = clauses
        self._united = united
        self._scope: Scope = {}
        self._ordered = False

    def translate(self) -> str:
        """Its text."""
        texts = []
        for at, clause in enumerate(self._clauses):
            if isinstance(clause, Match):
                text, self._scope = Matching(
                    self._context, clause, self._scope, look_after(self._clauses[at + 1 :])
                ).translate()
                self._scope = {name: each for name, each in self._scope.items() if not name.startswith(" ")}
            elif isinstance(clause, Unwind):
                text = self._unwind(clause)
            else:
                text = self._project(clause)
            texts.append(text)
        return " ".join(texts)

    def _values(self, scope: Scope) -> Values:
        def subquery(match: Match, scope: Scope, what: str) -> str:
            return translate_subquery(self._context, match, scope, what)

        return Values(self._context, scope, subquery)

    def _unwind(self, unwind: Unwind) -> str:
        source = self._values(self._scope).translate(unwind.source)
        if source.aggregated:
            raise QueryInvalid("an aggregate in UNWIND", hint="WITH collect(…) AS list UNWIND list AS x")
        if unwind.variable in self._scope:
            raise QueryInvalid(f"the variable {unwind.variable} is there already")
        item, text = source.type.item, source.text
        if source.type.name == "NULL":
            item, text = Type("STRING"), "CAST([] AS STRING[])"
        if item is None or (source.type.name not in ("LIST", "NULL")):
            raise refused(f"UNWIND of {WORDS[source.type.name]}")
        name = self._context.name()
        self._scope = {**self._scope, unwind.variable: Binding(Value(name, item, free=True))}
        return f"UNWIND {text} AS {name}"

    def _project(self, projection: Projection) -> str:
        items = [*self._starred(projection), *projection.items]
        names = [item.name for item in items]
        if not items:
            raise QueryInvalid("there is nothing to return")
        if len(set(names)) != len(names):
            raise QueryInvalid("two columns have the same name", hint="tell them apart with AS")
        values = [self._values(self._scope).translate(item.value) for item in items]
        self._check(projection, items, values)
        made, texts = self._name(projection, items, values)
        order, more = self._order(projection, items, values, made)
        text = f"{'RETURN' if projection.last else 'WITH'} {'DISTINCT ' if projection.distinct else ''}"
        text += ", ".join([*texts, *more]) + order + self._cut(projection)
        if projection.last:
            self.columns = tuple(names)
            self.types = tuple(value.type for value in values)
        self._scope, self._ordered = made, bool(projection.order)
        self._context.ends.clear()
        if projection.limit is not None or projection.skip is not None:
            self._context.cut.update(each.value.text for each in made.values())
        text += self._where(projection)
        # ladybug forgets the order before a LIMIT where an aggregate comes next, but not beyond an UNWIND.
        return (
            f"{text} UNWIND [1] AS {self._context.name()}" if self._ordered and not projection.last else text
        )

    def _starred(self, projection: Projection) -> list[Item]:
        if not projection.star:
            return []
        if not self._scope:
            raise QueryInvalid("* stands for nothing here: no variable is known")
        return [Item(Variable(projection.at, name), name, aliased=True) for name in sorted(self._scope)]

    def _check(self, projection: Projection, items: Sequence[Item], values: Sequence[Value]) -> None:
        aggregates = any(value.aggregated for value in values)
        for item, value in zip(items, values, strict=True):
            if value.type.name == "DURATION":
                raise refused("duration() as a value")
            if value.aggregated and value.free:
                raise refused(f"{item.name}, a mixture of aggregate and row", hint="WITH the aggregate first")
            if aggregates and not value.aggregated and not value.free:
                raise refused(f"the constant {item.name} beside an aggregate")
            if projection.distinct and value.type.name == "PATH":
                raise refused("DISTINCT paths")
            if self._united and value.type.name not in ("STRING", "INT64", "DOUBLE", "BOOL", "TIMESTAMP"):
                raise refused(f"{WORDS[value.type.name]} in a UNION")
        if self._ordered and any(call.name == "collect" for call in calls_in(tuple(items))):
            raise refused("collect() after ORDER BY", "it keeps no order")
        if projection.order and not projection.last and projection.limit is None and projection.skip is None:
            raise refused("WITH … ORDER BY without LIMIT", "it keeps no order", "ORDER BY after RETURN")
        if self._united and (projection.order or projection.skip or projection.limit):
            raise refused("ORDER BY, SKIP or LIMIT in a UNION")

    def _name(
        self, projection: Projection, items: Sequence[Item], values: Sequence[Value]
    ) -> tuple[Scope, list[str]]:
        made: Scope = {}
        texts: list[str] = []
        for item, value in zip(items, values, strict=True):
            if value.type.name in CARRIED and value.text.isalnum() and not projection.last:
                old = self._scope[item.value.name] if isinstance(item.value, Variable) else Binding(value)
                if value.type.name == "PATH":
                    # Its length is one of its relationships now: ladybug has no other of a path that is handed on.
                    old = Binding(value._replace(type=value.type._replace(among=MAY_BE_NULL)))
                made[item.name] = old
                if value.text not in texts:
                    texts.append(value.text)
                continue
            name = self._context.name()
            text = f"CAST(NULL AS {name_type(value.type)})" if value.type.name == "NULL" else value.text
            texts.append(f"{text} AS {name}")
            made[item.name] = Binding(Value(name, value.type, free=True))
        return made, texts

    def _order(
        self, projection: Projection, items: Sequence[Item], values: Sequence[Value], made: Scope
    ) -> tuple[str, list[str]]:
        keys: list[str] = []
        more: list[str] = []
        for order in projection.order:
            name = self._key_name(order, items, made)
            if name is None:
                value = self._key_value(order.value, projection, items, values)
                if value.type.name == "NULL":
                    continue  # a property that nothing here has puts nothing in order
                name = self._context.name()
                more.append(f"{value.text} AS {name}")
            keys.append(f"{name}{' DESC' if order.descending else ''}")
        return (f" ORDER BY {', '.join(keys)}" if keys else ""), more

    def _key_name(self, order: Order, items: Sequence[Item], made: Scope) -> str | None:
        """The column that a key is already."""
        for item in items:
            if item.value == order.value or (
                isinstance(order.value, Variable) and order.value.name == item.name
            ):
                value = made[item.name].value
                if not (value.type.is_scalar or value.type.name == "NULL"):
                    raise refused(f"ORDER BY {WORDS[value.type.name]}", hint="order by a property")
                return value.text
        return None

    def _key_value(
        self, key: Expression, projection: Projection, items: Sequence[Item], values: Sequence[Value]
    ) -> Value:
        """A key of its own, out of the columns and, where rows are still rows, of what they were made of."""
        columns = {item.name: Binding(value) for item, value in zip(items, values, strict=True)}
        merged = projection.distinct or any(value.aggregated for value in values)
        if merged and any(call.name in AGGREGATES for call in calls_in(key)):
            raise refused("an aggregate in ORDER BY alone", hint="return it as a column, or WITH it first")
        value = self._values(columns if merged else {**self._scope, **columns}).translate(key)
        if value.aggregated and not merged:
            raise QueryInvalid("an aggregate in ORDER BY of rows that are not aggregated")
        if not (value.type.is_scalar or value.type.name == "NULL"):
            raise refused(f"ORDER BY {WORDS[value.type.name]}", hint="order by a property")
        return value

    def _cut(self, projection: Projection) -> str:
        text = ""
        for word, given in (("SKIP", projection.skip), ("LIMIT", projection.limit)):
            if given is None:
                continue
            value = self._values({}).translate(given)
            plain = value.type == INTEGER and not value.aggregated and not value.free
            number = _constant(self._context, word, given) if plain else -1
            if number < 0:
                raise QueryInvalid(f"{word} takes a whole number, not less than 0")
            text += f" {word} {number}"
        return text

    def _where(self, projection: Projection) -> str:
        if projection.where is None:
            return ""
        # In Cypher the rows are filtered after they are ordered and cut, and the names are the new ones.
        condition = self._values(self._scope).condition(projection.where)
        if condition.aggregated:
            raise QueryInvalid("an aggregate in WHERE", hint="WITH … AS name WHERE name > 1")
        return f" WHERE {condition.text}"


def _constant(context: Context, word: str, given: Expression) -> int:
    try:
        return int(compute(context, given)({}))
    except QueryRefused:
        raise refused(f"{word} of such an expression", "", "work it out before") from None
    except OverflowError:
        return -1
