"""What cannot be read is said in one line, and leaves alone what was known before."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import CONTROL, STORES, Cli
from tests.support.servers import free_port
from tests.support.web import Asked, Reply, web

HTML = {"Content-Type": "text/html; charset=utf-8"}
NOW = {"Content-Type": "application/json", "Retry-After": "0"}
SHOP = STORES / "shop" / "mlflow.db"


def no_database(folder: Path) -> str:
    return put(folder / "notes.db", b"these are the notes of a meeting\n" * 100)


def an_empty_file(folder: Path) -> str:
    return put(folder / "empty.db", b"")


def a_truncated_file(folder: Path) -> str:
    return put(folder / "short.db", SHOP.read_bytes()[:60_000])


def a_damaged_file(folder: Path) -> str:
    content = SHOP.read_bytes()
    return put(folder / "damaged.db", content[:4096] + b"\x5a" * (len(content) - 4096))


def another_database(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "other.db")) as database:
        database.execute("CREATE TABLE songs (name TEXT)")
    return str(folder / "other.db")


def put(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def no_store(folder: Path) -> str:
    (folder / "photos" / "2024").mkdir(parents=True)
    (folder / "photos" / "a.jpg").write_bytes(b"\xff\xd8")
    return str(folder / "photos")


FILES: list[tuple[Callable[[Path], str], int, str]] = [
    (no_database, 1, "is not a SQLite database"),
    (an_empty_file, 1, "is empty"),
    (a_truncated_file, 1, "is cut short"),
    (a_damaged_file, 1, "cannot be read"),
    (another_database, 1, "no MLflow"),
    (no_store, 1, "photos"),
    (lambda folder: str(folder / "nowhere.db"), 1, "does not exist"),
    (lambda folder: f"sqlite:///{folder}/nowhere.db", 1, "does not exist"),
    (lambda folder: f"file://{folder}/nowhere", 1, "does not exist"),
    (lambda folder: "gopher://mlflow.shop.example/x", 2, "gopher"),
    (lambda folder: "oracle://ana:pa55w0rd@db.shop.example/mlflow", 2, "oracle"),
    (lambda folder: "http://", 2, "names no server"),
    (lambda folder: "postgresql://ana:pa55w0rd@127.0.0.1:1/mlflow", 1, "127.0.0.1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "code", "words"), FILES, ids=[f"{n}-{words}" for n, (_, _, words) in enumerate(FILES)]
)
def test_a_store_that_cannot_be_read(cli, shop_graph, tmp_path, make, code, words):
    with kept(cli):
        assert_refused(cli, make(tmp_path), code, words)


def test_a_store_that_is_locked(cli, shop_graph, store):
    path = store("shop")
    with kept(cli), closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert_refused(cli, str(path), 1, "locked", "--timeout", "0.3")


ANSWERS = [
    (Reply(status=401), "answered 401"),
    (Reply(status=403), "answered 403"),
    (Reply(status=404), "has no MLflow REST API"),
    (Reply(status=429, headers=NOW), "429"),
    (Reply('{"message": "boom \\u001b[31m\\nat line 3"}', 500), "answered 500: boom"),
    (Reply("<html>log in</html>", headers=HTML), "a web page"),
    (Reply('{"experiments": [{"experi'), "no JSON, or half"),
    (Reply('{"experiments": 7}'), "MLflow does not answer"),
    (Reply('{"experiments": [7]}'), "MLflow does not answer"),
    (Reply('{"experiments": [{"name": null}]}'), "MLflow does not answer"),
    (Reply("[" * 100_000), "no JSON, or half"),
    (Reply("{}", length=500), "closed the connection"),
    (Reply(hang=True), "did not answer within 0.5 s"),
]


@pytest.mark.parametrize(
    ("reply", "words"), ANSWERS, ids=[f"{n}-{words}" for n, (_, words) in enumerate(ANSWERS)]
)
def test_a_server_that_answers_badly(cli, shop_graph, reply, words):
    with kept(cli), web(lambda _: reply) as server:
        assert_refused(cli, server.address, 1, words, "--timeout", "0.5")


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("logged-models/search", Reply(status=401)),
        ("runs/search", Reply('{"runs": [{"in')),
        ("runs/search", Reply('{"runs": [{"info": 7}]}')),
        ("registered-models/search", Reply('{"registered_models": [{"nam": "x"}]}')),
        ("model-versions/search", Reply(status=503, headers=NOW)),
    ],
    ids=["models-401", "runs-half", "runs-shape", "registered-shape", "versions-503"],
)
def test_a_server_that_fails_in_the_middle(cli, shop_graph, path, reply):
    def answer(asked: Asked) -> Reply:
        if path in asked.path:
            return reply
        found = (
            '{"experiments": [{"experiment_id": "1", "name": "e"}]}' if "experiments" in asked.path else "{}"
        )
        return Reply(found)

    with kept(cli), web(answer) as server:
        assert_refused(cli, server.address, 1, server.address, "--timeout", "0.5")


def test_a_server_that_closes_the_connection(cli, shop_graph):
    with kept(cli), closing(socket.create_server(("127.0.0.1", 0))) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=close_each, args=(listener,), daemon=True).start()
        assert_refused(cli, address, 1, "closed the connection")


def close_each(listener: socket.socket) -> None:
    while True:
        try:
            listener.accept()[0].close()
        except OSError:
            return


def test_a_port_where_nobody_listens(cli, shop_graph):
    with kept(cli):
        assert_refused(cli, f"http://127.0.0.1:{free_port()}", 1, "cannot be reached")


@contextmanager
def kept(cli: Cli) -> Iterator[None]:
    """The graph answers afterwards as it did before."""
    before = cli("upstream", "churn@champion", "-o", "json")
    assert before.code == 0, before
    yield
    after = cli("upstream", "churn@champion", "-o", "json")
    assert (after.code, after.err) == (0, "")
    assert answer_of(after.out) == answer_of(before.out)


def answer_of(out: str) -> dict[str, Any]:
    """Without what tells of crawls begun since."""
    found: dict[str, Any] = json.loads(out)
    found["graph"].pop("change")
    found["graph"]["origins"] = [one for one in found["graph"]["origins"] if one["name"].endswith("shop")]
    return found


def assert_refused(cli: Cli, uri: str, code: int, words: str, *options: str) -> None:
    """One line and a hint, for a person and as JSON; nothing on stdout; no traceback, no password."""
    began = time.monotonic()
    both = [cli.start("ingest", "mlflow", uri, *options, "-o", format) for format in ("table", "json")]
    ended = [[part.decode() for part in process.communicate(timeout=60)] for process in both]
    assert time.monotonic() - began < 60
    assert [process.returncode for process in both] == [code, code], ended
    (out, err), (json_out, json_err) = ended
    assert out == json_out == ""
    message, hint, *more = err.splitlines()
    assert not more, err
    assert message.startswith("error: ")
    assert hint.startswith("hint: ")
    assert words in message, err
    assert "Error" not in message, err
    told = json.loads(json_err)
    assert told["schema"] == "lineage-graph/error/1"
    assert told["error"]["code"] in ("source-unreadable", "source-denied", "unknown-scheme", "usage"), told
    assert told["error"]["hint"], told
    assert not CONTROL.search(err + json_err)
    assert "pa55w0rd" not in err + json_err


GONE = [
    ["ingest", "mlflow"],
    ["ingest", "mlflow", str(SHOP)],
    ["ingest", "declared"],
    ["status", "--store", "graph.db"],
    ["upstream", "churn/1", "--from", "mlflow.db"],
    ["declare", "init"],
]


@pytest.mark.parametrize("arguments", GONE, ids=[" ".join(one[:2]) for one in GONE])
def test_a_working_directory_that_was_deleted(cli, tmp_path, arguments):
    folder = tmp_path / "gone"
    folder.mkdir()
    script = "import os, sys; os.rmdir(os.getcwd()); from lineage_graph.cli.__main__ import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, *arguments],
        cwd=folder, env=cli.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.split("\n")[0] == "error: the working directory was deleted"


def test_an_unknown_scheme_is_refused_before_mlflow_is_loaded(tmp_path):
    script = (
        "import sys; from lineage_graph.cli.__main__ import main; code = main(sys.argv[1:]);"
        "assert 'mlflow' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "ingest", "mlflow", "gopher://ana:pa55w0rd@shop.example/x", "--store", tmp_path / "g.db"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "gopher://shop.example/x" in done.stderr
    assert "Traceback" not in done.stderr
