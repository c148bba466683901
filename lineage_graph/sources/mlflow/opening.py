"""Opens the reader that fits a store. Each is imported only when it is needed."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.errors import UnknownScheme
from lineage_graph.sources.mlflow.discover import DATABASES, Target, Way
from lineage_graph.sources.mlflow.reader import Reader

BUILT_IN = frozenset({"databricks", "databricks-uc", "uc", "file", "http", "https", "sqlite"}) | DATABASES
"""What MLflow's client reads by itself."""

PLUGINS = "mlflow.tracking_store"
KNOWN = (
    "known: http(s)://, sqlite:///, postgresql://, mysql://, a file, a folder, and schemes of MLflow plugins"
)


def open_reader(target: Target, timeout: float, environ: Mapping[str, str]) -> Reader:
    """The reader of a store."""
    if target.way is Way.SQLITE:
        from lineage_graph.sources.mlflow.database import DatabaseReader
        from lineage_graph.sources.mlflow.sqlite_access import SqliteAccess

        return DatabaseReader(SqliteAccess(target.path, timeout), target.shown)
    if target.way is Way.SQL:
        from lineage_graph.sources.mlflow.database import DatabaseReader
        from lineage_graph.sources.mlflow.sqlalchemy_access import SqlalchemyAccess

        return DatabaseReader(SqlalchemyAccess(target.uri, timeout), target.shown)
    if target.way is Way.FILES:
        from lineage_graph.sources.mlflow.files import FilesReader

        return FilesReader(target.path)
    from lineage_graph.sources.mlflow.rest import RestReader

    if target.way is Way.REST:
        from lineage_graph.sources.mlflow.http import Server

        return RestReader(Server(target.uri, timeout, environ))
    check_scheme(target)
    from lineage_graph.sources.mlflow.client import ClientApi

    return RestReader(ClientApi(target.uri, environ))


def check_scheme(target: Target) -> None:
    """Raise `UnknownScheme` where neither MLflow nor a plugin that is installed has it. MLflow itself takes seconds to import.

    https://mlflow.org/docs/latest/ml/plugins/: stores of plugins are entry points.
    """
    from importlib.metadata import entry_points

    scheme = target.uri.partition(":")[0].partition("+")[0].lower()
    if scheme in BUILT_IN or any(one.name.lower() == scheme for one in entry_points(group=PLUGINS)):
        return
    raise UnknownScheme(
        f"{target.shown}: neither lineage-graph nor MLflow reads this kind of store", hint=KNOWN
    )
