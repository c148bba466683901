"""Locations of data: whoever spells one, and however, it becomes one `Location` and one `source:` id.

Namespace and name follow https://openlineage.io/docs/spec/naming, so that MLflow, OpenLineage and DVC meet on one node.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from lineage_graph.naming.databases import (
    UNNAMED,
    Table,
    is_database,
    table_of_jdbc,
    table_of_keywords,
    table_of_uri,
)
from lineage_graph.naming.files import LOOPBACK, Path, dbfs_path, path_of, path_of_uri
from lineage_graph.naming.spelling import cut_id, escape_file, escape_part, escape_uri, is_clean
from lineage_graph.redact import redact_uri, strip_control
from lineage_graph.redact.patterns import pattern
from lineage_graph.redact.uris import unescape

DEFAULT_SITE = "local"

_SCHEME = pattern(r"([A-Za-z][A-Za-z0-9+._\-]+):")  # SQLAlchemy: oracle+cx_oracle
_NO_SCHEMES = frozenset({"relative"})  # ours: the id of a relative path begins so
_NAMED_DBFS = pattern(r"//[^/]")
_CACHED_LENGTH = 4096
_SCP = pattern(r"[\w.\-]+@([\w.\-]+):(?!//)(.+)", re.DOTALL)
_ONE_SCHEME = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfs": "abfss", "wasb": "wasbs", "webhdfs": "hdfs"}
_FEAST = "feast"
_DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21", "sftp": "22", "ssh": "22"}
_HOSTS = frozenset(
    {*_DEFAULT_PORTS, "hdfs", "viewfs", "kafka", "abfss", "wasbs", "ftps", "grpc", "mlflow-artifacts"}
)
_OBJECT_STORES = frozenset({"s3", "gs", "r2", "b2", "abfss", "wasbs", "hf", "oss", "az", "lakefs"})
_PORT = pattern(r":\d*\Z")
_HUGGING_FACE = pattern(r"(/[^/@]+(?:/[^/@]+)?)@([^/]+)(.*)", re.DOTALL)
_TABLE_PART = pattern(r"`((?:[^`]|``)*)`|\"([^\"]*)\"|\[([^\]]*)\]|([^.]+)")
_PATH_TABLE = pattern(r"(?:delta|parquet|csv|json|orc|avro|text)\.`([^`]+)`", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Location:
    """Where data lies, in one spelling. No field has a secret or a control character in it."""

    namespace: str
    """OpenLineage's: what the name is unique in, such as `s3://bucket`, `postgres://host:5432`, `file`."""
    name: str
    uri: str
    """Namespace and name as one; naming it again gives this location again."""
    scope: str = ""
    """What the URI alone doesn't say: "" for a name known everywhere, the site of a local path or server,
    or what a relative path belongs to."""
    relative: bool = False
    """Whether nothing tells where the path begins."""
    revision: str = ""
    """A version that was written into the URI, and is no part of the place (Hugging Face's `@revision`)."""


class _Where(NamedTuple):
    """What a source knows about itself, and a path doesn't."""

    site: str
    scope: str
    root: str | None


def name_location(
    raw: str, *, site: str = DEFAULT_SITE, scope: str = "", root: str | None = None
) -> Location | None:
    r"""The location that a URI, path or connection string names; None for a blank.

    Absolute local paths belong to `site`, relative ones to `scope` until `root` makes them absolute.

    >>> name_location(r"file:c:\data\x.csv").uri
    'file:///C:/data/x.csv'
    >>> name_location("postgresql+psycopg2://ana:pw@DB.example/shop").uri
    'postgres://db.example:5432/shop'
    """
    name = _name if len(raw) < _CACHED_LENGTH else _name.__wrapped__
    return name(raw, _Where(site or DEFAULT_SITE, scope, root))


@lru_cache(maxsize=16384)
def _name(raw: str, where: _Where) -> Location | None:
    location = _canonical(redact_uri(raw), where)
    # Decoding may lay bare what was encoded: the result is what must be free of secrets.
    for _ in range(4):
        if location is None or (redacted := redact_uri(location.uri)) == location.uri:
            break
        location = _canonical(redacted, where._replace(root=None))
    return location


def _canonical(text: str, where: _Where) -> Location | None:
    text = text.strip(" \t\r\n")
    match = _SCHEME.match(text)
    if match and match[1].lower() not in _NO_SCHEMES:
        return _of_scheme(match[1].lower(), text[match.end() :], where)
    if not text:
        return None
    if scp := _SCP.fullmatch(text):
        return _of_uri("ssh", f"//{scp[1]}/{scp[2].lstrip('/')}", where.site)
    if table := table_of_keywords(escape_uri(text)):
        return _of_table(table, where.site)
    return _of_path(path_of(text), where)


def _of_scheme(scheme: str, rest: str, where: _Where) -> Location | None:
    if scheme == "file":
        return _of_path(path_of_uri("file:" + rest), where)
    if scheme == "dbfs" and not _NAMED_DBFS.match(rest):
        return _of_path(dbfs_path(rest), where)
    if scheme == "table":
        return name_table(rest, site=where.site, scope=where.scope, root=where.root)
    if scheme in ("sqlite", "duckdb", "jdbc") or is_database(scheme):
        return _of_database(scheme, rest, where)
    if scheme == _FEAST:
        return Location(_FEAST, escape_uri(rest), escape_uri(f"{_FEAST}:{rest}"), where.site)
    return _of_uri(scheme, escape_uri(rest), where.site)


def _of_path(path: Path, where: _Where) -> Location:
    # A lone surrogate is spelt as the bytes that it stands for, as the URI has it.
    name = path.path if path.path.isprintable() else strip_control(unescape(escape_file(path.path)))
    if path.is_absolute:
        namespace = f"file://{path.host}" if path.host else path.scheme
        return Location(namespace, name, path.uri, "" if path.host else where.site)
    if where.root and path.path[:1] != "~" and (joined := _under(where.root, path.path, where.site)):
        return joined
    # A plain path shows as what it is; one that would be read as something else is written as a URI.
    plain = is_clean(path.path) and not (_SCHEME.match(path.path) or _SCP.fullmatch(path.path))
    plain = plain and table_of_keywords(path.path) is None
    return Location(
        "file", name, path.path if plain else "file:" + escape_file(path.path), where.scope, relative=True
    )


def _under(root: str, path: str, site: str) -> Location | None:
    base = name_location(root, site=site)
    if base is None or base.relative:
        return None
    tail = escape_file(path) if base.uri.startswith("file:") else path
    return name_location(f"{base.uri.rstrip('/')}/{tail}", site=site)


def _of_database(scheme: str, rest: str, where: _Where) -> Location | None:
    if scheme in ("sqlite", "duckdb"):
        # SQLAlchemy writes three slashes before a relative path, four before an absolute one.
        return _of_database_file(re.sub(r"^///?", "", rest), where)
    rest = escape_uri(rest)
    if scheme == "jdbc":
        found = table_of_jdbc("jdbc:" + rest)
        if isinstance(found, str):
            return _of_database_file(found, where)
        return _of_table(found, where.site) if found else _of_uri(scheme, rest, where.site)
    return _of_table(table_of_uri(f"{scheme}:{rest}"), where.site)


def _of_database_file(path: str, where: _Where) -> Location | None:
    path = path.partition("?")[0]
    return None if path in ("", ":memory:") else _of_path(path_of(path), where)


def _of_table(table: Table, site: str) -> Location:
    host = table.namespace.partition("://")[2].partition(":")[0]
    # A server that isn't named, or is this machine, is another one elsewhere.
    scope = site if host == "localhost" or table.namespace in UNNAMED else ""
    return Location(escape_uri(table.namespace), escape_uri(table.name), escape_uri(table.uri), scope)


def _of_uri(scheme: str, rest: str, site: str) -> Location:
    scheme = _ONE_SCHEME.get(scheme, scheme)
    if not rest.startswith("/"):
        return Location(scheme, escape_uri(rest), escape_uri(f"{scheme}:{rest}"))  # arn:aws:…, urn:…: opaque
    authority, tail = "", rest
    if rest.startswith("//"):
        cut = re.search("[/?#]", rest[2:])
        end = cut.start() + 2 if cut else len(rest)
        authority, tail = rest[2:end], rest[end:]
    authority = _authority(scheme, authority)
    path, query = tail, ""
    if scheme in ("http", "https"):
        path, question, query = tail.partition("#")[0].partition("?")
        query = question + query
    revision = ""
    if scheme == "hf" and (match := _HUGGING_FACE.match(path)):
        path, revision = match[1] + match[3], match[2]
    path = path.rstrip("/") or "/"
    if not authority or not path.startswith("/"):
        path = "/" + path.lstrip("/")
    namespace = escape_uri(f"{scheme}://{authority}" if authority else scheme)
    uri = escape_uri(f"{scheme}:{'//' if authority else ''}{authority}{path}{query}")
    name = escape_uri((path.removeprefix("/") if scheme in _OBJECT_STORES else path) + query)
    is_local = scheme in _HOSTS and _PORT.sub("", authority) in LOOPBACK
    return Location(namespace, name, uri, site if is_local else "", revision=strip_control(revision))


def _authority(scheme: str, authority: str) -> str:
    if scheme not in _HOSTS:
        return authority  # a bucket, a repository: their case may matter
    container, at, host = authority.rpartition("@")
    host = host.lower().rstrip(":").removesuffix(f":{_DEFAULT_PORTS.get(scheme, '')}")
    name, colon, port = host.rpartition(":") if _PORT.search(host) else (host, "", "")
    return container + at + ("localhost" if host and name in LOOPBACK else name) + colon + port


def name_table(
    name: str,
    *,
    site: str = DEFAULT_SITE,
    scope: str = "",
    root: str | None = None,
    database: str | None = None,
) -> Location | None:
    """The location of a catalog's table, as Spark, Delta and Unity Catalog write it; or one in a known database.

    A name with a database in it belongs to the site; a bare one to `scope`, since any session may mean another.

    >>> name_table("Main.`sales`.orders").uri
    'table:main.sales.orders'
    """
    name = redact_uri(name).strip()
    if path := _PATH_TABLE.fullmatch(name):
        return name_location(path[1], site=site, scope=scope, root=root)
    parts = [part for match in _TABLE_PART.findall(name) if (part := next(filter(None, match), ""))]
    if not parts:
        return None
    if database and (base := name_location(database, site=site, scope=scope, root=root)):
        return base if base.relative or base.namespace == "file" else _in_database(base, ".".join(parts))
    # Names of Unity Catalog and Hive don't depend on case; a dot inside a part needs its quotes.
    text = escape_uri(".".join(f"`{part}`" if "." in part else part for part in parts)).lower()
    return Location("table", text, "table:" + text, (site or DEFAULT_SITE) if len(parts) > 1 else scope)


def name_feature_view(project: str, view: str, *, site: str = DEFAULT_SITE) -> Location | None:
    """The location of a feature view of Feast: a name within a project, of a registry that nobody names, so of a site.

    >>> name_feature_view("shop", "driver_stats").uri
    'feast:shop/driver_stats'
    """
    return name_location(f"{_FEAST}:{escape_part(project, '/')}/{escape_part(view)}", site=site)


def _in_database(base: Location, table: str) -> Location:
    tail = ("." if base.name else "") + escape_uri(table)
    uri, question, query = base.uri.partition("?")
    return replace(base, name=base.name + tail, uri=uri + tail + question + query)


def name_open_lineage(
    namespace: str, name: str, *, site: str = DEFAULT_SITE, scope: str = ""
) -> Location | None:
    """The location that OpenLineage names by a namespace and a name.

    >>> name_open_lineage("s3://shop", "orders.csv").uri, name_open_lineage("file", "/srv/x").uri
    ('s3://shop/orders.csv', 'file:///srv/x')
    """
    namespace = namespace.strip()
    scheme = namespace.partition(":")[0].lower()
    if scheme == "file":
        host = namespace[5:].strip("/")
        return name_location(
            f"file://{host}/{escape_file(name.lstrip('/'))}" if host else name, site=site, scope=scope
        )
    if scheme == "bigquery":
        return name_location("bigquery:" + name, site=site)
    if namespace.lower() in ("dbfs", "hdfs", "viewfs"):
        return name_location(f"{namespace}:/{name.lstrip('/')}", site=site)
    if ":" in namespace:
        return name_location(f"{namespace.rstrip('/')}/{name.removeprefix('/')}", site=site)
    if not namespace and not name.strip():
        return None
    return name_location(f"openlineage:{escape_part(namespace, '/')}/{name}", site=site)


def source_id(location: Location) -> str:
    """The id of the `Source` node at a location.

    A site other than the default stands before the URI with "=", which no scheme may contain; a relative path
    stands behind its scope.

    >>> source_id(name_location("/srv/x", site="laptop")), source_id(name_location("x.csv", scope="prod/1"))
    ('source:laptop=file:///srv/x', 'source:relative:prod/1:x.csv')
    """
    if location.relative:
        return cut_id(f"source:relative:{escape_part(location.scope, ':')}:{location.uri}")
    if location.scope in ("", DEFAULT_SITE):
        return cut_id("source:" + location.uri)
    return cut_id(f"source:{escape_part(location.scope, '=:/')}={location.uri}")
