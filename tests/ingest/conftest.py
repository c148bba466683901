"""Stores to draw in."""

import pytest

from lineage_graph.stores.table import open_store


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    url = "memory:" if request.param == "memory" else str(tmp_path / "graph.db")
    opened = open_store(url)
    yield opened
    opened.close()
