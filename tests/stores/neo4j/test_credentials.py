"""Where user and password are looked for, in which order, and where they are never to be seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lineage_graph.errors import UsageError
from lineage_graph.settings import load_settings
from lineage_graph.stores.neo4j.address import parse_address
from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.stores.neo4j.credentials import find_credentials, find_database
from tests.support.neo4j import on_neo4j

SECRET = "hunter2-Xy"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_password(path: Path, text: str = "from-file\n", mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


CASES = {
    "nothing": ("bolt://h", {}, "", None),
    "url": ("bolt://a:b@h", {"NEO4J_USERNAME": "x", "NEO4J_PASSWORD": "y"}, "", ("a", "b")),
    "environment": ("bolt://h", {"NEO4J_USERNAME": "x", "NEO4J_PASSWORD": "y"}, "", ("x", "y")),
    "half a url": ("bolt://a@h", {"NEO4J_USERNAME": "x", "NEO4J_PASSWORD": "y"}, "", ("a", "y")),
    "password only": ("bolt://h", {"NEO4J_PASSWORD": "y"}, "", ("neo4j", "y")),
    "user only": ("bolt://h", {"NEO4J_USERNAME": "x"}, "", ("x", "")),
    "settings file": ("bolt://h", {}, 'neo4j_username = "s"\nneo4j_password_file = "pw"', ("s", "from-file")),
    "environment before settings file": (
        "bolt://h",
        {"NEO4J_USERNAME": "x", "NEO4J_PASSWORD": "y"},
        'neo4j_username = "s"\nneo4j_password_file = "pw"',
        ("x", "y"),
    ),
    "options before environment": (
        "bolt://h",
        {
            "NEO4J_USERNAME": "x",
            "NEO4J_PASSWORD": "y",
            "LINEAGE_GRAPH_NEO4J_USERNAME": "o",
            "LINEAGE_GRAPH_NEO4J_PASSWORD_FILE": "pw",
        },
        "",
        ("o", "from-file"),
    ),
}


@pytest.mark.parametrize(("url", "environ", "file", "found"), CASES.values(), ids=CASES)
def test_where_credentials_come_from(url, environ, file, found, folder):
    write_password(folder / "pw")
    if file:
        (folder / "lineage.toml").write_text(file)
    assert find_credentials(parse_address(url), {"HOME": str(folder), **environ}) == found


def test_a_password_file_lies_beside_the_settings_file_that_names_it(folder, monkeypatch):
    (folder / "lineage.toml").write_text('neo4j_password_file = "keys/pw"')
    write_password(folder / "keys/pw", "first\r\nsecond\n")
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    assert find_credentials(parse_address("bolt://h")) == ("neo4j", "first")


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_password_file_that_others_can_read_is_said(mode, warned, folder, monkeypatch, caplog):
    path = write_password(folder / "pw", SECRET, mode)
    monkeypatch.setenv("LINEAGE_GRAPH_NEO4J_PASSWORD_FILE", str(path))
    assert find_credentials(parse_address("bolt://h")) == ("neo4j", SECRET)
    assert (f"chmod 600 {path}"[:9] in caplog.text) is warned
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("content", "said"), [(None, "No such file"), ("", "is empty"), ("\n", "is empty")])
def test_a_password_file_that_is_none(content, said, folder, monkeypatch):
    if content is not None:
        write_password(folder / "pw", content)
    monkeypatch.setenv("LINEAGE_GRAPH_NEO4J_PASSWORD_FILE", str(folder / "pw"))
    with pytest.raises(UsageError, match=said):
        find_credentials(parse_address("bolt://h"))


def test_the_database_is_named_by_the_environment_or_a_file(folder, monkeypatch):
    assert find_database() is None
    (folder / "lineage.toml").write_text('neo4j_database = "lineage"')
    assert find_database() == "lineage"
    monkeypatch.setenv("NEO4J_DATABASE", "other")
    assert Connection("bolt://h").database == "other"


def test_settings_show_no_password(folder):
    (folder / "lineage.toml").write_text(f'store = "bolt://ana:{SECRET}@graph"')
    settings = load_settings()
    assert SECRET in settings.store.value
    assert SECRET not in repr(settings)
    assert "graph" in repr(settings)


def cli(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lineage_graph.cli", *arguments]
    setting = {**os.environ, "LINEAGE_GRAPH_TRACEBACK": "1", **(environ or {})}
    return subprocess.run(command, capture_output=True, text=True, env=setting, check=False, timeout=60)


@pytest.mark.parametrize("output", ["table", "json"])
@pytest.mark.parametrize("how", ["url", "environment", "file"])
@pytest.mark.parametrize("place", ["127.0.0.1:1", "nowhere.invalid", "127.0.0.1:port", "127.0.0.1:1/db"])
def test_no_failure_shows_the_password(place, how, output, folder):
    write_password(folder / "pw", SECRET)
    options = {
        "url": (["--store", f"bolt://ana:{SECRET}@{place}"], {}),
        "environment": (["--store", f"bolt://{place}"], {"NEO4J_USERNAME": "ana", "NEO4J_PASSWORD": SECRET}),
        "file": (["--store", f"bolt://{place}", "--neo4j-user", "ana", "--neo4j-password-file", "pw"], {}),
    }
    arguments, environ = options[how]
    done = cli("status", *arguments, "-o", output, environ=environ)
    assert done.returncode in (1, 2)
    assert SECRET not in done.stdout + done.stderr
    assert "defect" not in done.stderr
    assert done.stdout == ""
    if output == "json":
        assert json.loads(done.stderr)["error"]["hint"]


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
@pytest.mark.parametrize("form", ["--store {}", "--store={}"])
def test_the_list_of_processes_shows_no_password(form, folder):
    """The command waits for a server that never answers, and its command line is read meanwhile."""
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"bolt://ana:{SECRET}/@127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "lineage_graph.cli", "status", *form.format(url).split()]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            silent.settimeout(30)
            connection, _ = silent.accept()
            time.sleep(0.1)
            shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            connection.close()
        finally:
            process.kill()
            process.communicate()
    assert SECRET.encode() not in shown
    assert b"bolt://ana:***********@127.0.0.1" in shown
    assert shown.count(b"\0") == len(command)


class TestOnAServer:
    pytestmark = on_neo4j

    def test_each_way_lets_us_in(self, neo4j_server, folder, monkeypatch):
        def greet(url):
            connection = Connection(url)
            try:
                return connection.read("RETURN 1")
            finally:
                connection.close()

        write_password(folder / "pw", neo4j_server.password)
        assert greet(neo4j_server.full_url) == [[1]]
        (folder / "lineage.toml").write_text(
            f'neo4j_username = "{neo4j_server.user}"\nneo4j_password_file = "pw"'
        )
        assert greet(neo4j_server.url) == [[1]]
        (folder / "lineage.toml").unlink()
        for name, value in neo4j_server.environ.items():
            monkeypatch.setenv(name, value)
        assert greet(neo4j_server.url) == [[1]]

    def test_nothing_is_logged_that_is_secret(self, neo4j_server, caplog):
        caplog.set_level("DEBUG")
        connection = Connection(neo4j_server.full_url)
        connection.read("RETURN 1")
        connection.close()
        assert "HELLO" in caplog.text
        assert neo4j_server.password not in caplog.text
