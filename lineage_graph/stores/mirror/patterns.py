"""Patterns: nodes, relationships, paths, and what is said of them in place."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.mirror import expressions
from lineage_graph.stores.mirror.reading import Reader, refused
from lineage_graph.stores.mirror.syntax import (
    Expression,
    Labels,
    Match,
    NodePattern,
    PathPattern,
    RelationshipPattern,
)
from lineage_graph.stores.mirror.tokens import Kind

PROPERTIES = tuple[tuple[str, Expression], ...]
SELECTORS = frozenset({"SHORTEST", "ANY", "ALL"})
MODES = frozenset({"WALK", "TRAIL", "ACYCLIC", "SIMPLE", "REPEATABLE", "DIFFERENT"})


def read_match(reader: Reader, start: int) -> Match:
    """Patterns and their WHERE."""
    patterns = [read_path(reader)]
    while reader.take(","):
        patterns.append(read_path(reader))
    where = expressions.read_expression(reader) if reader.take_words("WHERE") else None
    return Match(start, tuple(patterns), where)


def read_path(reader: Reader) -> PathPattern:
    """One pattern, with its name if it has one."""
    variable = None
    if reader.here.kind in (Kind.NAME, Kind.QUOTED) and reader.ahead().text == "=":
        variable = reader.name("a name")
        reader.expect("=")
    if reader.here.word in SELECTORS | MODES and reader.ahead().text != "=":
        raise refused(f"{reader.here.word} before a pattern")
    if reader.here.word in ("SHORTESTPATH", "ALLSHORTESTPATHS"):
        shortest = "one" if reader.next().word == "SHORTESTPATH" else "all"
        reader.expect("(")
        path = read_element(reader)
        reader.expect(")")
        return replace(path, variable=variable, shortest=shortest)
    return replace(read_element(reader), variable=variable)


def read_element(reader: Reader) -> PathPattern:
    """Nodes and relationships in turn."""
    nodes = [read_node(reader)]
    relationships = []
    while reader.is_sign("-", "<-", "<"):
        relationships.append(_read_relationship(reader))
        nodes.append(read_node(reader))
    if reader.is_sign("(", "+", "{") or (reader.is_sign("*") and relationships):
        raise refused("a quantified path pattern", hint="write -[:TYPE*1..5]->")
    return PathPattern(tuple(nodes), tuple(relationships))


def read_node(reader: Reader) -> NodePattern:
    """One node."""
    start = reader.here.start
    reader.expect("(")
    if reader.is_sign("("):
        raise refused("a quantified or parenthesised path pattern", hint="write -[:TYPE*1..5]->")
    variable = _read_variable(reader)
    labels = read_labels(reader)
    properties = _read_properties(reader)
    where = expressions.read_expression(reader) if reader.take_words("WHERE") else None
    if reader.is_sign("-", "<-") and variable is None and labels is None:
        raise refused("a quantified or parenthesised path pattern", hint="write -[:TYPE*1..5]->")
    reader.expect(")")
    return NodePattern(start, variable, labels, properties, where)


def _read_variable(reader: Reader) -> str | None:
    if reader.here.kind is Kind.QUOTED or (reader.here.kind is Kind.NAME and not reader.is_word("WHERE")):
        return reader.name("a name")
    return None


def read_labels(reader: Reader, *, old: bool = False) -> Labels | None:
    """A label expression, if one comes; `:A|:B` is left from before, for relationships without a name alone."""
    if (
        reader.here.word == "IS"
        and reader.ahead().kind in (Kind.NAME, Kind.QUOTED)
        and reader.ahead().word
        not in (
            "NULL",
            "NOT",
        )
    ):
        raise refused("IS for a label", hint="write (n:Label)")
    if not reader.take(":"):
        return None
    begin = reader.at
    found = _read_any(reader)
    if not old and ("|", ":") in pairwise(token.text for token in reader.tokens[begin : reader.at]):
        raise QueryInvalid(
            "no Cypher: |: between labels, or types of a relationship with a name", hint="write :A|B"
        )
    return found


def _read_any(reader: Reader) -> Labels:
    parts = [_read_every(reader)]
    while (reader.has_bar or _is_before_bar(reader)) and reader.take("|"):
        reader.take(":")
        parts.append(_read_every(reader))
    return parts[0] if len(parts) == 1 else Labels("|", tuple(parts))


def _is_before_bar(reader: Reader) -> bool:
    """Whether one label more comes, and then `|` again: the result of a list has none there."""
    by = 1
    while reader.ahead(by).text in (":", "!"):
        by += 1
    return reader.ahead(by).kind in (Kind.NAME, Kind.QUOTED) and reader.ahead(by + 1).text == "|"


def _read_every(reader: Reader) -> Labels:
    parts = [_read_label(reader)]
    while reader.take("&") or reader.take(":"):
        parts.append(_read_label(reader))
    return parts[0] if len(parts) == 1 else Labels("&", tuple(parts))


def _read_label(reader: Reader) -> Labels:
    if reader.take("!"):
        return Labels("!", (_read_label(reader),))
    if reader.take("("):
        with reader.bar(joins=True):
            inner = _read_any(reader)
        reader.expect(")")
        return inner
    if reader.take("%"):
        return Labels("%")
    if reader.is_sign("$"):
        raise refused("a label by a parameter")
    return Labels("name", name=reader.name("a label"))


def _read_properties(reader: Reader) -> PROPERTIES:
    if reader.here.kind is Kind.PARAMETER:
        raise refused("a map of properties by a parameter", hint="write {name: $name}")
    if not reader.is_sign("{"):
        return ()
    return expressions.read_map(reader)


def _read_relationship(reader: Reader) -> RelationshipPattern:
    start = reader.here.start
    left = reader.take("<-") or (reader.take("<") and reader.take("-"))
    if not left:
        reader.expect("-")
    variable, types, reach, where = None, None, None, None
    properties: PROPERTIES = ()
    if reader.take("["):
        variable = _read_variable(reader)
        types = read_labels(reader, old=variable is None)
        reach = _read_reach(reader)
        properties = _read_properties(reader)
        where = expressions.read_expression(reader) if reader.take_words("WHERE") else None
        reader.expect("]")
    right = reader.take("->")
    if not right:
        reader.expect("-")
        right = reader.take(">")
    if reader.is_sign("+", "*", "{"):
        raise refused("a quantified relationship", hint="write -[:TYPE*1..5]->")
    direction = "both" if left == right else "left" if left else "right"
    return RelationshipPattern(start, variable, types, direction, reach, properties, where)


def _read_reach(reader: Reader) -> tuple[int, int | None] | None:
    """`*`, `*2`, `*1..3`, `*..3`, `*2..`."""
    if not reader.take("*"):
        return None
    least = reader.number()
    if reader.take(".."):
        return (1 if least is None else least, reader.number())
    return (1, None) if least is None else (least, least)
