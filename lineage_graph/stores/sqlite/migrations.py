"""Bringing a file to the schema of this program, forwards only, each step in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from sqlite3 import Connection

from lineage_graph.errors import StoreUnreadable
from lineage_graph.stores.sqlite.schema import APPLICATION_ID, SCHEMA, VERSION, words

Step = Callable[[Connection], None]


def create_tables(connection: Connection) -> None:
    """Version 1 and all that came after it, in an empty file."""
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    for table, rows in words().items():
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
    import secrets  # a question to a graph that is there must not pay for it

    store_id = secrets.token_hex(16)
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [("store", store_id), ("change", 0)])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def index_states(connection: Connection) -> None:
    """Version 2: whether all nodes of a large answer are live, from the index alone."""
    connection.execute("CREATE INDEX IF NOT EXISTS node_claim_state ON node_claim (node, state)")
    connection.execute("DROP INDEX IF EXISTS node_claim_node")


STEPS: Mapping[int, Step] = {1: create_tables, 2: index_states}
"""Version -> the step that leads to it from the one before."""


def read_version(connection: Connection, path: str, newest: int = VERSION) -> int:
    """The file's schema version; 0 for an empty file. Raises where the file is not ours or is ahead of us."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    if not ours and (version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]):
        raise StoreUnreadable(
            f"{path} is a database of something else",
            hint="Name another file with --store; this one was left alone.",
        )
    if version > newest:
        raise StoreUnreadable(
            f"{path} was written by a newer version of lineage-graph (schema {version}, this one knows {newest})",
            hint="Upgrade lineage-graph, or name another file with --store.",
        )
    return version


def migrate(connection: Connection, path: str, steps: Mapping[int, Step] = STEPS) -> int:
    """Run the steps that the file lacks; the version that it had."""
    newest = max(steps)
    before = read_version(connection, path, newest)
    for version in range(before + 1, newest + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been here between our look and our lock.
            if read_version(connection, path, newest) < version:
                steps[version](connection)
                connection.execute(f"PRAGMA user_version = {version}")
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
    return before
