"""Where no Neo4j answers: the one line that says so. None is needed for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from lineage_graph.errors import StoreUnreachable, UsageError
from lineage_graph.stores.neo4j.connection import Connection
from tests.stores.neo4j.failing import PATIENCE, failure
from tests.support.servers import free_port


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s", "neo4j+ssc"])
def test_a_server_that_is_down_is_said_at_once(scheme):
    port = free_port()
    error, seconds = failure(f"{scheme}://ana:hunter2@127.0.0.1:{port}")
    assert isinstance(error, StoreUnreachable)
    assert f"127.0.0.1:{port}" in error.message
    assert seconds < 5


def test_a_host_that_nobody_knows():
    error, _ = failure("bolt://nowhere.invalid")
    assert isinstance(error, StoreUnreachable)
    assert "nowhere.invalid:7687: no host of that name" in error.message


def test_a_server_that_never_answers_is_said_in_time():
    """It takes the connection and is silent; asked in each way at once, since each waits for the same ten seconds."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        urls = [f"{scheme}://{address}" for scheme in ("bolt", "neo4j", "bolt+s")]
        with ThreadPoolExecutor(len(urls)) as threads:
            failures = list(threads.map(failure, urls))
    for error, seconds in failures:
        assert isinstance(error, StoreUnreachable)
        assert address in error.message
        assert seconds < PATIENCE


def test_a_server_that_says_something_else():
    """A web server's port is a usual mistake."""

    def answer():
        client, _ = listening.accept()
        client.recv(1000)
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        client.close()

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=answer)
        thread.start()
        error, _ = failure(f"bolt://127.0.0.1:{listening.getsockname()[1]}")
        thread.join()
    assert isinstance(error, StoreUnreachable)
    assert "Bolt" in error.hint


@pytest.mark.parametrize("output", ["table", "json"])
def test_the_command_says_it_in_one_line(output, tmp_path):
    port = free_port()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "lineage_graph.cli",
            "status",
            "--store",
            f"bolt://127.0.0.1:{port}",
            "-o",
            output,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"no answer from 127.0.0.1:{port}: the connection was refused" in done.stderr


def test_a_url_with_a_mistake_is_a_usage_error():
    with pytest.raises(UsageError):
        Connection("bolt://127.0.0.1:7687/neo4j/shop")
