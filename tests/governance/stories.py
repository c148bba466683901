"""Real crawls of committed stores, with what a person declares beside them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lineage_graph.api import Lineage

STORES = Path(__file__).parents[1] / "data" / "mlflow"
NAMES = sorted(path.name for path in STORES.iterdir() if path.is_dir())
CREATED = 1_795_510_800_000  # 2026-11-24T09:00:00Z
DECLARED = """\
version: 1
store: shop
owners:
  "model:churn": growth@shop.example
  "/srv/shop/raw/orders.csv": data@shop.example
derivations:
  - output: "/srv/shop/data/orders.csv"
    from: ["/srv/shop/raw/orders.csv"]
    by: clean.py
deployments:
  - name: churn-api
    platform: kubernetes
    namespace: shop
    serves: churn@champion
    owner: platform@shop.example
consumers:
  - name: retention-mails
    owner: crm@shop.example
    uses: ["deployment:shop/churn-api"]
"""
LINES = {text.strip(): number for number, text in enumerate(DECLARED.split("\n"), start=1)}


def tracking_uri(name: str) -> str:
    """What to crawl of a committed store."""
    database = STORES / name / "mlflow.db"
    return str(database if database.exists() else STORES / name / "mlruns")


@contextmanager
def crawled(name: str) -> Iterator[Lineage]:
    """A committed store in a graph of its own."""
    with Lineage.open("memory:") as lineage:
        lineage.ingest("mlflow", tracking_uri(name), name=name)
        yield lineage


def declare(lineage: Lineage, folder: Path) -> None:
    """What the shop's people know."""
    path = folder / "lineage.yaml"
    path.write_text(DECLARED, encoding="utf-8")
    lineage.ingest("declared", str(path), name="shop")


def copy_shop(folder: Path) -> Path:
    """The shop's store, to be changed."""
    return Path(shutil.copy(STORES / "shop" / "mlflow.db", folder / "mlflow.db"))


def move_alias(database: Path, model: str, alias: str, version: int) -> None:
    """As MLflow does it."""
    with sqlite3.connect(database) as connection:
        moved = connection.execute(
            "UPDATE registered_model_aliases SET version = ? WHERE name = ? AND alias = ?",
            (version, model, alias),
        )
        assert moved.rowcount == 1
    connection.close()
