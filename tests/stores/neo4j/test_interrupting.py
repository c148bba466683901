"""Ctrl-C at any moment of an ingest: the command ends soon, says so, and the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lineage_graph.stores.neo4j.connection import Connection
from tests.support.neo4j import connected, on_neo4j, wipe

pytestmark = on_neo4j

SHOP = Path(__file__).parents[2] / "data/mlflow/shop/mlflow.db"
SOON = 8.0
TIMES = 16


def interrupt(server, home: Path, name: str, after: float) -> tuple[int, float, str]:
    """Exit code, seconds from Ctrl-C to the end, and what was said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lineage_graph.cli", "ingest", "mlflow", str(SHOP), "--name", name,
         "--store", server.url],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
        env={**os.environ, **server.environ, "HOME": str(home)},
    )  # fmt: skip
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    try:
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    return process.returncode, time.monotonic() - began, said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ctrl_c_at_any_moment(neo4j_server, tmp_path):
    with connected(neo4j_server) as connection:
        wipe(connection)
    # The first makes the constraints; the second is as long as all others.
    whole = 0.0
    for name in ("first", "whole"):
        began = time.monotonic()
        code, _, said = interrupt(neo4j_server, tmp_path, name, 90)
        whole = time.monotonic() - began
        assert code == 0, said
    codes = []
    for number in range(TIMES):
        after = whole * (0.2 + 0.8 * number / TIMES)
        code, seconds, said = interrupt(neo4j_server, tmp_path, f"shop{number}", after)
        assert code in (0, 130), (after, said)
        assert seconds < SOON, (after, said)
        assert "interrupted" in said if code else "error" not in said, (after, said)
        assert not [word for word in ("defect", "Traceback", "ignored") if word in said], (after, said)
        codes.append(code)
    assert codes.count(130) > TIMES / 3, whole
    with connected(neo4j_server) as connection:
        assert connection.read("MATCH (s:LineageStore) RETURN s.owner") == [[None]]


@pytest.mark.parametrize("when", ["read", "write", "commit"])
def test_an_interrupted_connection_is_not_used_again(connection: Connection, monkeypatch, when):
    spoken = []

    def interrupt(*_: object, **__: object) -> None:
        spoken.append(connection._driver)
        raise KeyboardInterrupt

    if when == "read":
        # Rows are still on their way.
        ask = "UNWIND range(1, 1000) AS x RETURN x"
        with pytest.raises(KeyboardInterrupt), connection.session("READ", rows=1) as session:
            interrupt(session.run(ask).fetch(1))
    else:

        def work(transaction):
            transaction.run("CREATE (:Interrupted)")
            if when == "write":
                interrupt()

        if when == "commit":
            import neo4j

            monkeypatch.setattr(neo4j.Transaction, "commit", interrupt)
        with pytest.raises(KeyboardInterrupt):
            connection.write(work)
    monkeypatch.undo()
    assert connection._driver is None
    assert connection.read("MATCH (n:Interrupted) RETURN count(n)") == [[0]]
    assert connection._driver not in (None, *spoken)
    connection.write(lambda transaction: transaction.run("RETURN 1"))


def test_an_interrupt_that_the_drivers_cleaning_up_hid_is_one(connection: Connection):
    def work(transaction):
        transaction.run("CREATE (:Interrupted)")
        try:
            raise KeyboardInterrupt
        finally:
            raise BufferError("Existing exports of data: object cannot be re-sized")

    with pytest.raises(KeyboardInterrupt):
        connection.write(work)
    assert connection._driver is None
    assert connection.read("MATCH (n:Interrupted) RETURN count(n)") == [[0]]
