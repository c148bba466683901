"""Ctrl-C, a reader that leaves early, a graph that is not there: said in one line, with nothing half done."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.dump import dump
from tests.faults.conftest import Cli
from tests.faults.hanging import hanging_crawl

ASKING = [
    ("upstream", "churn@champion"),
    ("impact", "orders.csv", "-o", "json"),
    ("path", "a", "b"),
    ("show", "x"),
    ("search", "x"),
    ("status",),
    ("stats", "-o", "json"),
    ("doctor",),
    ("backup", "copy.db"),
    ("forget", "mlflow:shop"),
]


@pytest.mark.parametrize("question", ASKING, ids=[question[0] for question in ASKING])
def test_a_question_to_no_graph_makes_none(cli: Cli, question):
    cli.environ["LINEAGE_GRAPH_STORE"] = str(cli.home / "not" / "there" / "graph.db")
    done = cli(*question)
    assert (done.code, done.out) == (1, "")
    assert "no graph at" in done.err
    assert len(done.err.splitlines()) <= 2 or done.err.startswith("{")
    assert [path.name for path in cli.home.rglob("*")] == []


@pytest.mark.parametrize("signals", [1, 3], ids=["once", "thrice"])
def test_ctrl_c_in_a_crawl(cli: Cli, shop_graph: Path, large: Path, signals):
    """While the second batch is waited for: the first is written."""
    before = cli("upstream", "churn@champion", "-o", "json").out
    with hanging_crawl(cli, "slow") as process:
        for _ in range(signals):
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        began = time.monotonic()
        out, err = process.communicate(timeout=60)
        assert time.monotonic() - began < 10
    assert (process.returncode, out) == (130, b"")
    if signals == 1:
        assert err.strip() == b"error: interrupted"
    assert b"Traceback" not in err
    whole(shop_graph)
    after = json.loads(cli("upstream", "churn@champion", "-o", "json").out)
    assert [one["name"] for one in after["graph"]["origins"] if not one["complete"]] == ["slow"]
    assert {**after, "graph": None} == {**json.loads(before), "graph": None}


STARTING = "import os, sys; from lineage_graph.cli import start; os.write(1, b'.'); sys.exit(start.start())"


def test_ctrl_c_at_any_time(cli: Cli, large: Path):
    """Also while our modules are imported and while Python ends: never a traceback, and the next crawl goes on."""
    began = time.monotonic()
    assert cli("ingest", "mlflow", large, "--name", "busy", "--store", cli.home / "peace.db").code == 0
    seconds = time.monotonic() - began
    codes = []
    for turn in range(8):
        process = cli.start(
            "ingest", "mlflow", large, "--name", "busy", command=[sys.executable, "-c", STARTING]
        )
        assert process.stdout is not None
        assert process.stdout.read(1) == b"."  # before that it is Python alone that runs
        time.sleep(0.1 + seconds * turn / 7)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        codes.append(process.returncode)
        assert process.returncode in (0, 130), err
        assert err.strip() == (b"" if process.returncode == 0 else b"error: interrupted"), (turn, err)
    assert 130 in codes
    assert cli("ingest", "mlflow", large, "--name", "busy").code == 0
    whole(cli.graph)
    assert told(cli.graph) == told(cli.home / "peace.db")


def told(graph: Path) -> dict[str, object]:
    """Records, without the times at which pointers were seen."""
    store = SqliteStore(str(graph))
    try:
        records = {name: list(store.records(name)) for name in ("mlflow:busy", "resolve")}
        return {name: [one for one in found if "champion" not in one.key] for name, found in records.items()}
    finally:
        store.close()


def whole(graph: Path) -> None:
    with closing(sqlite3.connect(graph)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = SqliteStore(str(graph))
    assert dump(store)
    store.close()


@pytest.mark.parametrize("format", ["table", "tree", "json", "csv", "html"])
def test_a_reader_that_leaves_early(cli: Cli, large_graph: Path, format):
    command = f"{' '.join(map(str, cli.command))} search e --kind run -o {format} | head -c 10"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env=cli.environ,
        cwd=cli.home,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) == 10


def test_a_closed_stdout_is_said(cli: Cli, shop_graph: Path):
    """A disk that is full, where the answer should go."""
    with open("/dev/full", "wb") as full:
        process = cli.start("upstream", "churn@champion", stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert b"Traceback" not in err
    assert err.startswith(b"error: ")
    assert b"defect" not in err
    assert json.loads(cli("status", "-o", "json").out)
