"""What a store's URL says: where the server is, and maybe a database, a user and a password. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from lineage_graph.errors import UsageError
from lineage_graph.redact import redact_text

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
DEFAULT_PORT = 7687


@dataclass(frozen=True, slots=True)
class Address:
    """A server, without anything secret in it except what no `repr` shows."""

    scheme: str
    host: str
    port: int
    routing: str = ""
    """A query part such as `policy=europe`, which `neo4j://` hands on to a cluster."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None

    @property
    def place(self) -> str:
        """Host and port, as messages show them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def uri(self) -> str:
        """What the driver connects to."""
        return f"{self.scheme}://{self.place}" + (f"?{self.routing}" if self.routing else "")


def parse_address(url: str) -> Address:
    """Read a URL such as `neo4j+s://ana:secret@graph.example:7687/shop`; user, password and database are percent-encoded.

    >>> address = parse_address("bolt://ana:p%40ss@[::1]/shop")
    >>> address.uri, address.user, address.password
    ('bolt://[::1]:7687', 'ana', 'p@ss')
    >>> address
    Address(scheme='bolt', host='::1', port=7687, routing='', user='ana', database='shop')
    """
    scheme, colon, rest = url.partition("://")
    if not colon or scheme.lower() not in SCHEMES:
        raise _invalid("a Neo4j store is a URL", f"one of {', '.join(f'{name}://' for name in SCHEMES)}")
    info, at, rest = rest.rpartition("@")
    rest, _, routing = rest.partition("?")
    rest, _, path = rest.partition("/")
    if "/" in path:
        raise _invalid(
            "the path of a Neo4j store's URL is the name of a database", "write for example bolt://HOST/shop"
        )
    if routing and not scheme.lower().startswith("neo4j"):
        raise _invalid("a bolt URL takes no query part", "leave out everything from ? on")
    host, port = _split_port(rest)
    user, password = _split_user(info) if at else (None, None)
    return Address(scheme.lower(), host, port, routing, user, password, unquote(path) or None)


def _split_user(info: str) -> tuple[str | None, str | None]:
    user, colon, password = info.partition(":")
    return unquote(user) or None, unquote(password) if colon else None


def _split_port(place: str) -> tuple[str, int]:
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
    else:
        host, colon, rest = place.partition(":")
        rest = colon + rest
    if not host:
        raise _invalid("the store's URL names no host", "write for example bolt://localhost:7687")
    if rest in ("", ":"):
        return host, DEFAULT_PORT
    port = rest.removeprefix(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        # A password whose "/" or "@" is not encoded may stand here: it is not repeated.
        raise _invalid(
            f"the port of the store at {redact_text(host)} is no number from 1 to 65535",
            "percent-encode / : @ ? # % in a user name or password, or pass them by NEO4J_USERNAME, NEO4J_PASSWORD",
        )
    return host, int(port)


def _invalid(message: str, hint: str) -> UsageError:
    return UsageError(message, hint=hint)
