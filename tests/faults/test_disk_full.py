"""A disk that fills up in a crawl: one line, the old answers stay, and the next crawl with room goes on."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.faults.conftest import Cli

LIMIT = 400_000
"""Bytes: the shop's graph fits, that of the large store doesn't."""


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1.5 MB, where we may mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here; the test with a limit on the size of files covers it")
    yield place
    subprocess.run(["umount", place], check=True)


def limit_files() -> None:
    """No file of this process grows beyond; SQLite is told so as of a full disk (Python ignores the signal)."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


def known(cli: Cli) -> dict[str, object]:
    done = cli("upstream", "churn@champion", "-o", "json")
    assert (done.code, done.err) == (0, ""), done
    answer: dict[str, object] = json.loads(done.out)
    return {key: answer[key] for key in ("verdict", "nodes", "edges", "gaps", "counts")}


def assert_full(process: subprocess.Popen[bytes]) -> None:
    out, err = process.communicate(timeout=90)
    assert (process.returncode, out) == (1, b""), err
    message, hint = err.decode().splitlines()
    assert message.startswith("error: ")
    assert hint.startswith("hint: ")
    assert "graph.db" in message
    assert "defect" not in err.decode()


def sound(graph: Path) -> None:
    with closing(sqlite3.connect(graph)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_full_disk(cli: Cli, shop_graph: Path, tiny_disk: Path, large: Path):
    graph = tiny_disk / "graph.db"
    graph.write_bytes(shop_graph.read_bytes())
    cli.environ["LINEAGE_GRAPH_STORE"] = str(graph)
    before = known(cli)
    assert_full(cli.start("ingest", "mlflow", large, "--name", "large"))
    assert known(cli) == before
    assert json.loads(cli("status", "-o", "json").out)["graph"]["origins"]
    # Nothing at all is free: a question must not need room.
    ballast = tiny_disk / "ballast"
    fill_up(ballast)
    assert known(cli) == before
    assert_full(cli.start("ingest", "mlflow", large, "--name", "large"))
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", tiny_disk], check=True)
    assert cli("ingest", "mlflow", large, "--name", "large").code == 0
    assert known(cli) == before
    sound(graph)
    assert counts(cli) == counts_of_peace(cli, shop_graph, large)


def test_a_file_that_may_not_grow(cli: Cli, shop_graph: Path, large: Path):
    peace = cli.home / "peace.db"
    peace.write_bytes(shop_graph.read_bytes())
    before = known(cli)
    assert_full(cli.start("ingest", "mlflow", large, "--name", "large", preexec_fn=limit_files))
    assert known(cli) == before
    assert cli("ingest", "mlflow", large, "--name", "large").code == 0
    assert known(cli) == before
    sound(cli.graph)
    assert counts(cli) == counts_of_peace(cli, peace, large)


def fill_up(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def counts(cli: Cli, *options: object) -> dict[str, object]:
    told = json.loads(cli("stats", "-o", "json", *options).out)
    return {key: told[key] for key in ("counts", "edges")}


def counts_of_peace(cli: Cli, graph: Path, large: Path) -> dict[str, object]:
    assert cli("ingest", "mlflow", large, "--name", "large", "--store", graph).code == 0
    return counts(cli, "--store", graph)
