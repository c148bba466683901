"""Which MLflow store is meant, and how it is read: by its URI, a path, or as MLflow itself finds one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lineage_graph.errors import SourceUnreadable
from lineage_graph.naming.files import LOOPBACK
from lineage_graph.redact import redact_uri
from lineage_graph.sources.mlflow.artifacts import local_folder
from lineage_graph.sources.mlflow.folders import is_file_store

DATABASES = frozenset({"postgresql", "postgres", "mysql", "mariadb", "mssql", "oracle"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


class Way(StrEnum):
    """How a store is read."""

    SQLITE = "sqlite"
    SQL = "sql"
    REST = "rest"
    FILES = "files"
    CLIENT = "client"


class Target(NamedTuple):
    """A store and the way to read it. `uri` may hold credentials; `shown` doesn't."""

    way: Way
    uri: str
    path: Path = Path()

    @property
    def shown(self) -> str:
        """The URI as it may be stored and displayed."""
        if self.way is Way.SQLITE:
            return f"sqlite:///{self.path}"
        return str(self.path) if self.way is Way.FILES else redact_uri(self.uri).rstrip("/")

    @property
    def default_name(self) -> str:
        """A name for the store: the folder that it lies in, or its host."""
        if self.way in (Way.SQLITE, Way.FILES):
            name = self.path.parent.name if self.path.name in _USUAL else self.path.stem
        else:
            parts = urlsplit(self.shown)
            host = parts.netloc.rpartition("@")[2].replace(":", "-")
            database = parts.path.strip("/") if self.way is Way.SQL else ""
            name = "-".join(part for part in (host, database) if part) or self.shown
        return _NAME.sub("-", name).strip("-.") or "mlflow"

    @property
    def default_site(self) -> str:
        """Whose local paths are meant: a remote host's own; this machine's (empty) where the store is on it.

        Two servers' `/tmp/x.csv` are two files, so they must not meet unless somebody says that they do (`--site`).
        """
        if self.way in (Way.SQLITE, Way.FILES):
            return ""
        host = (urlsplit(self.shown).hostname or "").lower()
        return "" if host in LOOPBACK or host.startswith("127.") else host


_USUAL = frozenset({"mlflow.db", "mlruns"})


def find_target(target: str | None, environ: Mapping[str, str], cwd: Path) -> Target:
    """The store that is meant; without a target, the one that MLflow would use here."""
    return read_target(target or find_tracking_uri(environ, cwd), cwd)


def find_tracking_uri(environ: Mapping[str, str], cwd: Path) -> str:
    """`MLFLOW_TRACKING_URI`, else `./mlruns` if it holds experiments, else `./mlflow.db`, as MLflow does it.

    https://mlflow.org/docs/latest/self-hosting/architecture/backend-store/
    """
    named = environ.get("MLFLOW_TRACKING_URI")
    if named:
        return named
    folder, database = cwd / "mlruns", cwd / "mlflow.db"
    if folder.is_dir() and is_file_store(folder):
        return str(folder)
    if database.is_file():
        return str(database)
    raise SourceUnreadable(
        f"no MLflow store found: MLFLOW_TRACKING_URI is not set, and {cwd} has no mlflow.db and no mlruns with experiments",
        hint="name it: lineage-graph ingest mlflow URI (http://…, sqlite:///…, a database file, an mlruns folder)",
    )


def read_target(target: str, cwd: Path) -> Target:
    """What a tracking URI or a path names."""
    match = _SCHEME.match(target)
    scheme = match[1].lower() if match else ""
    backend = scheme.partition("+")[0]
    if scheme in ("http", "https"):
        return Target(Way.REST, target)
    if backend == "sqlite":
        return Target(Way.SQLITE, target, _sqlite_path(target, cwd))
    if backend in DATABASES:
        return Target(Way.SQL, target)
    if scheme == "file":
        folder = local_folder(target)
        return _read_path(folder if folder is not None else cwd / unquote(target[5:]), target)
    if scheme or target in ("databricks", "databricks-uc", "uc"):
        return Target(Way.CLIENT, target)
    return _read_path(cwd / Path(target).expanduser(), target)


def _sqlite_path(uri: str, cwd: Path) -> Path:
    """`sqlite:///relative`, `sqlite:////absolute`: https://docs.sqlalchemy.org/en/20/core/engines.html#sqlite."""
    place = unquote(uri.partition("://")[2].partition("?")[0])
    return _straight(cwd / place.removeprefix("/"))


def _straight(path: Path) -> Path:
    """Without `..`: one store has one spelling. Links are followed only then, or a `..` after one would lead elsewhere."""
    return path.resolve() if ".." in path.parts else path


def _read_path(path: Path, target: str) -> Target:
    path = _straight(path)
    if not path.is_dir():
        return Target(Way.SQLITE, target, path)
    for inside in (path / "mlruns", path / "mlflow.db"):
        if inside.is_file() or (inside.is_dir() and is_file_store(inside)):
            return _read_path(inside, target)
    return Target(Way.FILES, target, path)
