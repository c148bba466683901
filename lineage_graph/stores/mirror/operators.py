"""Operators, between types for which both databases have the same rules; what Neo4j would answer with null or by a guess is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.types import BOOL, FLOAT, INTEGER, NULL, TEXT, WORDS, Type, Value

UNKNOWN = "CAST(NULL AS BOOL)"
ORDERED = frozenset({"STRING", "INT64", "DOUBLE", "TIMESTAMP"})
BEYOND = 2.0**63
"""No integer."""
IDENTICAL = frozenset({"NODE", "REL"})


def condition(value: Value) -> Value:
    """A value as something that is true, false or null."""
    if value.type.name == "NULL":
        return value._replace(text=UNKNOWN, type=BOOL)
    if value.type.name != "BOOL":
        raise refused(f"{WORDS[value.type.name]} as a condition")
    if value.text.lstrip("(").startswith("CASE"):
        # ladybug takes a CASE that is itself a condition, of another CASE or beside AND, for false.
        return value._replace(text=f"({value.text} = true)")
    return value


def unify(types: Sequence[Type], where: str) -> Type:
    """The one type of several values; null goes with all."""
    found: Type | None = None
    for type_ in types:
        if type_.name == "NULL":
            continue
        if found is None:
            found = type_
        elif found.name in IDENTICAL and found.name == type_.name:
            found = found._replace(among=found.among | type_.among)
        elif found != type_:
            raise refused(f"{WORDS[found.name]} and {WORDS[type_.name]} {where}")
    return found or NULL


def _made(left: Value, right: Value, text: str, type_: Type) -> Value:
    return Value(text, type_, left.aggregated or right.aggregated, left.free or right.free)


def _logic(sign: str, left: Value, right: Value) -> Value:
    left, right = condition(left), condition(right)
    return _made(left, right, f"({left.text} {sign} {right.text})", BOOL)


def _compare(sign: str, left: Value, right: Value) -> Value:
    types = {left.type.name, right.type.name}
    if "NULL" in types:
        return _made(left, right, UNKNOWN, BOOL)
    equality = sign in ("=", "<>")
    if equality and types in ({"NODE"}, {"REL"}):
        return _made(left, right, f"(id({left.text}) {sign} id({right.text}))", BOOL)
    if types == {"INT64", "DOUBLE"}:
        return _compare_numbers(sign, left, right)
    if (
        types <= {"INT64", "DOUBLE"}
        or (len(types) == 1 and types <= ORDERED)
        or (equality and types == {"BOOL"})
    ):
        return _made(left, right, f"({left.text} {sign} {right.text})", BOOL)
    hint = "write datetime('2026-01-31') for a time" if types == {"STRING", "TIMESTAMP"} else ""
    raise refused(f"{WORDS[left.type.name]} {sign} {WORDS[right.type.name]}", hint=hint)


TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
EXACT = 2**53
"""Up to here every integer is a float."""


def _compare_numbers(sign: str, left: Value, right: Value) -> Value:
    """An integer and a float, by their values as in Neo4j: ladybug makes a float of the integer, which beyond 2^53 is another number."""
    if left.type == FLOAT:
        return _compare_numbers(TURNED.get(sign, sign), right, left)
    integer, number = left.constant, right.constant
    plain = _made(left, right, f"({left.text} {sign} {right.text})", BOOL)
    if isinstance(integer, int):
        if abs(integer) <= EXACT:
            return plain
        raise refused(f"{integer} {sign} a float", "it is beyond what a float can tell apart")
    if isinstance(number, float):
        if not abs(number) >= EXACT:  # what is not a number is compared as it is
            return plain
        if abs(number) >= BEYOND:
            raise refused(f"an integer {sign} a float beyond every integer")
        return plain._replace(text=f"({left.text} {sign} CAST({int(number)} AS INT64))")
    same = f"(CAST({left.text} AS DOUBLE) = {right.text})"
    # Where both are the same float, that float is an integer too.
    exact = f"({left.text} {sign} CAST(CAST({left.text} AS DOUBLE) AS INT64))"
    return plain._replace(
        text=f"(CASE WHEN {same} THEN {exact} ELSE (CAST({left.text} AS DOUBLE) {sign} {right.text}) END = true)"
    )


def _within(_sign: str, left: Value, right: Value) -> Value:
    if right.type.name == "NULL":
        return _made(left, right, UNKNOWN, BOOL)
    if right.type.name != "LIST" or right.type.item is None:
        raise refused(f"IN {WORDS[right.type.name]}")
    if right.constant == []:
        return _made(left, right, "false", BOOL)
    item = right.type.item
    if "NULL" in (left.type.name, item.name):
        return _made(left, right, f"(CASE WHEN size({right.text}) = 0 THEN false ELSE {UNKNOWN} END)", BOOL)
    if left.type.name in IDENTICAL or item != left.type or not item.is_scalar:
        raise refused(f"{WORDS[left.type.name]} IN a list of {WORDS[item.name]}s")
    if isinstance(right.constant, list):
        return _made(left, right, _among(left, right), BOOL)
    text = f"({left.text} IN {right.text})"
    if left.constant is ...:
        text = f"(CASE WHEN size({right.text}) = 0 THEN false ELSE {text} END)"
    return _made(left, right, text, BOOL)


def _among(left: Value, right: Value) -> str:
    """In a list of constants. ladybug forgets that what is not in a list with a null may be in it."""
    assert isinstance(right.constant, list)
    text = f"({left.text} IN {right.text})"
    return f"(CASE WHEN {text} THEN true ELSE {UNKNOWN} END)" if None in right.constant else text


def _texts(sign: str, left: Value, right: Value) -> Value:
    if "NULL" in (left.type.name, right.type.name):
        return _made(left, right, UNKNOWN, BOOL)
    if left.type != TEXT or right.type != TEXT:
        raise refused(f"{WORDS[left.type.name]} {sign} {WORDS[right.type.name]}")
    text = f"({left.text} {sign} {right.text})"
    if sign == "CONTAINS" and right.constant in (..., ""):
        # In ladybug no text contains the empty one.
        text = f"({text} OR ({right.text} = '' AND {left.text} = {left.text}))"
    return _made(left, right, text, BOOL)


def _arithmetic(sign: str, left: Value, right: Value) -> Value:
    if "NULL" in (left.type.name, right.type.name):
        return _made(left, right, "NULL", NULL)
    if sign == "+" and left.type == TEXT and right.type == TEXT:
        # ladybug takes a null for an empty text here.
        null = f"{left.text} IS NULL OR {right.text} IS NULL"
        return _made(
            left, right, f"(CASE WHEN {null} THEN NULL ELSE concat({left.text}, {right.text}) END)", TEXT
        )
    if not left.type.is_number or not right.type.is_number:
        hint = "toString() makes text of a number" if TEXT in (left.type, right.type) else ""
        raise refused(f"{WORDS[left.type.name]} {sign} {WORDS[right.type.name]}", hint=hint)
    integers = left.type == right.type == INTEGER
    if sign in "/%" and integers and right.constant == 0 and left.constant is not ...:
        raise QueryInvalid(f"{left.constant} {sign} 0 is a division by zero")
    if sign == "%" and not integers:
        raise refused("% of floats")
    if sign == "/" and not integers and right.constant in (..., 0):
        raise refused("/ of floats by what may be zero", hint="divide by a constant")
    return _made(left, right, f"({left.text} {sign} {right.text})", INTEGER if integers else FLOAT)


OPERATORS: Mapping[str, Callable[[str, Value, Value], Value]] = {
    **dict.fromkeys(("AND", "OR", "XOR"), _logic),
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), _compare),
    **dict.fromkeys(("STARTS WITH", "ENDS WITH", "CONTAINS"), _texts),
    **dict.fromkeys(("+", "-", "*", "/", "%"), _arithmetic),
    "IN": _within,
}
