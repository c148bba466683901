"""Origins that meet in one graph: the committed MLflow stores, and declarations that speak of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lineage_graph import Lineage
from tests import truth
from tests.support.clock import NOON, clock

DECLARATIONS = {
    "shop-team": """
store: shop
owners: {model:churn: growth@shop.example, /srv/shop/data/orders.csv: data@shop.example}
deployments:
  - {name: api, serves: [churn@champion]}
consumers:
  - {name: mails, uses: [api, /srv/shop/data/customers.csv]}
derivations:
  - {output: /srv/shop/data/orders.csv, from: [/srv/shop/raw/orders.csv, /srv/shop/data/customers.csv], by: clean.py}
""",
    "hints-team": """
store: hints
inputs: [params.train-data-path, params.training_source]
owners: {model:base: ana}
""",
    "places": """
roots: {elsewhere: /srv/shop, churn: /srv/shop}
tags: {churn/1: {tier: 1}}
""",
    "old-team": """
store: old130
inputs: [params.data, {param: train-data-path, role: training}]
deployments:
  - {name: nightly, platform: cron, serves: [churn/Production]}
""",
    "judges": """
store: evaluations
evaluations:
  - {run: 80e33f5e1f8c4702addd7149d3fa9684, model: churn/1}
loads:
  - {experiment: churn, model: churn/1}
""",
}


class Given(NamedTuple):
    """An origin: what to ingest and how it is called in the graph."""

    kind: str
    name: str

    @property
    def origin(self) -> str:
        return f"{self.kind}:{self.name}"


MLFLOW = tuple(Given("mlflow", name) for name in truth.store_names())
DECLARED = tuple(Given("declared", name) for name in DECLARATIONS)


def ingest(lineage: Lineage, given: Given, folder: Path, at: int = NOON) -> None:
    """`folder` holds the declarations."""
    with clock(at):
        if given.kind == "declared":
            path = folder / given.name / "lineage.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("version: 1" + DECLARATIONS[given.name], encoding="utf-8")
            lineage.ingest("declared", str(path), name=given.name)
        else:
            uri = truth.STORES / given.name / truth.read_truth(given.name)["uri"]
            lineage.ingest("mlflow", str(uri), name=given.name, artifacts=False)


def built(origins: Iterable[Given], folder: Path, url: str = "memory:") -> Lineage:
    lineage = Lineage.open(url)
    for given in origins:
        ingest(lineage, given, folder)
    return lineage
