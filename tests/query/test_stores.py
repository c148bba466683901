"""The embedded store gives the same answers as the one in memory, and a question reads no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lineage_graph.graph import Evidence
from lineage_graph.query.answer import Options
from lineage_graph.query.coverage import read_coverage
from lineage_graph.query.status import read_status
from lineage_graph.query.traversal import upstream
from tests.query.graphs import edge
from tests.query.shop import BLIND, EXTRA, EXTRA_DATA, draw_shop
from tests.query.test_envelope import ANSWERS


@pytest.fixture
def stores(tmp_path):
    sqlite = draw_shop(url=str(tmp_path / "graph.db"))
    yield draw_shop(), sqlite
    sqlite.close()


def without_graph(document: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if key != "graph"}


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=ANSWERS)
def test_answers_are_the_same(stores, ask):
    memory, sqlite = stores
    assert without_graph(ask(sqlite).to_dict()) == without_graph(ask(memory).to_dict())


def test_doctor_and_status_are_the_same(stores):
    memory, sqlite = stores
    assert without_graph(read_coverage(sqlite).to_dict()) == without_graph(read_coverage(memory).to_dict())
    assert without_graph(read_status(sqlite).to_dict()) == without_graph(read_status(memory).to_dict())
    assert sqlite.state() == (sqlite.info().change, sqlite.info().origins)


def test_what_is_also_declared_is_no_hint(tmp_path):
    declared = edge(
        EXTRA_DATA, "read", BLIND, evidence=Evidence.DECLARED, rule="declared-input", role="training"
    )
    located = edge(EXTRA, "ver", EXTRA_DATA, evidence=Evidence.DECLARED, rule="declared-input")
    for url in ("memory:", str(tmp_path / "graph.db")):
        store = draw_shop(declared, located, url=url)
        assert store.possible([BLIND]).edges == []
        answer = upstream(store, "fraud/1", Options(depth=2))
        assert answer.possible == ()
        store.close()


def test_a_question_loads_no_heavy_library(tmp_path):
    draw_shop(url=str(tmp_path / "graph.db")).close()
    program = f"""
import sys
from lineage_graph.stores.table import open_store
from lineage_graph.query.traversal import upstream, downstream
from lineage_graph.query.impact import impact
store = open_store({str(tmp_path / "graph.db")!r})
upstream(store, "churn@champion").to_dict(), impact(store, "orders.parquet").to_dict()
print(sorted({{"networkx", "pandas", "mlflow", "yaml", "difflib", "rich", "sqlalchemy"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
