"""Forgetting an origin: everything that it claimed, intervals and history included, in one transaction."""

from __future__ import annotations

from sqlite3 import Connection

from lineage_graph.stores.sqlite.batch import raise_change
from lineage_graph.stores.sqlite.connection import writing_transaction
from lineage_graph.stores.sqlite.withdrawing import Observing, Withdrawing, settle_standing


def forget_origin(connection: Connection, origin: str) -> None:
    """Delete it; past records of others go too where only its intervals spoke of them."""
    with writing_transaction(connection):
        (number,) = connection.execute("SELECT id FROM origin WHERE name = ?", (origin,)).fetchone()
        change = raise_change(connection)
        withdrawing = Withdrawing(connection, Observing(0, None))
        records = connection.execute("SELECT id FROM record WHERE origin = ?", (number,)).fetchall()
        for (record,) in records:
            withdrawing.discard(record)
        withdrawing.sweep_past()
        connection.execute("DELETE FROM origin WHERE id = ?", (number,))
        settle_standing(connection, withdrawing.touched, change)
