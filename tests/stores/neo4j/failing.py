"""A question that fails: what is said of it, and after how long."""

import time

import pytest

from lineage_graph.errors import LineageError
from lineage_graph.stores.neo4j.connection import Connection

PATIENCE = 15
"""Seconds within which a server that does not answer is said."""


def failure(url: str, ask=lambda connection: connection.read("RETURN 1")) -> tuple[LineageError, float]:
    connection, began = Connection(url), time.monotonic()
    try:
        with pytest.raises(LineageError) as caught:
            ask(connection)
    finally:
        connection.close()
    error = caught.value
    assert "\n" not in error.message + error.hint
    assert error.hint
    return error, time.monotonic() - began
