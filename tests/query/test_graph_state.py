"""Which graph answered: the systems that were crawled, by their given names."""

from typing import Any

from lineage_graph import Lineage
from tests.truth import STORES


def test_the_origins_of_an_answer_are_the_systems_that_were_crawled():
    with Lineage.open("memory:") as lineage:
        lineage.ingest("mlflow", str(STORES / "shop/mlflow.db"), name="prod")
        graph: Any = lineage.upstream("churn@champion").to_dict()["graph"]
    assert [(origin["name"], origin["type"], origin["complete"]) for origin in graph["origins"]] == [
        ("prod", "mlflow", True)
    ]
