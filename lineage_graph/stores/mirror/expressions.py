"""Expressions, by Cypher's precedence (https://neo4j.com/docs/cypher-manual/current/syntax/operators/#query-operators-precedence)."""

from __future__ import annotations

from lineage_graph.errors import QueryError, QueryInvalid
from lineage_graph.stores.mirror import patterns
from lineage_graph.stores.mirror.reading import Reader, refused
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
from lineage_graph.stores.mirror.tokens import Kind, place

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
QUANTIFIERS = ("ALL", "ANY", "NONE", "SINGLE")
BEYOND = 2**63
"""No integer but with a minus before it."""
DEEPEST = 40
"""Levels of parentheses and lists: more is no question of a person's."""
MOST_TRIES = 5_000
"""Parentheses that are looked at twice, to tell a pattern from a value."""


def read_expression(reader: Reader) -> Expression:
    """Any expression."""
    reader.depth += 1
    if reader.depth > DEEPEST:
        raise QueryInvalid("the query is nested too deeply")
    found = _read_or(reader)
    reader.depth -= 1
    return found


def _read_or(reader: Reader) -> Expression:
    left = _read_xor(reader)
    while reader.is_word("OR"):
        at = reader.next().start
        left = Binary(at, "OR", left, _read_xor(reader))
    return left


def _read_xor(reader: Reader) -> Expression:
    left = _read_and(reader)
    while reader.is_word("XOR"):
        at = reader.next().start
        left = Binary(at, "XOR", left, _read_and(reader))
    return left


def _read_and(reader: Reader) -> Expression:
    left = _read_not(reader)
    while reader.is_word("AND"):
        at = reader.next().start
        left = Binary(at, "AND", left, _read_not(reader))
    return left


def _read_not(reader: Reader) -> Expression:
    negations = []
    while reader.is_word("NOT"):
        negations.append(reader.next().start)
    found = _read_comparison(reader)
    for at in reversed(negations):
        found = Unary(at, "NOT", found)
    return found


def _read_comparison(reader: Reader) -> Expression:
    left = _read_predicate(reader)
    if not reader.is_sign(*COMPARISONS):
        return left
    sign = reader.next()
    right = _read_predicate(reader)
    if reader.is_sign(*COMPARISONS):
        raise refused("a chain of comparisons", hint="write a < b AND b < c")
    return Binary(sign.start, sign.text, left, right)


def _read_predicate(reader: Reader) -> Expression:  # noqa: PLR0911 - one a form
    left = _read_sum(reader)
    at = reader.here.start
    if reader.take_words("STARTS", "WITH"):
        return Binary(at, "STARTS WITH", left, _read_sum(reader))
    if reader.take_words("ENDS", "WITH"):
        return Binary(at, "ENDS WITH", left, _read_sum(reader))
    if reader.take_words("CONTAINS"):
        return Binary(at, "CONTAINS", left, _read_sum(reader))
    if reader.take_words("IN"):
        return Binary(at, "IN", left, _read_sum(reader))
    if reader.take("=~"):
        raise refused("=~", "regular expressions differ", hint="CONTAINS, STARTS WITH and toLower() are here")
    if reader.take_words("IS", "NULL"):
        return Unary(at, "IS NULL", left)
    if reader.take_words("IS", "NOT", "NULL"):
        return Unary(at, "IS NOT NULL", left)
    if reader.is_word("IS") or reader.is_sign("::"):
        raise refused("IS but for IS NULL")
    return left


def _read_sum(reader: Reader) -> Expression:
    left = _read_product(reader)
    while reader.is_sign("+", "-"):
        sign = reader.next()
        left = Binary(sign.start, sign.text, left, _read_product(reader))
    if reader.is_sign("||"):
        raise refused("||", hint="write +")
    return left


def _read_product(reader: Reader) -> Expression:
    left = _read_power(reader)
    while reader.is_sign("*", "/", "%"):
        sign = reader.next()
        left = Binary(sign.start, sign.text, left, _read_power(reader))
    return left


def _read_power(reader: Reader) -> Expression:
    left = _read_signed(reader)
    if reader.is_sign("^"):
        raise refused("^")
    return left


def _read_signed(reader: Reader) -> Expression:
    at = reader.here.start
    if reader.take("-"):
        if reader.here.value == BEYOND:
            reader.next()
            return Literal(at, -BEYOND)
        inner = _read_signed(reader)
        if isinstance(inner, Literal) and isinstance(inner.value, int | float):
            return Literal(at, -inner.value)
        return Unary(at, "-", inner)
    if reader.take("+"):
        return _read_signed(reader)
    return _read_postfix(reader)


def _read_postfix(reader: Reader) -> Expression:
    found = _read_atom(reader)
    while True:
        at = reader.here.start
        if reader.take("."):
            found = Property(at, found, reader.name("a property"))
        elif reader.take("["):
            found = _read_index(reader, at, found)
        elif reader.is_sign(":") and isinstance(found, Variable):
            labels = patterns.read_labels(reader)
            assert labels is not None
            return HasLabel(at, found, labels)
        elif reader.is_sign("{") and isinstance(found, Variable):
            raise refused("a map projection", hint="return the properties one by one")
        else:
            return found


def _read_index(reader: Reader, at: int, subject: Expression) -> Expression:
    if reader.is_sign(".."):
        raise refused("a slice of a list")
    index = read_expression(reader)
    if reader.is_sign(".."):
        raise refused("a slice of a list")
    reader.expect("]")
    return Index(at, subject, index)


def _read_atom(reader: Reader) -> Expression:  # noqa: PLR0911 - one a form
    token = reader.here
    if token.kind is Kind.INTEGER and token.value == BEYOND:
        raise QueryInvalid(f"{token.text} is too large for an integer {place(reader.query, token.start)}")
    if token.kind in (Kind.TEXT, Kind.INTEGER, Kind.FLOAT):
        return Literal(reader.next().start, token.value)
    if token.kind is Kind.PARAMETER:
        return Parameter(reader.next().start, str(token.value))
    if reader.is_sign("["):
        return _read_list(reader)
    if reader.is_sign("{"):
        return MapOf(token.start, read_map(reader))
    if reader.is_sign("("):
        return _read_parenthesis(reader)
    if token.kind is Kind.NAME:
        return _read_named(reader)
    if token.kind is Kind.QUOTED:
        return Variable(token.start, reader.name("a name"))
    raise reader.unexpected("a value")


def _read_named(reader: Reader) -> Expression:
    token = reader.here
    if token.word in ("TRUE", "FALSE", "NULL") and reader.ahead().text != "(":
        return Literal(reader.next().start, {"TRUE": True, "FALSE": False, "NULL": None}[token.word])
    if token.word == "CASE":
        return _read_case(reader)
    if token.word in ("EXISTS", "COUNT", "COLLECT") and reader.ahead().text == "{":
        return _read_subquery(reader)
    if reader.ahead().text == "(":
        quantified = token.word in QUANTIFIERS and reader.ahead(3).word == "IN"
        return _read_quantifier(reader) if quantified else _read_call(reader)
    if token.word in ("NAN", "INF", "INFINITY"):
        raise refused(token.text)
    return Variable(token.start, reader.name("a name"))


def _read_call(reader: Reader) -> Expression:
    token = reader.next()
    name = token.text.lower()
    reader.expect("(")
    if name == "count" and reader.take("*"):
        reader.expect(")")
        return Call(token.start, name, (), star=True)
    if name in ("shortestpath", "allshortestpaths"):
        raise refused(f"{token.text} as a value", hint="MATCH p = shortestPath(…)")
    distinct = reader.take_words("DISTINCT")
    arguments = []
    if not reader.is_sign(")"):
        arguments.append(read_expression(reader))
        if reader.take_words("IN"):
            raise refused(f"{token.text}(x IN …)")
        while reader.take(","):
            arguments.append(read_expression(reader))
        if reader.is_sign("|"):
            raise refused(f"{token.text}(… | …)")
    reader.expect(")")
    return Call(token.start, name, tuple(arguments), distinct)


def _read_quantifier(reader: Reader) -> Expression:
    token = reader.next()
    reader.expect("(")
    variable = reader.name("a name")
    reader.expect_word("IN")
    source = read_expression(reader)
    reader.expect_word("WHERE")
    condition = read_expression(reader)
    reader.expect(")")
    return Comprehension(token.start, variable, source, condition, None, token.word.lower())


def _read_list(reader: Reader) -> Expression:
    start = reader.next().start
    if reader.here.kind in (Kind.NAME, Kind.QUOTED) and reader.ahead().word == "IN":
        return _read_comprehension(reader, start)
    if reader.is_sign("(") and _is_pattern(reader):
        raise refused("a pattern comprehension", hint="MATCH and collect()")
    items = []
    if not reader.is_sign("]"):
        items.append(read_expression(reader))
        while reader.take(","):
            items.append(read_expression(reader))
    reader.expect("]")
    return ListOf(start, tuple(items))


def _read_comprehension(reader: Reader, start: int) -> Expression:
    variable = reader.name("a name")
    reader.expect_word("IN")
    source = read_expression(reader)
    condition = _read_list_condition(reader) if reader.take_words("WHERE") else None
    result = read_expression(reader) if reader.take("|") else None
    reader.expect("]")
    return Comprehension(start, variable, source, condition, result)


def _read_list_condition(reader: Reader) -> Expression:
    """Where `|` comes after labels it may join one more, or end them: as in Neo4j, the first that leaves a whole list."""
    start, depth = reader.at, reader.depth
    with reader.bar(joins=False):
        found = read_expression(reader)
    end, after = reader.at, reader.depth
    if not reader.is_sign("|"):
        return found
    reader.tries += 1
    if reader.tries > MOST_TRIES:
        raise QueryInvalid("the query is nested too deeply")
    reader.at, reader.depth = start, depth
    try:
        with reader.bar(joins=True):
            longer = read_expression(reader)
        if reader.at != end and reader.is_sign("]"):
            raise refused("a label and | in such a list", "", "put the condition in parentheses")
        if reader.is_sign("|"):
            return longer
    except QueryInvalid:
        pass
    reader.at, reader.depth = end, after
    return found


def read_map(reader: Reader) -> tuple[tuple[str, Expression], ...]:
    """`{name: value, …}`."""
    reader.expect("{")
    items = []
    while not reader.take("}"):
        name = reader.name("a property")
        reader.expect(":")
        items.append((name, read_expression(reader)))
        if not reader.is_sign("}"):
            reader.expect(",")
    return tuple(items)


def _read_parenthesis(reader: Reader) -> Expression:
    with reader.bar(joins=True):
        return _read_parenthesized(reader)


def _read_parenthesized(reader: Reader) -> Expression:
    if _is_pattern(reader):
        start = reader.here.start
        match = Match(start, (patterns.read_element(reader),))
        return Subquery(start, "EXISTS", match, bare=True)
    reader.expect("(")
    inner = read_expression(reader)
    reader.expect(")")
    return inner


def _is_pattern(reader: Reader) -> bool:
    """Whether a node and a relationship come, and no value in parentheses."""
    start, depth = reader.at, reader.depth
    reader.tries += 1
    if reader.tries > MOST_TRIES:
        raise QueryInvalid("the query is nested too deeply")
    try:
        patterns.read_node(reader)
        return reader.is_sign("-", "<-") and reader.ahead().text in ("[", "-", "->", ">")
    except QueryError:
        return False
    finally:
        reader.at = start
        reader.depth = depth


def _read_case(reader: Reader) -> Expression:
    start = reader.next().start
    subject = None if reader.is_word("WHEN") else read_expression(reader)
    branches = []
    while reader.take_words("WHEN"):
        condition = read_expression(reader)
        if reader.is_sign(","):
            raise refused("CASE with several values in one WHEN")
        reader.expect_word("THEN")
        branches.append((condition, read_expression(reader)))
    default = read_expression(reader) if reader.take_words("ELSE") else None
    reader.expect_word("END")
    if not branches:
        raise reader.unexpected("WHEN")
    return Case(start, subject, tuple(branches), default)


def _read_subquery(reader: Reader) -> Expression:
    token = reader.next()
    if token.word == "COLLECT":
        raise refused("COLLECT { … }")
    reader.expect("{")
    start = reader.here.start
    reader.take_words("MATCH")
    with reader.bar(joins=True):
        match = patterns.read_match(reader, start)
    if not reader.take("}"):
        raise refused(f"{token.word} {{ … }} with more than one MATCH and its WHERE")
    return Subquery(token.start, token.word, match)
