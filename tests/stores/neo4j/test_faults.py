"""What goes wrong with a real server, and the one line that says so."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest

from lineage_graph.errors import (
    QueryError,
    StoreDenied,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
)
from lineage_graph.graph import Kind
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.json_text import to_json
from lineage_graph.stores.neo4j import connection as connections
from lineage_graph.stores.neo4j.console import Neo4jConsole
from lineage_graph.stores.neo4j.schema import make_store
from lineage_graph.stores.neo4j.store import Neo4jStore
from tests.stores.neo4j.failing import PATIENCE, failure
from tests.support.neo4j import connected, on_neo4j, running, wipe
from tests.support.servers import free_port

pytestmark = on_neo4j


def test_tls_where_there_is_none(neo4j_server):
    error, _ = failure(neo4j_server.full_url.replace("bolt://", "bolt+s://"))
    assert isinstance(error, StoreUnreachable)
    assert "TLS" in error.message


def test_a_wrong_database(neo4j_server, monkeypatch):
    monkeypatch.setenv("NEO4J_DATABASE", "nope")
    for scheme in ("bolt", "neo4j"):
        error, _ = failure(neo4j_server.full_url.replace("bolt://", f"{scheme}://"))
        assert isinstance(error, StoreUnreadable)
        assert error.message == f"{neo4j_server.address} has no database 'nope'"
        assert "NEO4J_DATABASE" in error.hint


def test_the_url_names_the_database_before_the_environment(neo4j_server, monkeypatch):
    monkeypatch.setenv("NEO4J_DATABASE", "nope")
    with closing(Neo4jStore(f"{neo4j_server.full_url}/neo4j")) as store:
        assert store.address.startswith("the Neo4j database neo4j (")
    error, _ = failure(f"{neo4j_server.full_url}/other")
    assert error.message == f"{neo4j_server.address} has no database 'other'"


@pytest.mark.parametrize("name", ["sys tem", "a" * 100, "\x1b[31m", "-"])
def test_a_database_that_cannot_be(name, neo4j_server, monkeypatch):
    monkeypatch.setenv("NEO4J_DATABASE", name)
    error, _ = failure(neo4j_server.full_url)
    assert isinstance(error, StoreError)
    assert "\x1b" not in error.message


def test_the_system_database_holds_no_graph(neo4j_server, monkeypatch):
    monkeypatch.setenv("NEO4J_DATABASE", "system")
    error, _ = failure(neo4j_server.full_url, lambda connection: make_store(connection, force=False))
    assert isinstance(error, StoreError)


class Spare:
    """A server of one's own that has little memory, may be stopped, and comes back where it was."""

    settings = ("db.memory.transaction.max=8m", "db.memory.transaction.total.max=64m")

    def __init__(self, home: Path) -> None:
        self._home, self._port, self._stack = home, free_port(), ExitStack()

    def start(self) -> None:
        self.server = self._stack.enter_context(running(self.settings, home=self._home, port=self._port))

    def stop(self) -> None:
        self._stack.close()

    @property
    def pid(self) -> int:
        return int(json.loads((self._home / "running.json").read_text())["pid"])


@pytest.fixture(scope="module")
def spare(tmp_path_factory) -> Iterator[Spare]:
    spare = Spare(tmp_path_factory.mktemp("spare"))
    spare.start()
    yield spare
    spare.stop()


def test_wrong_passwords(spare):
    """The third makes the server refuse the right one too, for some seconds, and that is said."""
    right = spare.server
    wrong = right._replace(password="hunter2-wrong").full_url
    errors = [failure(wrong)[0] for _ in range(4)]
    assert {type(error) for error in errors} == {StoreDenied}
    assert "hunter2" not in "".join(error.message + error.hint for error in errors)
    assert "NEO4J_PASSWORD" in errors[0].hint
    limited, _ = failure(right.full_url)
    assert isinstance(limited, StoreDenied)
    assert "too many wrong passwords" in limited.message
    last = time.monotonic() + 30
    while time.monotonic() < last:
        try:
            with connected(right) as connection:
                assert connection.read("RETURN 1") == [[1]]
            return
        except StoreDenied:
            time.sleep(0.5)
    pytest.fail("the right password is still refused")


def test_no_password_at_all(spare):
    error, _ = failure(spare.server.url)
    assert isinstance(error, StoreDenied)
    assert "NEO4J_USERNAME" in error.hint


@pytest.mark.parametrize("mode", ["read", "write", "console"])
def test_memory_that_is_not_enough_is_final(mode, spare):
    greedy = "UNWIND range(1, 3000000) AS i WITH collect(toString(i) + 'abcdefgh') AS l RETURN size(l)"

    def ask(connection):
        if mode == "read":
            connection.read(greedy)
        elif mode == "write":
            connection.write(lambda transaction: transaction.run(greedy))
        else:
            make_store(connection, force=False)
            Neo4jConsole(connection).run(greedy, {})

    began = time.monotonic()
    error, _ = failure(spare.server.full_url, ask)
    assert not isinstance(error, QueryError)
    assert isinstance(error, StoreError)
    assert "memory" in error.message
    assert "db.memory.transaction.max" in error.hint
    assert time.monotonic() - began < 15
    with connected(spare.server) as connection:
        assert connection.read("RETURN 1") == [[1]]


def test_a_list_of_more_than_fits_into_the_memory_of_the_server(spare):
    """20 MB of runs where a transaction may take 8 MB."""
    content = to_json({"params": {"p": "x" * 1_500}})
    with connected(spare.server) as connection:
        wipe(connection)
        make_store(connection, force=False)
        for start in range(0, 12_000, 200):
            rows = [
                [f"run:{at}", f'"test:x","runs/{at}",\t0,0,"n","live","logged",["no-dataset"],{content}']
                for at in range(start, start + 200)
            ]
            connection.write(partial(_make_runs, rows))
    store = Neo4jStore(spare.server.full_url)
    assert len(store.find(NodeFilter(kinds=frozenset({Kind.RUN})))) == 12_000
    assert len(store.find(NodeFilter(gap="no-dataset"))) == 12_000
    assert len(store.find(NodeFilter(name_contains="n"))) == 12_000
    assert store.info().gaps == {"test:x": {"no-dataset": 12_000}}
    store.close()
    with connected(spare.server) as connection:
        while connection.write(_delete_a_few) == [[500]]:
            pass


def _delete_a_few(transaction):
    return transaction.run("MATCH (n) WITH n LIMIT 500 DETACH DELETE n RETURN count(*)")


def _make_runs(rows, transaction):
    transaction.run(
        """UNWIND $rows AS row CREATE (n:LineageNode:Run {id: row[0], _claims: row[1], _changed: 1, _search: 'n'})
        SET n.gaps = ['no-dataset']""",
        rows=rows,
    )


@pytest.mark.timeout(300)
def test_a_server_that_restarts_between_two_questions(spare):
    with connected(spare.server) as connection:
        connection.write(lambda transaction: transaction.run("CREATE (:X {id: 1})"))
        assert connection.read("MATCH (x:X) RETURN x.id") == [[1]]
        spare.stop()
        began = time.monotonic()
        with pytest.raises(StoreUnreachable, match=re.escape(spare.server.address)):
            connection.read("RETURN 1")
        assert time.monotonic() - began < PATIENCE
        spare.start()
        assert connection.read("MATCH (x:X) RETURN x.id") == [[1]]
        connection.write(lambda transaction: transaction.run("CREATE (:X {id: 2})"))
        assert connection.read("MATCH (x:X) RETURN count(x)") == [[2]]


@pytest.mark.timeout(300)
def test_a_transaction_that_a_restart_breaks_off_is_done_again(spare, monkeypatch):
    """The server goes away in the middle of a write and comes back in time: written once."""
    monkeypatch.setattr(connections, "RETRY_SECONDS", 200.0)
    tries = []

    def work(transaction):
        tries.append(1)
        transaction.run("CREATE (:Y)")
        if len(tries) == 1:
            spare.stop()
            spare.start()
        return transaction.run("MATCH (y:Y) RETURN count(y)")

    with connected(spare.server) as connection:
        connection.read("RETURN 1")
        assert connection.write(work) == [[1]]
        assert len(tries) == 2
        assert connection.read("MATCH (y:Y) RETURN count(y)") == [[1]]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process cannot be stopped here")
def test_a_server_that_froze_is_said_to_the_next_command(spare):
    os.kill(spare.pid, signal.SIGSTOP)
    try:
        error, seconds = failure(spare.server.full_url)
    finally:
        os.kill(spare.pid, signal.SIGCONT)
    assert isinstance(error, StoreUnreachable)
    assert spare.server.address in error.message
    assert seconds < PATIENCE


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_version_too_old():
    """A real one; which texts of versions are new enough is tested beside the connection."""
    with running(version="5.25.1") as server:
        error, _ = failure(server.full_url)
    assert isinstance(error, StoreUnreadable)
    assert "Neo4j/5.25.1" in error.message
    assert "5.26" in error.hint
