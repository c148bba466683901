"""What a query says of each element of a list, computed in Python: ladybug's own functions of elements mix up rows behind a join."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lineage_graph.stores.mirror.catalog import COMMON_LABEL
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.scope import Context, to_naive
from lineage_graph.stores.mirror.syntax import (
    Binary,
    Call,
    Case,
    Comprehension,
    Expression,
    HasLabel,
    ListOf,
    Literal,
    Parameter,
    Property,
    Unary,
    Variable,
    parts_of,
)
from lineage_graph.stores.mirror.texts import TEXT_FUNCTIONS

LABEL = "_label"
"""The key of a node's kind, a relationship's type: no property that a query may name begins like that."""
LABEL_COLUMN = "lbl"
"""Where the mirror holds it."""
Element = Mapping[str, Any]
"""What is known of an element: its value under "", or its properties."""
Computed = Callable[[Element], Any]


def compute(context: Context, expression: Expression) -> Computed:
    """A function of an element. The expression's types were looked at before: here they agree."""
    if isinstance(expression, Literal):
        return _constant(expression.value)
    if isinstance(expression, Parameter):
        return _constant(context.parameters[expression.name])
    if isinstance(expression, Variable):
        return lambda element: element[""]
    if isinstance(expression, Property) and isinstance(expression.subject, Variable):
        name = expression.name
        return lambda element: element.get(name)
    made: Mapping[type, Callable[[Context, Any], Computed]] = {
        Unary: _unary,
        Binary: _binary,
        ListOf: _list,
        Call: _call,
        Case: _case,
        HasLabel: _label,
    }
    if type(expression) not in made:
        raise refused("such an expression about a list's elements")
    return made[type(expression)](context, expression)


def properties_in(tree: object) -> set[str]:
    """The properties of an element that an expression looks at; its kind or type as LABEL."""
    if isinstance(tree, Property):
        return {tree.name} | properties_in(tree.subject)
    found = (
        {LABEL}
        if isinstance(tree, HasLabel) or (isinstance(tree, Call) and tree.name in ("type", "labels"))
        else set()
    )
    return found.union(*map(properties_in, parts_of(tree)))


def function_of_elements(context: Context, made: Comprehension, keys: Sequence[str]) -> Callable[..., Any]:
    """A list's expression as a function of lists: of its elements, or of one property of each, in the order of `keys`."""
    test = compute(context, made.condition) if made.condition is not None else None
    result = compute(context, made.result) if made.result is not None else None

    def each(*lists: list[Any]) -> Any:
        elements = [dict(zip(keys, values, strict=True)) for values in zip(*lists, strict=True)]
        if made.quantifier:
            assert test is not None
            return _QUANTIFIERS[made.quantifier]([test(element) for element in elements])
        kept = [element for element in elements if test is None or test(element) is True]
        return [element[""] if result is None else result(element) for element in kept]

    if len(keys) not in _PLAIN:
        raise refused(f"an expression about more than {len(_PLAIN)} properties of a path's elements")
    return _PLAIN[len(keys)](each)


# ladybug counts a function's parameters, and reads annotations, of which it knows few.
_PLAIN: Mapping[int, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    1: lambda each: lambda a: each(a),  # noqa: PLW0108
    2: lambda each: lambda a, b: each(a, b),  # noqa: PLW0108
    3: lambda each: lambda a, b, c: each(a, b, c),  # noqa: PLW0108
    4: lambda each: lambda a, b, c, d: each(a, b, c, d),  # noqa: PLW0108
    5: lambda each: lambda a, b, c, d, e: each(a, b, c, d, e),  # noqa: PLW0108
}


_QUANTIFIERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "all": lambda found: False if False in found else None if None in found else True,
    "any": lambda found: True if True in found else None if None in found else False,
    "none": lambda found: False if True in found else None if None in found else True,
}


def _constant(value: object) -> Computed:
    kept = to_naive(value) if isinstance(value, datetime) else value
    return lambda element: kept


def _unary(context: Context, expression: Unary) -> Computed:
    inner = compute(context, expression.operand)
    if expression.sign == "IS NULL":
        return lambda element: inner(element) is None
    if expression.sign == "IS NOT NULL":
        return lambda element: inner(element) is not None
    if expression.sign == "NOT":
        return lambda element: None if (value := inner(element)) is None else not value
    return lambda element: None if (value := inner(element)) is None else _bounded(-value)


def _bounded(value: Any) -> Any:
    """Python's integers know no end, both databases' do."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise OverflowError("integer overflow")
    return value


def _and(left: Any, right: Any) -> Any:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: Any, right: Any) -> Any:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _within(left: Any, right: Any) -> Any:
    if right is None:
        return None
    if not right:
        return False
    if left is None:
        return None
    return True if left in right else None if None in right else False


def _strict(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: None if left is None or right is None else function(left, right)


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "AND": _and,
    "OR": _or,
    "IN": _within,
    "XOR": _strict(lambda left, right: left is not right),
    "=": _strict(lambda left, right: left == right),
    "<>": _strict(lambda left, right: left != right),
    "<": _strict(lambda left, right: left < right),
    "<=": _strict(lambda left, right: left <= right),
    ">": _strict(lambda left, right: left > right),
    ">=": _strict(lambda left, right: left >= right),
    "STARTS WITH": _strict(lambda left, right: left.startswith(right)),
    "ENDS WITH": _strict(lambda left, right: left.endswith(right)),
    "CONTAINS": _strict(lambda left, right: right in left),
    "+": _strict(lambda left, right: _bounded(left + right)),
    "-": _strict(lambda left, right: _bounded(left - right)),
    "*": _strict(lambda left, right: _bounded(left * right)),
}


def _binary(context: Context, expression: Binary) -> Computed:
    operator = _OPERATORS.get(expression.sign)
    if operator is None:
        raise refused(f"{expression.sign} in an expression about a list's elements")
    left, right = compute(context, expression.left), compute(context, expression.right)
    return lambda element: operator(left(element), right(element))


def _list(context: Context, expression: ListOf) -> Computed:
    items = [compute(context, item) for item in expression.items]
    return lambda element: [item(element) for item in items]


def _label(context: Context, expression: HasLabel) -> Computed:
    from lineage_graph.stores.mirror.labels import holds

    return lambda element: holds(expression.labels, (element[LABEL], COMMON_LABEL))


def _call(context: Context, expression: Call) -> Computed:
    if expression.name == "type":
        return lambda element: element[LABEL]
    if expression.name == "labels":
        return lambda element: [COMMON_LABEL, element[LABEL]]
    given = [compute(context, argument) for argument in expression.arguments]
    if expression.name == "coalesce":
        return lambda element: next((value for each in given if (value := each(element)) is not None), None)
    known = TEXT_FUNCTIONS.get(expression.name)
    if known is None:
        raise refused(f"{expression.name}() in an expression about a list's elements")

    def call(element: Element) -> Any:
        values = [each(element) for each in given]
        if expression.name == "substring" and len(values) == 2:
            values.append(len(values[0] or ""))
        return None if None in values else known.does(*values)

    return call


def _case(context: Context, expression: Case) -> Computed:
    if expression.subject is not None:
        raise refused("CASE x WHEN in an expression about a list's elements", hint="CASE WHEN x = …")
    branches = [(compute(context, test), compute(context, result)) for test, result in expression.branches]
    default = compute(context, expression.default) if expression.default is not None else _constant(None)

    def choose(element: Element) -> Any:
        for test, result in branches:
            if test(element) is True:
                return result(element)
        return default(element)

    return choose
