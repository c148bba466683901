"""A real Neo4j for the test session: started once, stopped by the tests. What is missing fails in one line.

`NEO4J_TEST_URL` where it is set (with `NEO4J_TEST_USERNAME` and `NEO4J_TEST_PASSWORD`, or both in the URL), else Docker where
a daemon answers, else Maven and Java by `scripts/neo4j`.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from lineage_graph.errors import LineageError
from lineage_graph.stores.neo4j.connection import Connection, Transaction
from tests.support.servers import free_port

URL = "NEO4J_TEST_URL"
IMAGE = "neo4j:5.26-community"
SCRIPT = Path(__file__).parents[2] / "scripts/neo4j"
MISSING = f"no Neo4j to test with: apt-get install maven default-jre-headless, or start Docker, or set {URL}"
START_SECONDS = 240

on_neo4j = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]
"""`pytestmark = on_neo4j`: all in one process, so that one server does."""


class Server(NamedTuple):
    """Where a server is, and who may use it."""

    url: str
    user: str
    password: str

    @property
    def address(self) -> str:
        """Host and port."""
        return self.url.partition("://")[2]

    @property
    def full_url(self) -> str:
        """The URL with user and password in it."""
        scheme, _, address = self.url.partition("://")
        return f"{scheme}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{address}"

    @property
    def environ(self) -> dict[str, str]:
        """What a command needs to be let in."""
        return {"NEO4J_USERNAME": self.user, "NEO4J_PASSWORD": self.password}


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Server]:
    """The session's server, empty when the session begins."""
    with _given() if os.environ.get(URL) else started() as server:
        yield server


@contextmanager
def started(settings: Sequence[str] = (), *, version: str | None = None) -> Iterator[Server]:
    """A server of one's own, with settings of neo4j.conf such as `db.memory.transaction.max=8m`."""
    if version is None and has_docker():
        with _in_docker(settings) as server:
            yield server
        return
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")) or not shutil.which("mvn"):
        pytest.fail(MISSING, pytrace=False)
    with running(settings, version=version) as server:
        yield server


@contextmanager
def running(
    settings: Sequence[str] = (), *, version: str | None = None, home: Path | None = None, port: int = 0
) -> Iterator[Server]:
    """A server of one's own by Maven and Java; with a `home` its data stays, with a `port` it comes back where it was."""
    command = [sys.executable, str(SCRIPT), "run", "--json", "--quick", "--bolt", str(port), "--http", "0"]
    command += [f"--set={setting}" for setting in settings]
    command += [f"--version={version}"] if version else []
    command += [f"--home={home}"] if home else []
    # It ends with its standard input: however this process dies, no server stays behind.
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    try:
        line = process.stdout.readline()
        if not line:
            pytest.fail(process.stderr.read()[-2000:], pytrace=False)
        facts = json.loads(line)
        yield Server(facts["bolt"], facts["user"], Path(facts["password_file"]).read_text())
    finally:
        process.stdin.close()
        process.wait(90)
        process.stdout.close()
        process.stderr.close()


def has_docker() -> bool:
    """Whether a daemon answers."""
    if not shutil.which("docker"):
        return False
    try:
        return (
            subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False).returncode == 0
        )
    except subprocess.TimeoutExpired:
        return False


@contextmanager
def _in_docker(settings: Sequence[str]) -> Iterator[Server]:
    port, password = free_port(), secrets.token_urlsafe(12)
    # https://neo4j.com/docs/operations-manual/current/docker/configuration/: dots are _, underscores are __.
    named = [setting.partition("=") for setting in settings]
    variables = [f"NEO4J_{name.replace('_', '__').replace('.', '_')}={value}" for name, _, value in named]
    variables += ["NEO4J_server_memory_heap_max__size=512m", "NEO4J_server_memory_pagecache_size=256m"]
    options = [word for variable in variables for word in ("--env", variable)]
    command = [
        *("docker", "run", "--detach", "--rm", "--publish", f"127.0.0.1:{port}:7687", "--env", "NEO4J_AUTH"),
        *(*options, IMAGE),
    ]
    # The password by its variable's name: an argument can be seen by everyone.
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=os.environ | {"NEO4J_AUTH": f"neo4j/{password}"},
        check=False,
    )
    if done.returncode:
        pytest.fail(f"Docker could not run {IMAGE}: {done.stderr.strip()[-500:]}", pytrace=False)
    server = Server(f"bolt://127.0.0.1:{port}", "neo4j", password)
    try:
        _wait_for(server)
        yield server
    finally:
        subprocess.run(["docker", "stop", done.stdout.strip()], capture_output=True, check=False)


@contextmanager
def _given() -> Iterator[Server]:
    """The one that the environment names. It must be empty: tests leave nothing in it."""
    from lineage_graph.stores.neo4j.address import parse_address

    address = parse_address(os.environ[URL])
    server = Server(
        address.uri,
        address.user or os.environ.get("NEO4J_TEST_USERNAME", "neo4j"),
        address.password or os.environ.get("NEO4J_TEST_PASSWORD", ""),
    )
    with connected(server) as connection:
        if connection.read("MATCH (n) RETURN count(n)") != [[0]] and not os.environ.get("NEO4J_TEST_WIPE"):
            pytest.fail(
                f"{server.address} holds data, and tests delete all of it: empty it, or set NEO4J_TEST_WIPE=yes",
                pytrace=False,
            )
        wipe(connection, schema=True)
    yield server
    with connected(server) as connection:
        wipe(connection, schema=True)


def _wait_for(server: Server) -> None:
    began = time.monotonic()
    while True:
        try:
            with connected(server) as connection:
                connection.read("RETURN 1")
            return
        except LineageError:
            if time.monotonic() - began > START_SECONDS:
                raise
            time.sleep(0.5)


@contextmanager
def connected(server: Server) -> Iterator[Connection]:
    """A connection that is closed in the end."""
    connection = Connection(server.full_url)
    try:
        yield connection
    finally:
        connection.close()


def wipe(connection: Connection, *, schema: bool = False) -> None:
    """Empty the database of nodes and relationships; with `schema` (some seconds) of constraints and indexes too."""
    while connection.write(_delete_some):
        pass
    if schema:
        for (name,) in connection.read("SHOW CONSTRAINTS YIELD name"):
            _drop(connection, "CONSTRAINT", str(name))
        for (name,) in connection.read("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
            _drop(connection, "INDEX", str(name))


def _drop(connection: Connection, what: str, name: str) -> None:
    quoted = "`" + name.replace("`", "``") + "`"
    connection.write(lambda transaction: transaction.run(f"DROP {what} {quoted} IF EXISTS"))


def _delete_some(transaction: Transaction) -> bool:
    return transaction.run("MATCH (n) WITH n LIMIT 20000 DETACH DELETE n RETURN count(*)") != [[0]]
