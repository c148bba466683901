"""What a value of the mirror is. Neo4j finds a value's type when it runs; here it is known before, or the query is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple


class Type(NamedTuple):
    """A type. `among` are the kinds of a node or the types of a relationship that it can be."""

    name: str
    item: Type | None = None
    among: frozenset[str] = frozenset()

    @property
    def is_number(self) -> bool:
        """Whether arithmetic can be done with it."""
        return self.name in ("INT64", "DOUBLE")

    @property
    def is_scalar(self) -> bool:
        """Whether it is one plain value."""
        return self.name in ("INT64", "DOUBLE", "STRING", "BOOL", "TIMESTAMP")


NULL = Type("NULL")
BOOL = Type("BOOL")
INTEGER = Type("INT64")
FLOAT = Type("DOUBLE")
TEXT = Type("STRING")
TIME = Type("TIMESTAMP")
PATH = Type("PATH")
DURATION = Type("DURATION")
MAY_BE_NULL = frozenset({"null"})
"""`among` of a path that an OPTIONAL MATCH may not have found: ladybug knows it as a path no more."""

UNORDERED = frozenset({"unordered"})
"""`among` of a list whose order is each database's own: no element of it is taken by its place."""

WORDS = {
    "NULL": "null", "BOOL": "a boolean", "INT64": "an integer", "DOUBLE": "a float", "STRING": "text", "TIMESTAMP": "a time",
    "PATH": "a path", "NODE": "a node", "REL": "a relationship", "LIST": "a list", "DURATION": "a duration",
}  # fmt: skip


def list_of(item: Type) -> Type:
    """A list's type."""
    return Type("LIST", item)


def parse_type(name: str) -> Type:
    """A column's type by its name in ladybug.

    >>> parse_type("STRING[]").item.name
    'STRING'
    """
    return list_of(Type(name[:-2])) if name.endswith("[]") else Type(name)


def name_type(type_: Type) -> str:
    """As ladybug spells it; text stands in for what has no type."""
    if type_.name == "LIST":
        assert type_.item is not None
        return name_type(type_.item) + "[]"
    return "STRING" if type_ is NULL or type_.name == "NULL" else type_.name


def type_of(value: object) -> Type | None:
    """The type of a parameter's or a property's value; None where it has none here."""
    if value is None:
        return NULL
    if isinstance(value, list | tuple):
        items = {type_of(item) for item in value}
        if len(items) > 1:
            return None
        item = items.pop() if items else NULL
        return None if item is None or item.name == "LIST" else list_of(item)
    for kind, type_ in ((bool, BOOL), (int, INTEGER), (float, FLOAT), (str, TEXT), (datetime, TIME)):
        if isinstance(value, kind):
            return type_
    return None


class PythonFunction(NamedTuple):
    """A function that ladybug calls: the types that it takes, what it gives, and what it does where nothing is null."""

    takes: tuple[str, ...]
    gives: Type
    does: Callable[..., object]


class Value(NamedTuple):
    """A value in ladybug's words."""

    text: str
    type: Type
    aggregated: bool = False
    """Whether it is made of many rows."""
    free: bool = False
    """Whether it looks at a row outside of any aggregate."""
    constant: object = ...
    """What it is, where that is known before."""


NOTHING = Value("NULL", NULL, constant=None)
