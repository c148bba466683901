"""A query's text as a tree: the clauses. Only reading clauses are known; the names of others are refused as such."""

from __future__ import annotations

from dataclasses import replace

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.mirror.expressions import read_expression
from lineage_graph.stores.mirror.patterns import read_match
from lineage_graph.stores.mirror.reading import Reader, refused
from lineage_graph.stores.mirror.syntax import (
    Clause,
    Expression,
    Item,
    Match,
    Order,
    Projection,
    Query,
    Unwind,
    Variable,
)
from lineage_graph.stores.mirror.tokens import place

WRITES = frozenset(
    {
        "CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "FOREACH", "INSERT", "DROP", "ALTER", "COPY", "LOAD",
        "ATTACH", "INSTALL", "IMPORT", "EXPORT", "CHECKPOINT", "BEGIN", "COMMIT", "ROLLBACK", "GRANT", "DENY", "REVOKE", "RENAME",
        "START", "STOP", "TERMINATE", "UPDATE", "UNINSTALL", "COMMENT",
    }
)  # fmt: skip
"""What would write, load or end something, here or on Neo4j."""
OTHERS = frozenset(
    {"CALL", "SHOW", "USE", "PROFILE", "EXPLAIN", "CYPHER", "FINISH", "LET", "FILTER", "FOR", "NEXT", "WHEN"}
)
HINTS = ("USING",)


def parse(query: str) -> Query:
    """The whole query, or `QueryInvalid` or `QueryRefused`.

    >>> parse("MATCH (n:Run) RETURN n.id").parts[0][1].items[0].name
    'n.id'
    """
    reader = Reader(query)
    if not query.strip(" \n\t;"):
        raise QueryInvalid("there is no query", hint="for example: MATCH (n:Source) RETURN n.name LIMIT 10")
    parts = [_read_single(reader)]
    joints: list[bool] = []
    while reader.take_words("UNION"):
        joints.append(reader.take_words("ALL"))
        reader.take_words("DISTINCT")
        parts.append(_read_single(reader))
    reader.take(";")
    if not reader.is_over:
        _refuse_word(reader)
        raise reader.unexpected("the end of the query")
    if len(set(joints)) > 1:
        raise QueryInvalid("UNION and UNION ALL cannot be mixed in one query")
    return Query(tuple(parts), joints[:1] == [True])


def _read_single(reader: Reader) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    while True:
        clause = _read_clause(reader)
        clauses.append(clause)
        if isinstance(clause, Projection) and clause.last:
            return tuple(clauses)


def _read_clause(reader: Reader) -> Clause:
    start = reader.here.start
    if reader.take_words("OPTIONAL", "MATCH"):
        return _read_match(reader, start, optional=True)
    if reader.take_words("MATCH"):
        return _read_match(reader, start, optional=False)
    if reader.take_words("UNWIND"):
        source = read_expression(reader)
        reader.expect_word("AS")
        return Unwind(start, source, reader.name("a name"))
    if reader.take_words("WITH"):
        return _read_projection(reader, start, last=False)
    if reader.take_words("RETURN"):
        return _read_projection(reader, start, last=True)
    _refuse_word(reader)
    raise reader.unexpected("MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN")


def _refuse_word(reader: Reader) -> None:
    word = reader.here.word
    if word in WRITES or (word == "OPTIONAL" and reader.ahead().word != "MATCH"):
        raise refused(word if word != "OPTIONAL" else "OPTIONAL CALL", "a question only reads")
    if word in OTHERS:
        raise refused(word)


def _read_match(reader: Reader, start: int, *, optional: bool) -> Match:
    match = read_match(reader, start)
    if reader.here.word in HINTS:
        raise refused("USING", "it has no such indexes")
    return replace(match, optional=optional)


def _read_projection(reader: Reader, start: int, *, last: bool) -> Projection:
    distinct = reader.take_words("DISTINCT")
    star = reader.take("*")
    items: list[Item] = []
    if not star or reader.take(","):
        items.append(_read_item(reader, last=last))
        while reader.take(","):
            items.append(_read_item(reader, last=last))
    order: list[Order] = []
    if reader.take_words("ORDER", "BY"):
        order.append(_read_order(reader))
        while reader.take(","):
            order.append(_read_order(reader))
    skip = read_expression(reader) if reader.take_words("SKIP") or reader.take_words("OFFSET") else None
    limit = read_expression(reader) if reader.take_words("LIMIT") else None
    where = read_expression(reader) if not last and reader.take_words("WHERE") else None
    return Projection(start, last, tuple(items), star, distinct, tuple(order), skip, limit, where)


def _read_item(reader: Reader, *, last: bool) -> Item:
    first = reader.here
    value = read_expression(reader)
    text = reader.query[first.start : reader.tokens[reader.at - 1].end]
    if reader.take_words("AS"):
        return Item(value, reader.name("a name"), aliased=True)
    if isinstance(value, Variable):
        return Item(value, value.name, aliased=True)
    if not last:
        raise QueryInvalid(
            f"WITH needs a name for {text!r} {place(reader.query, first.start)}", hint=f"{text} AS name"
        )
    return Item(value, text, aliased=False)


def _read_order(reader: Reader) -> Order:
    value: Expression = read_expression(reader)
    descending = reader.take_words("DESC") or reader.take_words("DESCENDING")
    if not descending and not reader.take_words("ASC"):
        reader.take_words("ASCENDING")
    return Order(value, descending)
