"""Expressions in ladybug's words: each with its type, and only where both databases give the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.flat import TIMES
from lineage_graph.stores.mirror import functions
from lineage_graph.stores.mirror.catalog import COMMON_LABEL
from lineage_graph.stores.mirror.elements import LABEL, LABEL_COLUMN, function_of_elements, properties_in
from lineage_graph.stores.mirror.labels import matching_labels
from lineage_graph.stores.mirror.operators import OPERATORS, condition, unify
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.scope import Binding, Context, Scope
from lineage_graph.stores.mirror.syntax import (
    Binary,
    Call,
    Case,
    Comprehension,
    Expression,
    HasLabel,
    Index,
    ListOf,
    Literal,
    MapOf,
    Match,
    Parameter,
    Property,
    Subquery,
    Unary,
    Variable,
)
from lineage_graph.stores.mirror.types import (
    BOOL,
    DURATION,
    NOTHING,
    NULL,
    TIME,
    WORDS,
    PythonFunction,
    Type,
    Value,
    list_of,
    name_type,
    parse_type,
    type_of,
)

Subqueries = Callable[[Match, Scope, str], str]


class Values:
    """Translates the expressions of one place: its names are in `scope`."""

    def __init__(
        self, context: Context, scope: Scope, subqueries: Subqueries | None = None, *, inner: bool = False
    ) -> None:
        self.context = context
        self.scope = scope
        self._subqueries = subqueries
        self._inner = inner
        self._translate: dict[type, Callable[..., Value]] = {
            Literal: self._literal,
            Parameter: self._parameter,
            Variable: self._variable,
            Property: self._property,
            Unary: self._unary,
            Binary: self._binary,
            Call: self._call,
            ListOf: self._list,
            Index: self._index,
            Case: self._case,
            Comprehension: self._comprehension,
            HasLabel: self._has_label,
            Subquery: self._subquery,
        }

    def translate(self, expression: Expression) -> Value:
        """Any expression."""
        if isinstance(expression, MapOf):
            raise refused("a map as a value")
        return self._translate[type(expression)](expression)

    def condition(self, expression: Expression) -> Value:
        """An expression that is true or not."""
        return condition(self.translate(expression))

    def _literal(self, literal: Literal) -> Value:
        if literal.value is None:
            return NOTHING
        type_ = type_of(literal.value)
        assert type_ is not None
        return self.context.bind(literal.value, type_)

    def _parameter(self, parameter: Parameter) -> Value:
        return self.context.parameter(parameter.name)

    def _variable(self, variable: Variable) -> Value:
        if variable.name in self.scope:
            return self.scope[variable.name].value
        if self._inner:
            raise refused("a list's expression that looks at more than its element", f"at {variable.name}")
        raise QueryInvalid(f"the variable {variable.name} is not defined", hint="is it lost by a WITH?")

    def _property(self, access: Property) -> Value:
        subject = self.translate(access.subject)
        if subject.type.name == "NULL":
            return NOTHING
        if subject.type.name not in ("NODE", "REL"):
            raise refused(f".{access.name} of {WORDS[subject.type.name]}")
        if access.name.startswith("_"):
            raise refused(f"the property {access.name}", "it is Neo4j's own bookkeeping")
        types = self.context.catalog.types(subject.type.among, access.name)
        if not types and access.name in TIMES:
            # No edge here has one yet: still a time, which may be compared with one.
            return subject._replace(text="CAST(NULL AS TIMESTAMP)", type=TIME, constant=...)
        if not types:
            return Value("NULL", NULL, free=subject.free, aggregated=subject.aggregated)
        if len(types) > 1:
            where = "" if len(subject.type.among) == 1 else "; a label may tell them apart"
            raise refused(f"the property {access.name}", f"it has values of several types here{where}")
        type_name = types.pop()
        column = self.context.catalog.column(access.name, type_name)
        is_plain = subject.text.isalnum()
        text = f"{subject.text}.{column}" if is_plain else f"struct_extract({subject.text}, '{column}')"
        return subject._replace(text=text, type=parse_type(type_name), constant=...)

    def _unary(self, unary: Unary) -> Value:
        operand = self.translate(unary.operand)
        kept = operand._replace(constant=...)
        if unary.sign in ("IS NULL", "IS NOT NULL"):
            if operand.type.name == "NULL":
                return kept._replace(text="true" if unary.sign == "IS NULL" else "false", type=BOOL)
            text = f"id({operand.text})" if operand.type.name in ("NODE", "REL") else operand.text
            return kept._replace(text=f"({text} {unary.sign})", type=BOOL)
        if unary.sign == "NOT":
            inner = condition(operand)
            return inner._replace(text=f"(NOT {inner.text})", constant=...)
        if operand.type.name == "NULL":
            return operand
        if not operand.type.is_number:
            raise refused(f"- before {WORDS[operand.type.name]}")
        return kept._replace(text=f"(-{operand.text})")

    def _binary(self, binary: Binary) -> Value:
        left, right = self.translate(binary.left), self.translate(binary.right)
        if DURATION in (left.type, right.type):
            return self._shift(binary.sign, left, right)
        if binary.sign == "IN" and isinstance(binary.right, ListOf) and right.constant is ...:
            tests = [OPERATORS["="]("=", left, self.translate(item)) for item in binary.right.items]
            return _joined(tests, f"({' OR '.join(test.text for test in tests)})", BOOL)
        return OPERATORS[binary.sign](binary.sign, left, right)

    def _shift(self, sign: str, left: Value, right: Value) -> Value:
        moment, span = left.constant, right.constant
        if sign not in "+-" or not isinstance(moment, datetime) or not isinstance(span, timedelta):
            raise refused("duration() but in datetime(…) ± duration(…)")
        try:
            return self.context.bind(moment + span if sign == "+" else moment - span, TIME)
        except OverflowError:
            raise QueryInvalid("that time is beyond the calendar") from None

    def _call(self, call: Call) -> Value:
        if call.name == "duration" and len(call.arguments) == 1 and isinstance(call.arguments[0], MapOf):
            parts = {name: self.translate(value).constant for name, value in call.arguments[0].items}
            return functions.duration_of(parts)
        if call.star:
            return Value("count(*)", Type("INT64"), aggregated=True)
        arguments = [self.translate(argument) for argument in call.arguments]
        found = functions.call(self.context, call.name, arguments, distinct=call.distinct, inner=self._inner)
        if call.name in functions.AGGREGATES and any(argument.aggregated for argument in arguments):
            raise QueryInvalid(f"{call.name}() of what is aggregated already", hint="WITH first")
        return found

    def _list(self, made: ListOf) -> Value:
        items = [self.translate(item) for item in made.items]
        if all(item.constant is not ... for item in items):
            constant = [item.constant for item in items]
            type_ = type_of(constant)
            if type_ is not None:
                return self.context.bind(constant, type_)
        item_type = unify([item.type for item in items], "in one list")
        if not item_type.is_scalar and item_type.name not in ("NODE", "REL"):
            raise refused(f"a list of {WORDS[item_type.name]}s made in the query")
        texts = [_typed(item, item_type) for item in items]
        return _joined(items, f"[{', '.join(texts)}]", list_of(item_type))

    def _index(self, index: Index) -> Value:
        subject, at = self.translate(index.subject), self.translate(index.index)
        if subject.type.name == "NULL":
            return NOTHING
        if subject.type.name != "LIST" or subject.type.item is None:
            raise refused(f"an index of {WORDS[subject.type.name]}")
        if not isinstance(at.constant, int) or isinstance(at.constant, bool):
            raise refused("an index that is no constant integer")
        return functions.element(subject, at.constant)

    def _case(self, case: Case) -> Value:
        results = [self.translate(result) for _, result in case.branches]
        default = self.translate(case.default) if case.default is not None else NOTHING
        type_ = unify([each.type for each in [*results, default]], "in one CASE")
        if type_.name == "PATH":
            raise refused("CASE with a path as its result")
        used = [*results, default]
        text = "CASE"
        for (test, _), result in zip(case.branches, results, strict=True):
            when = self._when(case, test)
            used.append(when)
            text += f" WHEN {when.text} THEN {_typed(result, type_)}"
        return _joined(used, f"({text} ELSE {_typed(default, type_)} END)", type_)

    def _when(self, case: Case, test: Expression) -> Value:
        if case.subject is None:
            return self.condition(test)
        return condition(OPERATORS["="]("=", self.translate(case.subject), self.translate(test)))

    def _comprehension(self, made: Comprehension) -> Value:
        source = self.translate(made.source)
        if source.type.name == "NULL":
            return NOTHING
        if source.type.name != "LIST" or source.type.item is None:
            raise refused(f"IN {WORDS[source.type.name]}")
        if made.quantifier == "single":
            raise refused("single()")
        return self._each(made, source, source.type.item)

    def _each(self, made: Comprehension, source: Value, item: Type) -> Value:
        """A function of ours, called with the list: of nodes and relationships with a list of each property that it looks at."""
        inside = Values(self.context, {made.variable: Binding(Value("x", item))}, inner=True)
        test = inside.condition(made.condition) if made.condition is not None else None
        result = inside.translate(made.result) if made.result is not None else None
        if item.is_scalar:
            keys, given, takes = [""], [source.text], [f"{item.name}[]"]
        else:
            keys, given, takes = self._columns(made, source, item)
        if result is None and not made.quantifier and not item.is_scalar:
            if test is None:
                return source
            raise refused(
                "a list of some of a path's elements", hint="say which property: [x IN … WHERE … | x.id]"
            )
        gives = BOOL if made.quantifier else list_of((result or Value("x", item)).type)
        if gives.item is not None and not (gives.item.is_scalar or gives.item.name == "NULL"):
            raise refused(f"a list of {WORDS[gives.item.name]}s made in the query")
        if not made.quantifier and not _leaves_one_label(made):
            gives = gives._replace(among=source.type.among)
        name = f"lg_each{len(self.context.functions)}"
        does = function_of_elements(self.context, made, keys)
        self.context.functions[name] = PythonFunction(tuple(takes), gives, does)
        return source._replace(text=f"{name}({', '.join(given)})", type=gives, constant=...)

    def _columns(
        self, made: Comprehension, source: Value, item: Type
    ) -> tuple[list[str], list[str], list[str]]:
        if not source.text.startswith(("nodes(", "rels(")):
            raise refused("an expression about the elements of such a list", hint="UNWIND it")
        known = {
            key: {"STRING"} if key == LABEL else self.context.catalog.types(item.among, key)
            for key in sorted(properties_in((made.condition, made.result)))
        }
        # What nothing here has is null for each; their kinds still say how many they are.
        keys = [key for key, types in known.items() if types] or [LABEL]
        given, takes = [], []
        for key in keys:
            type_name = "STRING" if key == LABEL else next(iter(known[key]))
            if type_name.endswith("[]"):
                raise refused(f"the list {key} of a path's elements", hint="UNWIND nodes(p) AS x")
            column = LABEL_COLUMN if key == LABEL else self.context.catalog.column(key, type_name)
            given.append(f"properties({source.text}, '{column}')")
            takes.append(f"{type_name}[]")
        return keys, given, takes

    def _has_label(self, test: HasLabel) -> Value:
        subject = self.translate(test.subject)
        if subject.type.name != "NODE":
            raise refused(f"a label of {WORDS[subject.type.name]}")
        kinds = sorted(matching_labels(test.labels, subject.type.among))
        names = ", ".join(f"'{kind}'" for kind in kinds)
        has = f"(label({subject.text}) IN [{names}])" if kinds else "false"
        text = f"(CASE WHEN id({subject.text}) IS NULL THEN NULL ELSE {has} END)"
        return subject._replace(text=text, type=BOOL, constant=...)

    def _subquery(self, subquery: Subquery) -> Value:
        if self._subqueries is None:
            raise refused(f"{subquery.what} {{ … }} here")
        text = self._subqueries(subquery.match, self.scope, subquery.what if not subquery.bare else "PATTERN")
        return Value(text, BOOL if subquery.what == "EXISTS" else Type("INT64"), free=True)


def _leaves_one_label(made: Comprehension) -> bool:
    """`[l IN labels(n) WHERE l <> 'LineageNode']`: the kind alone."""
    test = made.condition
    return isinstance(test, Binary) and (test.sign, test.left, test.right) == (
        "<>",
        Variable(0, made.variable),
        Literal(0, COMMON_LABEL),
    )


def _typed(value: Value, type_: Type) -> str:
    """A null needs the type of its neighbours."""
    return f"CAST(NULL AS {name_type(type_)})" if value.type.name == "NULL" else value.text


def _joined(used: list[Value], text: str, type_: Type) -> Value:
    return Value(text, type_, any(each.aggregated for each in used), any(each.free for each in used))
