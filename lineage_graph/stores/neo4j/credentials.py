"""Who we are to the server, and in which database. The password goes nowhere but to the driver.

User and password are each looked for on their own: in the URL, in `LINEAGE_GRAPH_NEO4J_USERNAME` and
`LINEAGE_GRAPH_NEO4J_PASSWORD_FILE` (which the command line's options set), in `NEO4J_USERNAME` and `NEO4J_PASSWORD`, in the
settings files as `neo4j_username` and `neo4j_password_file`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from lineage_graph.errors import UsageError
from lineage_graph.settings import load_settings
from lineage_graph.stores.neo4j.address import Address

DEFAULT_USER = "neo4j"
PREFIX = "LINEAGE_GRAPH_NEO4J_"


def find_credentials(address: Address, environ: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """User and password, or None for a server that wants none."""
    environ = os.environ if environ is None else environ
    password = address.password
    if password is None:
        password = _find_password(environ)
    user = address.user or environ.get(f"{PREFIX}USERNAME") or environ.get("NEO4J_USERNAME")
    if not user:
        user = load_settings(environ=environ).neo4j_username.value
    if password is None:
        return (user, "") if user else None
    return user or DEFAULT_USER, password


def find_database(environ: Mapping[str, str] | None = None) -> str | None:
    """The database that the environment or a settings file names; None for the user's home database."""
    environ = os.environ if environ is None else environ
    named = environ.get(f"{PREFIX}DATABASE") or environ.get("NEO4J_DATABASE")
    return named or load_settings(environ=environ).neo4j_database.value or None


def _find_password(environ: Mapping[str, str]) -> str | None:
    if not environ.get(f"{PREFIX}PASSWORD_FILE") and "NEO4J_PASSWORD" in environ:
        return environ["NEO4J_PASSWORD"]
    path = load_settings(environ=environ).neo4j_password_file.value
    return read_password(Path(path).expanduser()) if path else None


def read_password(path: Path) -> str:
    """The first line of a password file. One that others can read is said."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            password = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(
            f"the password file {path} cannot be read: {reason}",
            hint="it holds the password in its first line",
        ) from None
    if not password:
        raise UsageError(f"the password file {path} is empty", hint="it holds the password in its first line")
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        import logging

        logging.getLogger(__name__).warning("note: others can read the password file %s: chmod 600 it", path)
    return password
