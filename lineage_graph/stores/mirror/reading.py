"""Tokens taken one after another, and what to say where a query cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lineage_graph.errors import QueryInvalid, QueryRefused
from lineage_graph.stores.mirror.tokens import Kind, Token, place, read_tokens

WAY_OUT = "Neo4j can run it: lineage-graph copy {store} bolt://HOST:7687, then --store bolt://HOST:7687"


def refused(what: str, why: str = "", hint: str = "") -> QueryRefused:
    """The one line about what the mirror does not run as Neo4j does; the console adds which store it is."""
    text = f"the embedded store does not run {what}" + (f": {why}" if why else "")
    return QueryRefused(text, hint=f"{hint}; or: {WAY_OUT}" if hint else WAY_OUT)


class Reader:
    """A place in a query's tokens."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.tokens: Sequence[Token] = read_tokens(query)
        self.at = 0
        self.depth = 0
        self.tries = 0
        self.has_bar = True
        """Whether `|` may join labels here: in a list's condition it ends them."""

    @contextmanager
    def bar(self, *, joins: bool) -> Iterator[None]:
        """For as long, whether `|` joins labels."""
        before, self.has_bar = self.has_bar, joins
        try:
            yield
        finally:
            self.has_bar = before

    @property
    def here(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def ahead(self, by: int = 1) -> Token:
        """A later one."""
        return self.tokens[min(self.at + by, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Take one."""
        token = self.here
        if token.kind is not Kind.END:
            self.at += 1
        return token

    def is_sign(self, *signs: str) -> bool:
        """Whether one of these signs comes."""
        return self.here.kind is Kind.SIGN and self.here.text in signs

    @property
    def is_over(self) -> bool:
        """Whether nothing comes any more."""
        return self.here.kind is Kind.END

    def take(self, sign: str) -> bool:
        """Take this sign if it comes."""
        if self.is_sign(sign):
            self.at += 1
            return True
        return False

    def is_word(self, *words: str) -> bool:
        """Whether these keywords come, in this order."""
        return all(self.ahead(by).word == word for by, word in enumerate(words))

    def take_words(self, *words: str) -> bool:
        """Take these keywords if they come."""
        if self.is_word(*words):
            self.at += len(words)
            return True
        return False

    def expect(self, sign: str) -> None:
        """Take this sign or say what is there instead."""
        if not self.take(sign):
            raise self.unexpected(repr(sign))

    def expect_word(self, word: str) -> None:
        """Take this keyword or say what is there instead."""
        if not self.take_words(word):
            raise self.unexpected(word)

    def name(self, what: str) -> str:
        """Take a name."""
        token = self.here
        if token.kind not in (Kind.NAME, Kind.QUOTED):
            raise self.unexpected(what)
        self.at += 1
        return str(token.value)

    def number(self) -> int | None:
        """Take an integer if one comes."""
        token = self.here
        if token.kind is not Kind.INTEGER:
            return None
        self.at += 1
        assert isinstance(token.value, int)
        return token.value

    def unexpected(self, wanted: str) -> QueryInvalid:
        """The error for what comes."""
        token = self.here
        found = "the end" if token.kind is Kind.END else repr(token.text[:40])
        where = place(self.query, token.start)
        return QueryInvalid(
            f"no Cypher that the embedded store reads: {wanted} was expected {where}, not {found}",
            hint="docs/cypher.md says what it reads; Neo4j reads all of Cypher",
        )
