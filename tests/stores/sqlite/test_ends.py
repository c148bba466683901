"""The ends of edges from the indexes alone are those of the edges."""

from pathlib import Path

import pytest

from lineage_graph.graph import EdgeType
from lineage_graph.stores.base import Store
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.drawing import draw, ingest

DRAWN = """
dataset:d READ_BY run:r role=training
dataset:d READ_BY run:s role=evaluation from=5 to=9
dataset:e READ_BY run:r evidence=possible
run:r PRODUCED model:m
run:r PRODUCED model:n
model:m LOADED_BY run:s
"""
READ, MADE = frozenset({EdgeType.READ_BY}), frozenset({EdgeType.PRODUCED, EdgeType.LOADED_BY})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = SqliteStore(str(tmp_path / "graph.db"))
    ingest(store, [draw(DRAWN)])
    ingest(store, [draw("run:r PRODUCED model:m")], origin="test:b")
    return store


@pytest.mark.parametrize(
    ("ids", "types", "expected"),
    [
        (["dataset:d"], READ, [("dataset:d", "run:r"), ("dataset:d", "run:s")]),
        (["run:r"], READ, [("dataset:d", "run:r"), ("dataset:e", "run:r")]),
        (["model:m", "model:m"], MADE, [("model:m", "run:s"), ("run:r", "model:m")]),
        (["run:s", "model:n"], MADE, [("model:m", "run:s"), ("run:r", "model:n")]),
        (["run:none"], MADE, []),
        ([], READ, []),
    ],
    ids=["out, a closed one too", "in, a possible one too", "claimed twice", "both ways", "unknown", "nothing asked"],
)  # fmt: skip
def test_the_ends_are_those_of_the_edges(store, ids, types, expected):
    assert store.ends(ids, types) == expected
    assert Store.ends(store, ids, types) == expected
