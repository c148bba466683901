"""Database URIs, JDBC URLs and connection strings as OpenLineage names them: where the server is, what lies in it.

https://openlineage.io/docs/spec/naming
"""

import re
from typing import NamedTuple

from lineage_graph.naming.files import LOOPBACK
from lineage_graph.redact.patterns import pattern
from lineage_graph.redact.uris import unescape

# scheme as written -> (scheme in OpenLineage, the port that the driver takes when none is given)
_SYSTEMS: dict[str, tuple[str, int | None]] = {
    **dict.fromkeys(("postgres", "postgresql"), ("postgres", 5432)),
    **dict.fromkeys(("mysql", "mariadb"), ("mysql", 3306)),
    **dict.fromkeys(("mssql", "sqlserver"), ("sqlserver", 1433)),
    "oracle": ("oracle", 1521),
    "redshift": ("redshift", 5439),
    "snowflake": ("snowflake", None),
    **dict.fromkeys(("bigquery", "bq"), ("bigquery", None)),
    "awsathena": ("awsathena", None),
    **dict.fromkeys(("trino", "presto"), ("trino", 8080)),
    **dict.fromkeys(("hive", "hive2"), ("hive", 10000)),
    "impala": ("impala", 21050),
    "clickhouse": ("clickhouse", None),
    "cockroachdb": ("cockroachdb", 26257),
    **dict.fromkeys(("db2", "ibm_db_sa"), ("db2", 50000)),
    **dict.fromkeys(("teradata", "teradatasql"), ("teradata", 1025)),
    "vertica": ("vertica", 5433),
    "cassandra": ("cassandra", 9042),
    "mongodb": ("mongodb", 27017),
    "databricks": ("databricks", None),
}
UNNAMED = frozenset(system for system, _ in _SYSTEMS.values() if system != "bigquery")
"""Namespaces that say the kind of server only."""

_DATABASE_WORDS = (
    "dbname",
    "database",
    "databasename",
    "initial catalog",
    "initialcatalog",
    "service_name",
    "sid",
    "catalog",
    "conncatalog",
    "db",
)
_SCHEMA_WORDS = ("schema", "currentschema", "connschema")
_TABLE_WORDS = ("table", "dbtable")
_HOST_WORDS = ("host", "server", "hostaddr", "servername", "data source", "addr", "address")
# How to connect is no part of where: what begins with these leaves; an unknown word stays, lest two places become one.
_CONNECTION = pattern(
    r"(?:ssl|tls|gss|krb|tcp|keepalive|connect|login|socket|application|app$|charset|use|client|encoding|options|driver"
    r"|role|warehouse|auth|encrypt|trust|allow|servertime|zerodatetime|target|pool|max|min|read|write|retry|cache|fetch"
    r"|prepare|binary|logger|multi|local_infile|odbc|mars|integrated|http_?path|region|s3_?staging|s3_?output|work_?group"
    r"|location|credentials|dialect|protocol|session|verify|passfile|service|tz|timezone|time_zone|user|uid|transport"
    r"|autocommit|host|server|port|account|project|collation|compress|ansi|isolation|replicaset|w$|description)|.*timeout",
    re.IGNORECASE,
)
_JDBC = pattern(r"jdbc:([a-z0-9_]+)(?::[a-z0-9]+)*(://.*)", re.IGNORECASE | re.DOTALL)
_ORACLE = pattern(r"jdbc:oracle:\w+:@(?://)?(.*)", re.IGNORECASE | re.DOTALL)
_KEYWORD = pattern(r"\s*([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s']+))")
_REDSHIFT = pattern(r"([^.]+)\.[^.]+\.([^.]+)\.redshift\.amazonaws\.com")
_PORT = pattern(r"(.*?)(?::(\d*))?", re.DOTALL)


class Table(NamedTuple):
    """A place in a database: `postgres://host:5432` and `db.schema.table`, or the beginning of that."""

    namespace: str
    name: str
    query: str = ""

    @property
    def uri(self) -> str:
        """Namespace and name as one URI."""
        joint = "/" if "://" in self.namespace else ":"
        return f"{self.namespace}{joint}{self.name}{'?' if self.query else ''}{self.query}"


def is_database(scheme: str) -> bool:
    """Whether URIs of this scheme, driver suffix included, lead to a database."""
    return scheme.partition("+")[0] in _SYSTEMS


def table_of_uri(uri: str) -> Table:
    """What a database URI (`dialect+driver://host:port/database?options`) names."""
    scheme, _, rest = uri.partition(":")
    base, _, driver = scheme.lower().partition("+")
    rest, semicolon, properties = rest.partition(";")
    rest, _, query = rest.partition("?")
    words = {**_words(query, "&"), **(_words(properties, ";") if semicolon else {})}
    if odbc := words.get("odbc_connect"):
        words = {**_words(unescape(odbc.replace("+", " ")), ";"), **words}
    authority, path = "", rest
    if rest.startswith("//"):
        authority, _, path = rest[2:].partition("/")
    segments = [segment for segment in path.split("/") if segment]
    system, port = _SYSTEMS[base]
    if system == "bigquery" or rest[:2] != "//":
        # BigQuery is one for all; `postgres:orders`, as people note it down, is a table of we don't know which server.
        segments = [authority, *segments] if authority else segments
        return Table(system, _name(segments, {}), _others(words))
    if not authority:
        authority = _server(words)
    return Table(
        _namespace(system, authority, None if driver == "srv" else port),
        _name(segments, words),
        _others(words),
    )


def table_of_jdbc(url: str) -> Table | str | None:
    """What a JDBC URL names: a table, the path of a database file, or None where its form is not known."""
    for prefix in ("jdbc:sqlite:", "jdbc:duckdb:"):
        if url.lower().startswith(prefix):
            return url[len(prefix) :].partition("?")[0]
    if oracle := _ORACLE.fullmatch(url):
        # @//host:port/service, @host:port/service, @host:port:sid
        authority, _, name = oracle[1].partition("?")[0].partition("/")
        host, *rest = authority.split(":")
        name = rest.pop() if len(rest) == 2 else name
        return Table(_namespace("oracle", ":".join([host, *rest]), 1521), name)
    match = _JDBC.fullmatch(url)
    return table_of_uri(match[1] + match[2]) if match and is_database(match[1].lower()) else None


def table_of_keywords(text: str) -> Table | None:
    """What a connection string of names and values says: libpq's with blanks, ODBC's with semicolons."""
    if "=" not in text or "://" in text:
        return None
    if ";" in text:
        words = _words(text, ";")
        driver = words.get("driver", words.get("provider", "")).lower()
        known = {
            "sql server": "mssql",
            "postgres": "postgres",
            "redshift": "redshift",
            "my": "mysql",
            "maria": "mysql",
        }
        scheme = next((scheme for word, scheme in known.items() if word in driver), "")
        if not scheme or not any(word in words for word in _HOST_WORDS):
            return None
    else:
        words, scheme = _keywords(text), "postgres"
        if not ("host" in words or "hostaddr" in words) or "dbname" not in words:
            return None
    system, port = _SYSTEMS[scheme]
    return Table(_namespace(system, _server(words), port), _name([], words), _others(words))


def _keywords(text: str) -> dict[str, str]:
    words: dict[str, str] = {}
    position = 0
    while match := _KEYWORD.match(text, position):
        words[match[1].lower()] = match[3] if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
        position = match.end()
    return {} if text[position:].strip() else words


def _words(text: str, separator: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in text.split(separator) if piece)
    return {
        name.strip().lower(): value.strip().removeprefix("{").removesuffix("}") for name, _, value in pairs
    }


def _first(words: dict[str, str], names: tuple[str, ...]) -> str:
    return next((words[name] for name in names if words.get(name)), "")


def _server(words: dict[str, str]) -> str:
    host = _first(words, _HOST_WORDS).removeprefix("tcp:").replace(",", ":")
    host = re.split("[/?#;&]", host, maxsplit=1)[0]  # what begins with a slash is a Unix socket
    port = words.get("port", "")
    return f"{host}:{port}" if port and ":" not in host else host


def _namespace(system: str, authority: str, default: int | None) -> str:
    authority = authority.rpartition("@")[2].lower()
    host, port = authority, ""
    if (match := _PORT.fullmatch(authority)) and "," not in authority and not authority.endswith("]"):
        host, port = match[1], match[2] or ""
    if host in LOOPBACK:
        host = "localhost"
    if system == "redshift" and (cluster := _REDSHIFT.fullmatch(host)):
        host = f"{cluster[1]}.{cluster[2]}"
    if system == "snowflake":
        host, port = host.removesuffix(".snowflakecomputing.com"), ""
    if system in ("awsathena", "databricks") and port == "443":
        port = ""
    if not port and default and "\\" not in host and "," not in host:
        port = str(default)
    return f"{system}://{host}{':' if port else ''}{port}"


def _name(segments: list[str], words: dict[str, str]) -> str:
    parts = segments or [_first(words, _DATABASE_WORDS)]
    parts = [*parts, _first(words, _SCHEMA_WORDS), _first(words, _TABLE_WORDS)]
    return ".".join(step for part in parts for step in part.split("/") if step)


def _others(words: dict[str, str]) -> str:
    named = {*_DATABASE_WORDS, *_SCHEMA_WORDS, *_TABLE_WORDS, *_HOST_WORDS}
    return "&".join(
        (f"{name}={value}" if value else name).replace("&", "%26")
        for name, value in sorted(words.items())
        if name not in named and not _CONNECTION.match(name)
    )
