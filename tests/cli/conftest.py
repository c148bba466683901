"""A home of its own for every test, and the shop's graph in a real store."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lineage_graph.cli.__main__ import main
from tests.cli.graphs import write_shop

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    """No graph, settings or cache of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith(("LINEAGE_GRAPH_", "MLFLOW_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("graph") / "shop.db")


@pytest.fixture
def run(capsys):
    """Run a command in this process: exit code, stdout, stderr."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def process():
    """Run a command in a process of its own, its streams pipes."""

    def call(*arguments, **options):
        command = [sys.executable, "-m", "lineage_graph.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)

    return call
