"""What a Neo4j server or its driver says, said in our words: what, where, what to do next; one line, no secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lineage_graph.errors import (
    LineageError,
    StoreBusy,
    StoreDenied,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
    UsageError,
)
from lineage_graph.redact import redact_text, strip_control
from lineage_graph.stores.neo4j.importing import import_driver

SHOWN = 300
"""Characters of a foreign message that are shown."""

_MEMORY = (
    "MemoryPoolOutOfMemoryError",
    "TransactionOutOfMemoryError",
    "OutOfMemoryError",
    "StackOverFlowError",
)
# Two that make an index `IF NOT EXISTS` at one time: the later one may be told so, and not the next time.
_MADE_MEANWHILE = ("EquivalentSchemaRuleAlreadyExists", "IndexAlreadyExists", "ConstraintAlreadyExists")
_LOCKED = ("DeadlockDetected", "LockClientStopped", "LockAcquisitionTimeout", "TransactionTimedOut")


@contextmanager
def translated(place: str, database: str | None = None) -> Iterator[None]:
    """Raise our errors for the driver's and the server's."""
    errors = import_driver().exceptions
    try:
        yield
    except (errors.DriverError, errors.Neo4jError) as error:
        raise translate(
            error, place, database
        ) from None  # the cause may show what was asked, and so a secret
    except OSError as error:
        raise _unreachable(place, error) from None


def translate(error: Exception, place: str, database: str | None = None) -> LineageError:
    """The error of ours that says the same."""
    errors = import_driver().exceptions
    if isinstance(error, errors.Neo4jError):
        return _translate_answer(error.code or "", one_line(error.message or ""), place, database)
    if isinstance(error, errors.IncompleteCommit):
        return StoreUnreachable(
            f"{place} fell silent while it was writing: the last batch may be in or not",
            hint="run the command again: what is there already is left as it is",
        )
    if isinstance(error, errors.UnsupportedServerProduct):
        return StoreUnreadable(
            f"{place} is no Neo4j server that this program can talk to: {one_line(str(error))}",
            hint="Neo4j 5.26 or newer is needed",
        )
    if isinstance(error, (errors.ServiceUnavailable, errors.SessionExpired, errors.ConnectionPoolError)):
        return _unreachable(place, error)
    if isinstance(error, errors.ConfigurationError):
        return UsageError(
            f"{place} cannot be connected to so: {one_line(str(error))}", hint="see docs/neo4j.md"
        )
    return StoreError(f"{place}: {one_line(str(error))}", hint="run the command again")


def is_final(error: Exception) -> bool:
    """Whether trying again is of no use."""
    retryable = getattr(error, "is_retryable", None)
    code = getattr(error, "code", None) or ""
    if code.endswith(_MADE_MEANWHILE):
        return False
    return retryable is None or not retryable() or code.endswith(_MEMORY)


def is_lost(error: Exception) -> bool:
    """Whether the connection, not the statement, is to blame."""
    errors = import_driver().exceptions
    return isinstance(error, (errors.ServiceUnavailable, errors.SessionExpired))


def is_silent(error: Exception) -> bool:
    """Whether nothing was said at all, where a server that restarts would refuse: it will not say more the next time."""
    return any(mark in str(error) for mark in _SILENCE)


def one_line(text: str) -> str:
    """A foreign message without secrets, control characters and line breaks, and not without end."""
    line = " ".join(strip_control(redact_text(text.replace("\r", "\n").replace("\n", " "))).split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def _translate_answer(code: str, message: str, place: str, database: str | None) -> LineageError:
    name = code.rpartition(".")[2]
    if ".Security." in code:
        return _denied(name, message, place)
    if ".Database." in code or name == "DatabaseUnavailable":
        return _no_database(name, message, place, database)
    if name in _MEMORY:
        return StoreError(
            f"{place} ran out of memory in one transaction: {message}",
            hint="ask for less, or raise db.memory.transaction.max, dbms.memory.transaction.total.max or the heap there",
        )
    if name.startswith(_LOCKED):
        return StoreBusy(
            f"{place} kept this transaction waiting until its time was over: {message}",
            hint="run the command again when the others are done",
        )
    if "ReadOnly" in name or name == "AccessMode":
        return StoreUnreadable(
            f"{place} does not let us write: {message}", hint="ask for a writable database"
        )
    return StoreError(f"{place} answered {name}: {message}", hint="run the command again")


def _no_database(name: str, message: str, place: str, database: str | None) -> StoreError:
    if name == "DatabaseNotFound":
        return StoreUnreadable(
            f"{place} has no database {database!r}",
            hint="the path of the URL or NEO4J_DATABASE names it; else the user's home database is taken, usually neo4j",
        )
    named = f"the database {database!r}" if database else "the database"
    return StoreUnreachable(f"{named} at {place} is not available: {message}", hint="start the database")


def _denied(name: str, message: str, place: str) -> StoreDenied:
    if name == "AuthenticationRateLimit":
        return StoreDenied(
            f"{place} has had too many wrong passwords, and refuses right ones too for some seconds",
            hint="wait, then check NEO4J_USERNAME and NEO4J_PASSWORD",
        )
    if name == "CredentialsExpired":
        return StoreDenied(
            f"the password for {place} must be changed before its first use",
            hint="ALTER CURRENT USER SET PASSWORD FROM … TO …, in Neo4j Browser or cypher-shell",
        )
    if name == "Forbidden":
        return StoreDenied(
            f"{place} forbids this user to do that: {message}", hint="ask for the right to do it"
        )
    return StoreDenied(
        f"{place} refuses the user or the password",
        hint="set NEO4J_USERNAME and NEO4J_PASSWORD to those of the server",
    )


def _unreachable(place: str, error: Exception) -> StoreUnreachable:
    said = str(error)
    for mark, reason, hint in _REASONS:
        if mark in said:
            return StoreUnreachable(f"no answer from {place}: {reason}", hint=hint)
    return StoreUnreachable(f"no answer from {place}: {one_line(said)}", hint=_IS_IT_RUNNING)


_SILENCE = ("Bolt handshake", "timed out", "Deadline")
_IS_IT_RUNNING = "is the server running, and is this its port of Bolt (usually 7687)?"
_REASONS = (
    ("Connection refused", "the connection was refused", _IS_IT_RUNNING),
    ("DNS resolve", "no host of that name is known", "check the host in the store's URL"),
    ("looks like HTTP", "that is a port of HTTP", "give the port of Bolt, usually 7687, not the browser's"),
    (
        "certificate",
        "its certificate is not trusted",
        "for one that nobody signed: bolt+ssc:// or neo4j+ssc://",
    ),
    ("SSL", "it speaks no TLS", "without TLS the URL begins with bolt:// or neo4j://"),
    *((mark, "it said nothing in time", _IS_IT_RUNNING) for mark in _SILENCE),
)
"""What a driver's message says, what we say, and what to do. In this order."""
