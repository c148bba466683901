"""Rule 6: equal content is a hint within a store, and between stores of one site; between strangers it is chance."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.graph import EdgeType, Kind
from lineage_graph.stores.base import NodeFilter

STORE = Path(__file__).parents[1] / "data" / "mlflow" / "early31" / "mlflow.db"
WITHIN = 2
"""Of three datasets of one content in the store."""


def alike(*sites: str) -> int:
    """How many links of equal content there are when one store is crawled for each site, under names of their own."""
    with Lineage.open("memory:") as lineage:
        for place, site in enumerate(sites):
            lineage.ingest("mlflow", str(STORE), name=f"s{place}", site=site, artifacts=False)
        datasets = lineage.store.find(NodeFilter(kinds=frozenset({Kind.DATASET})))
        edges = lineage.store.edges([each.id for each in datasets], frozenset({EdgeType.SAME_CONTENT}))
        return len(edges)


@pytest.mark.parametrize(
    ("sites", "links"),
    [
        (("laptop",), WITHIN),
        # Of one site the located dataset is one, and those without a location are of each store: 1 + 2 × 2 in one star.
        (("laptop", "laptop"), 4),
        (("laptop", "server"), 2 * WITHIN),
    ],
    ids=["one store", "one site", "two sites"],
)
def test_links_of_equal_content(sites: tuple[str, ...], links: int) -> None:
    assert alike(*sites) == links


def test_no_link_joins_two_sites() -> None:
    with Lineage.open("memory:") as lineage:
        for name, site in (("a", "laptop"), ("b", "server")):
            lineage.ingest("mlflow", str(STORE), name=name, site=site, artifacts=False)
        datasets = lineage.store.find(NodeFilter(kinds=frozenset({Kind.DATASET})))
        store_of = {each.id: {record.partition("/")[0] for record in each.records} for each in datasets}
        for edge in lineage.store.edges(sorted(store_of), frozenset({EdgeType.SAME_CONTENT})):
            assert store_of[edge.src] & store_of[edge.dst]
