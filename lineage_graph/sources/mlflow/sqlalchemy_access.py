"""A PostgreSQL or MySQL database that MLflow writes, read in read-only transactions through SQLAlchemy Core."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lineage_graph.errors import MissingExtra, SourceDenied, SourceUnreadable, UnknownScheme
from lineage_graph.redact import redact_text, redact_uri
from lineage_graph.sources.mlflow.access import Access, Row, Within

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

DRIVERS = {"postgresql": "psycopg", "postgres": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
"""The drivers of our extra `sql`, whichever one the URI names: MLflow's own psycopg2 need not be installed here."""
ON_CONNECT = {
    "postgresql": (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET lock_timeout = {milliseconds}",
    ),
    # Double quotes around names, as everywhere else: `key` is a reserved word here.
    "mysql": (
        "SET SESSION TRANSACTION READ ONLY",
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')",
    ),
}
DENIED = ("password", "access denied", "permission denied", "not permitted", "authentication", "no pg_hba")


class SqlalchemyAccess(Access):
    """A database behind a URL of SQLAlchemy's."""

    def __init__(self, uri: str, timeout: float) -> None:
        self._shown = redact_uri(uri)
        self._engine = _create_engine(uri, self._shown, timeout)
        self.tables = self._read_tables()

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """See Access."""
        from sqlalchemy import text
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._engine.connect() as connection:
                return list(map(tuple, connection.execute(text(sql), dict(parameters or {}))))
        except SQLAlchemyError as error:
            raise self._unreadable(error) from None

    def texts(self, table: str, columns: tuple[str, str, str], within: Within) -> dict[str, str]:
        """See Access. Grouped here: databases differ in the JSON that they make."""
        owner, key, value = columns
        found: dict[str, dict[str, Any]] = {}
        sql = f"SELECT {owner}, {key}, {value} FROM {table} WHERE {within.on(owner)} ORDER BY {owner}, {key}"
        for who, name, content in self.rows(sql, within.parameters):
            found.setdefault(who, {})[name] = content
        return {who: json.dumps(contents) for who, contents in found.items()}

    def close(self) -> None:
        """See Access."""
        self._engine.dispose()

    def _read_tables(self) -> dict[str, frozenset[str]]:
        schema = "current_schema()" if self._engine.dialect.name == "postgresql" else "database()"
        found: dict[str, set[str]] = {}
        sql = f"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = {schema}"
        for table, column in self.rows(sql):
            found.setdefault(str(table), set()).add(str(column))
        return {table: frozenset(columns) for table, columns in found.items()}

    def _unreadable(self, error: Exception) -> SourceUnreadable | SourceDenied:
        """The driver's own words in one line, without what they may say of the password."""
        words = " ".join(redact_text(str(getattr(error, "orig", None) or error)).split())[:300]
        if any(sign in words.lower() for sign in DENIED):
            return SourceDenied(
                f"{self._shown} refused: {words}",
                hint="check user and password in the URI, and the user's rights",
            )
        return SourceUnreadable(
            f"{self._shown} cannot be read: {words}",
            hint="check that the server runs and the database exists",
        )


def _create_engine(uri: str, shown: str, timeout: float) -> Engine:
    try:
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import ArgumentError, SQLAlchemyError
    except ImportError as error:
        raise _missing(shown) from error
    try:
        url = _with_our_driver(uri, shown)
        dialect, seconds = url.get_backend_name(), max(1, int(timeout))
        engine = create_engine(url, connect_args={"connect_timeout": seconds}, pool_size=1)
    except ArgumentError:
        raise UnknownScheme(
            f"{shown} is no database URI", hint="write postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None
    except ImportError as error:
        raise _missing(shown) from error
    except (SQLAlchemyError, ValueError) as error:
        raise SourceUnreadable(
            f"{shown} cannot be opened: {redact_text(str(error))}", hint="check the URI"
        ) from None

    @event.listens_for(engine, "connect")
    def _read_only(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            for statement in ON_CONNECT[dialect]:
                cursor.execute(statement.format(milliseconds=seconds * 1000, seconds=seconds))
        connection.commit()

    return engine


def _with_our_driver(uri: str, shown: str) -> URL:
    from sqlalchemy.engine import make_url

    url = make_url(uri)
    backend = url.drivername.partition("+")[0]
    driver = DRIVERS.get(backend)
    if driver is None:
        raise UnknownScheme(
            f"{shown}: databases of this kind are not read directly",
            hint="crawl the http address of its MLflow server",
        )
    known = {"postgres": "postgresql", "mariadb": "mysql"}.get(backend, backend)
    return url.set(drivername=f"{known}+{driver}")


def _missing(shown: str) -> MissingExtra:
    return MissingExtra(
        f"reading {shown} needs a database driver that is not installed",
        hint="install it: pip install 'lineage-graph[sql]'",
    )
