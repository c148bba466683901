"""ladybug itself: opened, asked, and given its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lineage_graph.errors import MissingExtra
from lineage_graph.graph import EdgeType, Kind
from lineage_graph.stores.mirror.catalog import Catalog

READING_BYTES = 1 << 30
BUILDING_BYTES = 1 << 30
"""Of the buffer pool: without one ladybug takes most of the machine's memory."""
LARGEST_BYTES = 1 << 38
THREADS = 4
META = "Mirror"


def load_ladybug() -> Any:
    """The module, or what to install."""
    try:
        import ladybug
    except ImportError as error:
        raise MissingExtra(
            "Cypher on the embedded store needs ladybug, which is not installed",
            hint="pip install 'lineage-graph[cypher]'",
        ) from error
    return ladybug


@contextmanager
def opened(path: Path, *, read_only: bool) -> Iterator[Any]:
    """A connection to the file."""
    ladybug = load_ladybug()
    database = ladybug.Database(
        str(path),
        buffer_pool_size=READING_BYTES if read_only else BUILDING_BYTES,
        max_num_threads=THREADS,
        read_only=read_only,
        max_db_size=LARGEST_BYTES,
    )
    try:
        connection = ladybug.Connection(database)
        try:
            yield connection
        finally:
            connection.close()
    finally:
        database.close()


def ask(connection: Any, text: str, parameters: Mapping[str, object] | None = None) -> list[Sequence[Any]]:
    """All rows."""
    result = connection.execute(text, dict(parameters or {}))
    try:
        rows: list[Sequence[Any]] = result.get_all()
        return rows
    finally:
        result.close()


def holds(connection: Any, pattern: str) -> bool:
    """Whether anything is like this."""
    return bool(ask(connection, f"MATCH {pattern} RETURN 1 LIMIT 1"))


def make_tables(connection: Any, catalog: Catalog) -> None:
    """A table a kind and a type; one that nothing is in is there as well, so that a question about it has no rows and no error."""
    ask(connection, f"CREATE NODE TABLE {META}(name STRING, value STRING, PRIMARY KEY(name))")
    for kind in Kind:
        columns = [
            "uid STRING",
            "lbl STRING",
            *(f"{name} {type_}" for name, type_ in catalog.columns_of(kind.value)),
        ]
        ask(connection, f"CREATE NODE TABLE {kind.value}({', '.join(columns)}, PRIMARY KEY(uid))")
    for edge_type in EdgeType:
        pairs = catalog.pairs[edge_type.value] or [[Kind.SOURCE.value, Kind.SOURCE.value]]
        columns = [f"FROM {src} TO {dst}" for src, dst in pairs]
        columns += ["src STRING", "dst STRING", "eid INT64", "lbl STRING"]
        columns += [f"{name} {type_}" for name, type_ in catalog.columns_of(edge_type.value)]
        ask(connection, f"CREATE REL TABLE {edge_type.value}({', '.join(columns)})")


def write_catalog(connection: Any, catalog: Catalog) -> None:
    """The catalog lies in the mirror itself, so that the two are never of different times."""
    text = f"MERGE (m:{META} {{name: 'catalog'}}) SET m.value = $value"
    ask(connection, text, {"value": catalog.to_json()})


def read_catalog(connection: Any) -> Catalog | None:
    """None where it is of another layout."""
    rows = ask(connection, f"MATCH (m:{META} {{name: 'catalog'}}) RETURN m.value")
    return Catalog.from_json(rows[0][0]) if rows else None
