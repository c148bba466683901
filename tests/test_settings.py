"""Settings reach what they are for: where a graph is kept, whose paths a crawl reads, how long it waits."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import UsageError

SHOP = Path(__file__).parent / "data/mlflow/shop/mlflow.db"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    shutil.copy(SHOP, tmp_path / "mlflow.db")
    for name in ("STORE", "SITE", "TIMEOUT"):
        monkeypatch.delenv(f"LINEAGE_GRAPH_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sources(lineage, **options):
    lineage.ingest("mlflow", "mlflow.db", **options)
    return {node.id for node in lineage.search("orders.csv", kinds=["Source"]).nodes}


@pytest.mark.parametrize(
    ("file", "variable", "option", "site"),
    [
        pytest.param("", "", {}, "", id="none"),
        pytest.param("laptop", "", {}, "laptop", id="file"),
        pytest.param("laptop", "desk", {}, "desk", id="environment before file"),
        pytest.param("laptop", "desk", {"site": "rack"}, "rack", id="option before both"),
    ],
)
def test_a_crawl_is_of_the_site_that_settings_name(file, variable, option, site, folder, monkeypatch):
    if file:
        (folder / "lineage.toml").write_text(f'store = "memory:"\nsite = "{file}"\n')
    if variable:
        monkeypatch.setenv("LINEAGE_GRAPH_SITE", variable)
    with Lineage.open("memory:") as lineage:
        (source,) = sources(lineage, **option)
        (other,) = sources(Lineage.open("memory:"), site=site or "local")
    assert source == other
    assert (site in source) or not site


def test_a_timeout_that_is_no_number_names_where_it_stands(monkeypatch):
    monkeypatch.setenv("LINEAGE_GRAPH_TIMEOUT", "soon")
    with Lineage.open("memory:") as lineage, pytest.raises(UsageError, match="LINEAGE_GRAPH_TIMEOUT"):
        sources(lineage)


def test_a_store_in_a_settings_file_is_relative_to_the_file(folder, monkeypatch):
    (folder / "lineage.toml").write_text('store = "graphs/shop.db"\n')
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    with Lineage.open() as lineage:
        lineage.ingest("mlflow", str(folder / "mlflow.db"))
    assert (folder / "graphs/shop.db").is_file()
