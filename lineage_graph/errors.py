"""Every error that lineage_graph raises on purpose, in one tree.

::

    LineageError                  code              exit
    ├── UsageError                usage             2    an option, its value, a selector's syntax
    │   └── UnknownScheme         unknown-scheme    2    a store or tracking URI that nothing here reads
    ├── ReferenceUnresolved      reference         1
    │   ├── NotFound              not-found         1    nothing by that name; `candidates` has the nearest
    │   └── Ambiguous             ambiguous         1    several; `candidates` has all of them
    ├── SourceError               source            1    what we crawl
    │   ├── SourceUnreadable      source-unreadable 1    not there, not a store, no answer
    │   ├── SourceDenied          source-denied     1    401, 403, a database's refusal
    │   └── DeclarationInvalid    declaration       1    lineage.yaml: file, line and the nearest right word
    ├── StoreError                store             1    where the graph is kept
    │   ├── StoreMissing          store-missing     1    a question to a graph that does not exist
    │   ├── StoreUnreadable       store-unreadable  1    not ours, newer than this program, damaged, full
    │   ├── StoreUnreachable      store-unreachable 1    a server that does not answer
    │   ├── StoreDenied           store-denied      1    a server that refuses our user or password
    │   ├── StoreForeign          store-foreign     1    a database that holds other data: `--force` allows it
    │   └── StoreBusy             store-busy        1    another ingest did not end in time
    ├── QueryError                query             1    a query in Cypher
    │   ├── QueryRefused          query-refused     1    it would write, load or terminate, or this store can't run it
    │   ├── QueryInvalid          query-invalid     1    no Cypher, a parameter is missing, or it broke off
    │   └── QueryTimeout          query-timeout     1    the time was over
    ├── MissingExtra              missing-extra     1    a package that an optional feature needs
    └── GateFailed                gate              3    it worked, and a gate said no

A message says what and where; the hint says what to do next. Neither may hold a secret: both pass `redact` where they are made
from foreign text, and again where they are printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class LineageError(Exception):
    """The root: catch this to catch everything that lineage_graph raises on purpose."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.candidates = tuple(candidates)

    @property
    def lines(self) -> tuple[str, ...]:
        """The message as a person reads it: one line, whatever foreign text is in it."""
        return (self.message,)

    def to_dict(self) -> dict[str, object]:
        """The contract's error object."""
        error = {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "candidates": list(self.candidates),
        }
        return {"schema": "lineage-graph/error/1", "error": error}


class UsageError(LineageError):
    """The question was put in a way that cannot be understood."""

    code = "usage"
    exit_code = 2


class UnknownScheme(UsageError):
    """A store or tracking URI whose scheme nothing here reads."""

    code = "unknown-scheme"


class ReferenceUnresolved(LineageError):
    """A reference does not lead to one node."""

    code = "reference"


class NotFound(ReferenceUnresolved):
    """Nothing goes by that name."""

    code = "not-found"


class Ambiguous(ReferenceUnresolved):
    """Several nodes go by that name."""

    code = "ambiguous"


class SourceError(LineageError):
    """Something about a system that we crawl."""

    code = "source"


class SourceUnreadable(SourceError):
    """The system is not there, is not what it was said to be, or does not answer."""

    code = "source-unreadable"


class SourceDenied(SourceError):
    """The system refused our credentials, or wants some."""

    code = "source-denied"


class DeclarationInvalid(SourceError):
    """A lineage.yaml says something that it cannot mean: each `problem` of it is a line."""

    code = "declaration"

    def __init__(self, *problems: str, hint: str = "") -> None:
        super().__init__("\n".join(problems), hint=hint)
        self._problems = problems

    @property
    def lines(self) -> tuple[str, ...]:
        """A problem a line."""
        return self._problems


class StoreError(LineageError):
    """Something about the store that holds the graph."""

    code = "store"


class StoreMissing(StoreError):
    """The graph that was asked does not exist."""

    code = "store-missing"


class StoreUnreadable(StoreError):
    """The store is not ours, is newer than this program, is damaged, or cannot be written."""

    code = "store-unreadable"


class StoreUnreachable(StoreError):
    """The server that keeps the graph does not answer."""

    code = "store-unreachable"


class StoreDenied(StoreError):
    """The server that keeps the graph refuses our user or password."""

    code = "store-denied"


class StoreForeign(StoreError):
    """The database holds other data, and nobody said that ours may lie beside it."""

    code = "store-foreign"


class StoreBusy(StoreError):
    """Another ingest holds the store."""

    code = "store-busy"


class QueryError(LineageError):
    """A query in Cypher gave no answer."""

    code = "query"


class QueryRefused(QueryError):
    """The query would write, load or terminate, or needs what this store cannot do."""

    code = "query-refused"


class QueryInvalid(QueryError):
    """The query is no Cypher, lacks a parameter, or broke off."""

    code = "query-invalid"


class QueryTimeout(QueryError):
    """The query's time was over."""

    code = "query-timeout"


class MissingExtra(LineageError):
    """An optional feature needs a package that is not installed."""

    code = "missing-extra"


class GateFailed(LineageError):
    """The command worked, and a gate said no."""

    code = "gate"
    exit_code = 3
