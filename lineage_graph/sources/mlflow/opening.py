"""Opens the reader that fits a store. Each is imported only when it is needed."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.sources.mlflow.discover import Target, Way
from lineage_graph.sources.mlflow.reader import Reader


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
    from lineage_graph.sources.mlflow.client import ClientApi

    return RestReader(ClientApi(target.uri, environ))
