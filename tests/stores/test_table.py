"""From a URL to a store."""

import subprocess
import sys

import pytest

from lineage_graph.errors import UnknownScheme, UsageError
from lineage_graph.stores.memory.store import MemoryStore
from lineage_graph.stores.sqlite.store import SqliteStore, read_path
from lineage_graph.stores.table import STORES, open_store, read_scheme

SCHEMES = {
    "graph.db": "sqlite",
    "a:b.db": "sqlite",  # one letter: a drive
    "/abs/gra:ph.db": "sqlite",
    "./x": "sqlite",
    r"C:\graphs\prod.db": "sqlite",
    "c:/graphs/prod.db": "sqlite",
    "sqlite:///graph.db": "sqlite",
    "SQLITE:///graph.db": "sqlite",
    "memory:": "memory",
    "bolt://localhost:7687": "bolt",
    "neo4j+s://host": "neo4j+s",
    "postgresql://host/db": "postgresql",
    "s3://bucket/graph.db": "s3",
}
PATHS = {
    "graph.db": "graph.db",
    "sqlite:///graph.db": "graph.db",
    "sqlite:////var/graph.db": "/var/graph.db",
    "sqlite:graph.db": "graph.db",
    "SQLITE:///graph.db": "graph.db",
    "sqlite:///C:/graph.db": "C:/graph.db",
    "sqlite:///a%20b.db": "a%20b.db",
}


@pytest.mark.parametrize(("url", "scheme"), SCHEMES.items())
def test_the_scheme_of_a_url(url, scheme):
    assert read_scheme(url) == scheme


@pytest.mark.parametrize(("url", "path"), PATHS.items())
def test_the_file_that_a_url_names(url, path):
    assert read_path(url).as_posix() == path


def test_stores_are_opened_by_scheme(tmp_path):
    assert isinstance(open_store("memory:"), MemoryStore)
    store = open_store(str(tmp_path / "graph.db"))
    assert isinstance(store, SqliteStore)
    assert not (tmp_path / "graph.db").exists()


def test_an_unknown_scheme_lists_the_known():
    with pytest.raises(UnknownScheme, match="s3:") as caught:
        open_store("s3://bucket/graph.db")
    assert all(f"{scheme}:" in caught.value.hint for scheme in STORES)


def test_a_store_without_a_backup_says_so(tmp_path):
    with pytest.raises(UsageError, match="memory store has no backup"):
        open_store("memory:").backup(str(tmp_path / "copy.db"))


@pytest.mark.parametrize("scheme", ["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc", "NEO4J"])
def test_a_neo4j_store_is_named_by_any_of_its_schemes(scheme):
    """Nothing is connected to yet."""
    store = open_store(f"{scheme}://nowhere.invalid")
    assert store.type == "neo4j"
    store.close()


def test_a_question_to_a_file_loads_no_driver(tmp_path):
    program = "import sys; from lineage_graph.stores.table import open_store; open_store(sys.argv[1]); print('neo4j' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "g.db")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
