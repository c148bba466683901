"""`scripts/neo4j` as a person uses it: start, status, stop, start again."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lineage_graph.errors import StoreUnreachable
from tests.support.neo4j import SCRIPT, Server, connected, on_neo4j

pytestmark = [*on_neo4j, pytest.mark.slow, pytest.mark.timeout(600)]


def script(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)],
        capture_output=True, text=True, check=False, env=os.environ | environ, timeout=500,
    )  # fmt: skip


def test_a_server_from_start_to_stop(tmp_path: Path):
    home = tmp_path / "a home"
    try:
        done = script("start", "--home", home, "--bolt", 0, "--http", 0, "--quick")
        assert done.returncode == 0, done.stderr
        url = next(word for word in done.stdout.split() if word.startswith("bolt://127.0.0.1:"))
        assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600
        server = Server(url, "neo4j", (home / "password").read_text())
        assert server.password not in done.stdout + done.stderr
        with connected(server) as connection:
            connection.write(lambda transaction: transaction.run("CREATE (:X {id: 1})"))
        assert url in script("status", "--home", home).stdout
        again = script("start", "--home", home)
        assert again.returncode == 1
        assert "running already" in again.stderr
        assert script("stop", "--home", home).stdout == "stopped\n"
        assert script("stop", "--home", home).stdout == "it was not running\n"
        assert script("status", "--home", home).returncode == 3
        with connected(server) as connection, pytest.raises(StoreUnreachable):
            connection.read("RETURN 1")
        port = url.rpartition(":")[2]
        assert script("start", "--home", home, "--bolt", port, "--http", 0, "--quick").returncode == 0
        with connected(server) as connection:
            assert connection.read("MATCH (x:X) RETURN x.id") == [[1]]
    finally:
        script("stop", "--home", home)


def test_what_is_missing_is_said_in_one_line(tmp_path: Path):
    bare = {"PATH": str(tmp_path), "JAVA_HOME": "", "NEO4J_JARS": str(tmp_path / "none")}
    done = script("start", "--home", tmp_path / "home", **bare)
    assert done.returncode == 1
    assert (
        done.stderr
        == "neo4j: Java is missing, version 17 or 21 (Debian: apt-get install default-jre-headless)\n"
    )
    assert not (tmp_path / "home").exists()


def test_a_start_that_fails_says_why(tmp_path: Path):
    done = script(
        "start", "--home", tmp_path / "home", "--bolt", 0, "--http", 0, "--set", "no.such.setting=1"
    )
    assert done.returncode == 1
    assert "no.such.setting" in done.stderr
