"""Cypher's words (https://neo4j.com/docs/cypher-manual/current/syntax/). Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from math import isinf
from typing import NamedTuple

from lineage_graph.errors import QueryInvalid


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    QUOTED = "quoted name"
    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    PARAMETER = "parameter"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """A token, its meaning, and where it stands."""

    kind: Kind
    text: str
    value: object
    start: int
    end: int

    @property
    def word(self) -> str:
        """As a keyword is compared."""
        return self.text.upper() if self.kind is Kind.NAME else ""


_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)
    |(?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
    |(?P<integer>0[xX][0-9a-fA-F]+|0o[0-7]+|\d+)
    |(?P<name>[^\W\d]\w*)
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<parameter>\$(?:\w+|`(?:[^`]|``)*`))
    |(?P<sign><>|<=|>=|=~|\.\.|->|<-|\+=|::|\|\||[-+*/%^=<>(){}\[\],.:|&!;])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", "\\": "\\", "'": "'", '"': '"', "`": "`",
}  # fmt: skip
INT64 = range(-(2**63), 2**63)


def read_tokens(query: str) -> list[Token]:
    r"""The query's tokens, an END last; raises `QueryInvalid` for what is none.

    >>> [token.text for token in read_tokens("MATCH (n) // all\nRETURN n.id")]
    ['MATCH', '(', 'n', ')', 'RETURN', 'n', '.', 'id', '']
    """
    tokens: list[Token] = []
    at = 0
    while at < len(query):
        found = _TOKEN.match(query, at)
        if found is None:
            what = "a text without its end" if query[at] in "'\"`" else repr(query[at])
            raise QueryInvalid(f"no Cypher: {what} {place(query, at)}", hint="see docs/cypher.md")
        if found.lastgroup != "space":
            tokens.append(_token(found, query))
        at = found.end()
    tokens.append(Token(Kind.END, "", None, at, at))
    return tokens


def _token(found: re.Match[str], query: str) -> Token:
    text, group = found[0], found.lastgroup
    start, end = found.span()
    if group == "text":
        return Token(Kind.TEXT, text, _unescape(text[1:-1], query, start), start, end)
    if group == "quoted":
        return Token(Kind.QUOTED, text, text[1:-1].replace("``", "`"), start, end)
    if group == "parameter":
        name = text[2:-1].replace("``", "`") if text[1] == "`" else text[1:]
        return Token(Kind.PARAMETER, text, name, start, end)
    if group == "integer":
        return Token(Kind.INTEGER, text, _integer(text, query, start), start, end)
    if group == "float":
        return Token(Kind.FLOAT, text, _float(text, query, start), start, end)
    return Token(Kind.NAME if group == "name" else Kind.SIGN, text, text, start, end)


def _integer(text: str, query: str, start: int) -> int:
    if len(text) > 1 and text[0] == "0" and text.isdigit():
        raise QueryInvalid(f"{text} is no number of Cypher {place(query, start)}", hint="octal is 0o17")
    value = int(text, 0)
    if value - 1 not in INT64:  # one more than the greatest: with a minus before it the least
        raise QueryInvalid(f"{text} is too large for an integer {place(query, start)}")
    return value


def _float(text: str, query: str, start: int) -> float:
    value = float(text)
    if isinf(value):
        raise QueryInvalid(f"{text} is too large for a float {place(query, start)}")
    return value


def _unescape(text: str, query: str, start: int) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            raise QueryInvalid(f"no Cypher: the escape \\{code} {place(query, start)}", hint="write \\\\")
        return _ESCAPES[code]

    if "\\" not in text:
        return text
    try:
        # Two halves of a letter, as UTF-16 writes it, are one.
        return _ESCAPE.sub(one, text).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise QueryInvalid(f"no Cypher: half a letter in the text {place(query, start)}") from None


def place(query: str, at: int) -> str:
    r"""Where something stands, for a person.

    >>> place("MATCH (n)\nRETURN m", 17)
    'in line 2, column 8'
    """
    line = query.count("\n", 0, at) + 1
    column = at - (query.rfind("\n", 0, at) + 1) + 1
    return f"in line {line}, column {column}" if line > 1 else f"at column {column}"
