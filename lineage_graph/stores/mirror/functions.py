"""The functions that give the same on both databases. What is not in these tables is refused by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.mirror.catalog import COMMON_LABEL
from lineage_graph.stores.mirror.operators import unify
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.scope import Context
from lineage_graph.stores.mirror.texts import TEXT_FUNCTIONS
from lineage_graph.stores.mirror.times import UNITS, is_utc, parse_duration, parse_moment
from lineage_graph.stores.mirror.types import (
    BOOL,
    DURATION,
    FLOAT,
    INTEGER,
    NOTHING,
    TEXT,
    TIME,
    UNORDERED,
    WORDS,
    Type,
    Value,
    list_of,
    name_type,
)

Function = Callable[[Context, str, list[Value]], Value]


def call(context: Context, name: str, given: list[Value], *, distinct: bool, inner: bool) -> Value:
    """A function's value."""
    if name in AGGREGATES:
        if inner:
            raise refused(f"{name}() in a list's expression")
        return _aggregate(name, given, distinct=distinct)
    known = FUNCTIONS.get(name)
    if known is None or distinct:
        raise refused(f"{name}()" if not distinct else f"{name}(DISTINCT …)")
    function, least, most = known
    if not least <= len(given) <= most:
        raise QueryInvalid(f"{name}() does not take {len(given)} arguments")
    return function(context, name, given)


def _from(given: Sequence[Value], text: str, type_: Type) -> Value:
    return Value(text, type_, any(each.aggregated for each in given), any(each.free for each in given))


def _wants(name: str, value: Value, *types: str) -> None:
    if value.type.name not in types:
        raise refused(f"{name}() of {WORDS[value.type.name]}")


AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "collect"})


def _aggregate(name: str, given: list[Value], *, distinct: bool) -> Value:
    if len(given) != 1:
        raise QueryInvalid(f"{name}() does not take {len(given)} arguments")
    (value,) = given
    once = "DISTINCT " if distinct else ""
    if value.type.name == "NULL":
        return _aggregate_null(name)
    if value.constant is not ... and name != "count":
        raise refused(f"{name}() of a constant")
    text, type_ = _AGGREGATES[name](name, value, once)
    return Value(text, type_, aggregated=True)


def _count(name: str, value: Value, once: str) -> tuple[str, Type]:
    if value.type.name in ("LIST", "PATH"):
        raise refused(f"count() of {WORDS[value.type.name]}", hint="count(*)")
    of = f"id({value.text})" if value.type.name in ("NODE", "REL") else value.text
    return f"{name}({once}{of})", INTEGER


def _collect(name: str, value: Value, once: str) -> tuple[str, Type]:
    if not value.type.is_scalar and value.type.name not in ("NODE", "REL"):
        raise refused(f"collect() of {WORDS[value.type.name]}")
    return f"{name}({once}{value.text})", list_of(value.type)._replace(among=UNORDERED)


def _extreme(name: str, value: Value, _once: str) -> tuple[str, Type]:
    _wants(name, value, "INT64", "DOUBLE", "STRING", "TIMESTAMP")
    return f"{name}({value.text})", value.type


def _average(name: str, value: Value, once: str) -> tuple[str, Type]:
    _wants(name, value, "INT64", "DOUBLE")
    return f"{name}({once}{value.text})", FLOAT


def _sum(name: str, value: Value, once: str) -> tuple[str, Type]:
    """Ladybug's sum of integers is wider than an integer, and null where there is nothing to add."""
    _wants(name, value, "INT64", "DOUBLE")
    own = name_type(value.type)
    return f"coalesce(CAST(sum({once}{value.text}) AS {own}), CAST(0 AS {own}))", value.type


_AGGREGATES: Mapping[str, Callable[[str, Value, str], tuple[str, Type]]] = {
    "count": _count,
    "collect": _collect,
    "min": _extreme,
    "max": _extreme,
    "avg": _average,
    "sum": _sum,
}


def _aggregate_null(name: str) -> Value:
    if name in ("count", "sum"):
        return Value("count(CAST(NULL AS STRING))", INTEGER, aggregated=True)
    if name == "collect":
        return Value("collect(CAST(NULL AS STRING))", list_of(TEXT), aggregated=True)
    return Value("min(CAST(NULL AS STRING))", TEXT, aggregated=True)


def _coalesce(_context: Context, _name: str, given: list[Value]) -> Value:
    type_ = unify([each.type for each in given], "in one coalesce()")
    if type_.name == "NULL":
        return NOTHING
    if not type_.is_scalar:
        raise refused(f"coalesce() of {WORDS[type_.name]}")
    texts = [each.text for each in given if each.type.name != "NULL"]
    return _from(given, texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})", type_)


def _size(_context: Context, name: str, given: list[Value]) -> Value:
    (value,) = given
    if value.type.name == "NULL":
        return NOTHING
    if value.type == TEXT:
        # Characters as Unicode counts them; ladybug counts what one sees.
        return _python(_context, "size", given)
    _wants(name, value, "LIST")
    return _from(given, f"CAST(size({value.text}) AS INT64)", INTEGER)


def _labels(_context: Context, name: str, given: list[Value]) -> Value:
    (node,) = given
    _wants(name, node, "NODE")
    # ladybug's label of a null is the only one that it could have.
    text = f"(CASE WHEN id({node.text}) IS NULL THEN NULL ELSE ['{COMMON_LABEL}', label({node.text})] END)"
    return _from(given, text, list_of(TEXT)._replace(among=UNORDERED))


def _type(_context: Context, name: str, given: list[Value]) -> Value:
    _wants(name, given[0], "REL")
    text = f"(CASE WHEN id({given[0].text}) IS NULL THEN NULL ELSE label({given[0].text}) END)"
    return _from(given, text, TEXT)


def _length(_context: Context, name: str, given: list[Value]) -> Value:
    if given[0].type.name == "NULL":
        return NOTHING
    _wants(name, given[0], "PATH")
    text = f"size(rels({given[0].text}))" if given[0].type.among else f"length({given[0].text})"
    return _from(given, f"CAST({text} AS INT64)", INTEGER)


def _nodes(_context: Context, name: str, given: list[Value]) -> Value:
    _wants(name, given[0], "PATH")
    item = given[0].type.item
    assert item is not None
    if name == "nodes":
        return _from(given, f"nodes({given[0].text})", list_of(item))
    assert item.item is not None
    return _from(given, f"rels({given[0].text})", list_of(item.item))


def element(source: Value, at: int) -> Value:
    """A list's element, counted from 0, from its end where negative; null beyond."""
    item = source.type.item
    assert item is not None
    if source.type.among:
        raise refused(
            "an element of labels(n) or collect()",
            "their order is each database's own",
            "'Run' IN labels(n), min(x) or max(x)",
        )
    number = at + 1 if at >= 0 else at
    if not item.is_scalar:
        # ladybug has no null of a node to put at the list's end; a path's first and last node are there.
        if at not in (0, -1) or not source.text.startswith("nodes("):
            raise refused(
                "an element of such a list", "", "nodes(p)[0] and nodes(p)[-1] are here, and UNWIND"
            )
        return source._replace(text=f"list_extract({source.text}, {number})", type=item, constant=...)
    # ladybug fails where there is no such element, also in the branch of a CASE that is not taken.
    nulls = f"CAST([{', '.join(['NULL'] * min(abs(number), MOST))}] AS {name_type(item)}[])"
    both = f"{source.text}, {nulls}" if at >= 0 else f"{nulls}, {source.text}"
    if abs(number) > MOST:
        raise refused(f"an index beyond {MOST}")
    return source._replace(text=f"list_extract(list_concat({both}), {number})", type=item, constant=...)


MOST = 1000


def _head(_context: Context, name: str, given: list[Value]) -> Value:
    if given[0].type.name == "NULL":
        return NOTHING
    _wants(name, given[0], "LIST")
    return element(given[0], 0 if name == "head" else -1)


def _to_string(_context: Context, name: str, given: list[Value]) -> Value:
    (value,) = given
    if value.type.name in ("NULL", "STRING"):
        return value
    if value.type == BOOL:
        return _from(
            given, f"(CASE WHEN {value.text} THEN 'true' WHEN NOT {value.text} THEN 'false' END)", TEXT
        )
    _wants(name, value, "INT64")
    return _from(given, f"CAST({value.text} AS STRING)", TEXT)


def _to_float(_context: Context, name: str, given: list[Value]) -> Value:
    (value,) = given
    if value.type.name in ("NULL", "DOUBLE"):
        return value
    _wants(name, value, "INT64")
    return _from(given, f"CAST({value.text} AS DOUBLE)", FLOAT)


def _abs(_context: Context, name: str, given: list[Value]) -> Value:
    if given[0].type.name == "NULL":
        return NOTHING
    _wants(name, given[0], "INT64", "DOUBLE")
    return _from(given, f"abs({given[0].text})", given[0].type)


def _integral(_context: Context, name: str, given: list[Value]) -> Value:
    if given[0].type.name == "NULL":
        return NOTHING
    _wants(name, given[0], "INT64", "DOUBLE")
    return _from(given, f"{name}(CAST({given[0].text} AS DOUBLE))", FLOAT)


LONG = 2**31
"""More letters than a text has."""


def _datetime(context: Context, name: str, given: list[Value]) -> Value:
    if not given:
        return context.bind(datetime.now(UTC), TIME)
    constant = given[0].constant
    if given[0].type.name == "NULL":
        return NOTHING
    if given[0].type == TIME:
        return given[0]
    if not isinstance(constant, str):
        raise refused(f"{name}() of what is no constant text")
    moment = parse_moment(constant)
    if moment is None:
        raise refused(f"{name}({constant!r})", "", "write it like 2026-01-31T12:00:00Z")
    if not is_utc(moment):
        raise refused(f"{name}({constant!r})", "Neo4j compares its zone too", "write the same moment with Z")
    return context.bind(moment, TIME)


def _duration(_context: Context, name: str, given: list[Value]) -> Value:
    constant = given[0].constant
    span = parse_duration(constant) if isinstance(constant, str) else None
    if span is None:
        raise refused(f"{name}() of what is no constant like 'P7D'")
    return Value("NULL", DURATION, constant=span)


def duration_of(parts: Mapping[str, object]) -> Value:
    """`duration({days: 7})`."""
    if not parts or not set(parts) <= set(UNITS) or not all(type(each) is int for each in parts.values()):
        raise refused("duration({…}) but of constant weeks, days, hours, minutes and seconds")
    return Value("NULL", DURATION, constant=timedelta(**parts))  # type: ignore[arg-type]  # integers, just seen


def _python(context: Context, name: str, given: list[Value]) -> Value:
    """A function of Python's own, where ladybug's knows other letters than Neo4j's."""
    if any(each.type.name == "NULL" for each in given):
        return NOTHING
    if name == "substring" and len(given) == 2:
        given = [*given, context.bind(LONG, INTEGER)]
    known = TEXT_FUNCTIONS[name]
    own = f"lg_{name}{len(given)}"
    context.functions[own] = known._replace(takes=known.takes[: len(given)])
    return _from(given, f"{own}({', '.join(each.text for each in given)})", known.gives)


def _text(context: Context, name: str, given: list[Value]) -> Value:
    for value, types in zip(given, TEXT_FUNCTIONS[name].takes, strict=False):
        if value.type.name != "NULL":
            _wants(name, value, types)
    if name in ("left", "right", "substring"):
        for value in given[1:]:
            if not isinstance(value.constant, int) or value.constant < 0:
                raise refused(f"{name}() but with constant numbers from 0")
    if name == "split" and not (isinstance(given[1].constant, str) and given[1].constant):
        raise refused("split() but by a constant text")
    return _python(context, name, given)


FUNCTIONS: Mapping[str, tuple[Function, int, int]] = {
    "coalesce": (_coalesce, 1, 20),
    "size": (_size, 1, 1),
    "labels": (_labels, 1, 1),
    "type": (_type, 1, 1),
    "length": (_length, 1, 1),
    "nodes": (_nodes, 1, 1),
    "relationships": (_nodes, 1, 1),
    "head": (_head, 1, 1),
    "last": (_head, 1, 1),
    "tostring": (_to_string, 1, 1),
    "tofloat": (_to_float, 1, 1),
    "abs": (_abs, 1, 1),
    "ceil": (_integral, 1, 1),
    "floor": (_integral, 1, 1),
    "datetime": (_datetime, 0, 1),
    "duration": (_duration, 1, 1),
    "tolower": (_text, 1, 1),
    "toupper": (_text, 1, 1),
    "left": (_text, 2, 2),
    "right": (_text, 2, 2),
    "substring": (_text, 2, 3),
    "replace": (_text, 3, 3),
    "split": (_text, 2, 2),
}
