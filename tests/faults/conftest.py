"""The command line in fresh processes, each test with a home of its own; real stores to crawl."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.faults.stores import make_store

STORES = Path(__file__).parents[1] / "data" / "mlflow"
COMMAND = (sys.executable, "-m", "lineage_graph.cli")
CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What moves a cursor or turns text around. A newline ends our own lines."""


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


class Cli:
    """`lineage-graph` as a program, in a home of its own."""

    command = COMMAND

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.environ = {
            **os.environ,
            "HOME": str(home),
            "PYTHONUTF8": "1",
            "LINEAGE_GRAPH_STORE": str(home / "graph.db"),
        }

    @property
    def graph(self) -> Path:
        """Where the graph is unless a test says otherwise."""
        return Path(self.environ["LINEAGE_GRAPH_STORE"])

    def __call__(self, *arguments: object, timeout: float = 90, **environ: str) -> Done:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            env=self.environ | environ,
            cwd=self.home,
            check=False,
            timeout=timeout,
        )
        return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        """Begin a command and go on."""
        command = options.pop("command", COMMAND)
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([*command, *map(str, arguments)], env=self.environ, cwd=self.home, **streams)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "home")


@pytest.fixture
def store(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a committed store, by its name: the database, or the folder of a file store."""

    def copy(name: str) -> Path:
        folder = tmp_path / "stores" / name
        shutil.copytree(STORES / name, folder)
        database = folder / "mlflow.db"
        return database if database.exists() else folder / "mlruns"

    return copy


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tracking database that takes a moment to crawl."""
    return make_store(tmp_path_factory.mktemp("large") / "mlflow.db", 150)


@pytest.fixture(scope="session")
def crawled_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of the shop's store, to be copied."""
    home = tmp_path_factory.mktemp("crawled")
    return crawled(home, Path(shutil.copytree(STORES / "shop", home / "shop")) / "mlflow.db", "shop")


@pytest.fixture(scope="session")
def crawled_large(tmp_path_factory: pytest.TempPathFactory, large: Path) -> Path:
    """A graph of the large store, to be copied."""
    return crawled(tmp_path_factory.mktemp("crawled"), large, "large")


def crawled(home: Path, store: Path, name: str) -> Path:
    cli = Cli(home)
    done = cli("ingest", "mlflow", store, "--name", name)
    assert done.code == 0, done
    return cli.graph


@pytest.fixture
def shop_graph(cli: Cli, crawled_shop: Path) -> Path:
    """The graph of this test's home, which knows the shop already."""
    shutil.copy(crawled_shop, cli.graph)
    return cli.graph


@pytest.fixture
def large_graph(cli: Cli, crawled_large: Path) -> Path:
    """The graph of this test's home, which knows the large store already."""
    shutil.copy(crawled_large, cli.graph)
    return cli.graph
