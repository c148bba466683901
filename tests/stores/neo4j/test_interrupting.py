"""Ctrl-C at any moment of an ingest: the command ends soon, says so, and the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from lineage_graph.stores.neo4j import lease
from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.stores.neo4j.schema import make_store
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
    # The turn was given back, or runs out while the next one waits.
    code, _, said = interrupt(neo4j_server, tmp_path, "last", 90)
    assert code == 0, said
    with connected(neo4j_server) as connection:
        assert connection.read("MATCH (s:LineageStore) RETURN s.owner") == [[None]]


def test_an_interrupt_while_the_turn_is_given_back_gives_it_back(neo4j_server, connection, monkeypatch):
    make_store(connection, force=False)
    run, hit = lease._run, list[str]()

    def run_interrupted(connection, query, **parameters):
        if query == lease._GIVE_BACK and not hit:
            hit.append(query)
            raise KeyboardInterrupt
        return run(connection, query, **parameters)

    monkeypatch.setattr(lease, "_run", run_interrupted)
    with pytest.raises(KeyboardInterrupt), lease.leased(connection, 0):
        pass
    assert hit
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


def strike_soon(after: float = 0.3) -> threading.Timer:
    """Ctrl-C, as the terminal sends it."""
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


# What waits for the server, what is between two statements, and what would hide an interrupt that is raised inside it.
def wait_for_rows(transaction):
    transaction.run("UNWIND range(1, 1000000000) AS x RETURN max(x)")


def go_on_alone(transaction):
    for _ in range(100):
        time.sleep(0.1)
        transaction.run("RETURN 1")


def fail_in_cleaning_up(transaction):
    try:
        wait_for_rows(transaction)
    finally:
        raise BufferError("Existing exports of data: object cannot be re-sized")


@pytest.mark.parametrize("waiting", [wait_for_rows, go_on_alone, fail_in_cleaning_up])
def test_ctrl_c_hangs_up(connection: Connection, waiting):
    def work(transaction):
        transaction.run("CREATE (:Interrupted)")
        strike_soon()
        waiting(transaction)

    connection.read("RETURN 1")
    driver = connection._driver
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        connection.write(work)
    assert time.monotonic() - began < SOON
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert connection.read("MATCH (n:Interrupted) RETURN count(n)") == [[0]]
    assert connection._driver not in (None, driver)


def test_ctrl_c_is_left_to_who_answers_it(connection: Connection):
    struck = []
    before = signal.signal(signal.SIGINT, lambda *_: struck.append(1))
    try:
        timer = strike_soon(0.1)
        assert connection.read("UNWIND range(1, 3000000) AS x RETURN max(x)") == [[3000000]]
        timer.join()
        assert struck
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_does_not_answer_ctrl_c(connection: Connection):
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(connection.read, "RETURN 1").result() == [[1]]
