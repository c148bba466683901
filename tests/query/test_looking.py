"""`search`, `show` and `status`."""

from __future__ import annotations

from typing import Any

import pytest

from lineage_graph.graph import Evidence, Kind, Origin
from lineage_graph.query.answer import Options, Verdict
from lineage_graph.query.search import search
from lineage_graph.query.show import show
from lineage_graph.query.status import read_status
from lineage_graph.query.traversal import downstream, upstream
from tests.query import shop
from tests.query.graphs import draw, edge, node
from tests.query.shop import (
    API,
    BLIND,
    CHAMPION,
    CHURN,
    DAY,
    EXPERIMENT,
    EXTRA_DATA,
    ORDERS,
    V1,
    V2,
    draw_shop,
)


def test_search_ranks_the_name_itself_first():
    answer = search(draw_shop(), " CHURN")
    assert answer.sought == "CHURN"
    found = [each.id for each in answer.nodes]
    assert found[:4] == [EXPERIMENT, CHURN, V1, V2]
    assert API in found
    answer = search(draw_shop(), "churn", Options(limit=2))
    assert (len(answer.nodes), answer.truncated.why) == (2, "limit")
    assert answer.direction is None
    assert answer.hops == {}


def test_search_finds_parts_of_locations():
    assert [each.id for each in search(draw_shop(), "shop/data/ord").nodes] == [ORDERS]
    assert search(draw_shop(), "nowhere").verdict is Verdict.NONE
    assert {each.kind for each in search(draw_shop(), "churn", Options(kinds=(Kind.ALIAS,))).nodes} == {
        Kind.ALIAS
    }


def test_show_has_past_pointers_and_every_claim():
    answer = show(draw_shop(), "churn@champion")
    assert {id: answer.hops[id] for id in answer.hops} == {CHAMPION: 0, V1: 1, V2: 1, API: 1}
    pointed = [
        (each.src, each.valid_from, each.valid_to) for each in answer.edges if each.type == "ALIASED_AS"
    ]
    assert pointed == [(V1, 2 * DAY, 5 * DAY), (V2, 5 * DAY, None)]
    assert len(answer.claims) == 4


def test_show_lists_all_claims_of_one_edge():
    store = draw(
        node("model:m"), node("deployment:k8s/shop/api", name="api"),
        edge("model:m", "serve", "deployment:k8s/shop/api", evidence=Evidence.DECLARED, ref="lineage.yaml:3"),
        edge("model:m", "serve", "deployment:k8s/shop/api", ref="event/7"),
    )  # fmt: skip
    answer = show(store, "m")
    assert [each.evidence for each in answer.edges] == [Evidence.LOGGED]
    assert sorted(each.ref for each in answer.claims if "/nodes" not in each.ref) == [
        "mlflow:prod/event/7", "mlflow:prod/lineage.yaml:3",
    ]  # fmt: skip


def test_show_keeps_hints_apart():
    answer = show(draw_shop(), "run:blind")
    assert [each.node.id for each in answer.possible] == [EXTRA_DATA]
    assert EXTRA_DATA not in {each.id for each in answer.nodes}
    assert [gap.code for gap in answer.gaps] == ["no-dataset"]
    assert (
        answer.possible[0].why
        == "named by a param or tag of blind 55555555: train-data-path=s3://shop/extra.csv"
    )
    assert answer.roots[0].id == BLIND


BY_PARAM = "named by a param or tag of blind 55555555: train-data-path=s3://shop/extra.csv"
BY_MODEL = "a model's URI among the params or tags of blind 55555555: model=models:/churn/1"
BY_CONTENT = "the digest, schema and row count of {}"
WHOSE = {
    "up from the run's model": (upstream, "fraud/1", [BY_PARAM, BY_MODEL]),
    "down from what its param names": (downstream, "s3://shop/extra.csv", [BY_PARAM]),
    "beside the run": (show, "run:blind", [BY_PARAM, BY_MODEL]),
    "beside what its param names": (show, "source:s3://shop/extra.csv", [BY_PARAM]),
    "beside the data between the two": (show, EXTRA_DATA, [BY_PARAM, BY_PARAM]),
    "down from a model that its param names": (downstream, "churn/1", [BY_MODEL]),
    "beside such a model": (show, "churn/1", [BY_MODEL]),
    "content is that of data": (downstream, "holdout.parquet", [BY_CONTENT.format("holdout@cc33")]),
}


@pytest.mark.parametrize(("ask", "ref", "said"), WHOSE.values(), ids=WHOSE)
def test_a_hint_names_the_run_that_has_it_whichever_way_it_is_met(ask, ref, said):
    store = draw_shop(
        edge(V1, "load", BLIND, evidence=Evidence.POSSIBLE, rule="model-uri", text="model=models:/churn/1"),
        edge(shop.H, "same", shop.SCORES, evidence=Evidence.POSSIBLE, rule="same-content"),
    )
    assert sorted(hint.why for hint in ask(store, ref).possible) == sorted(said)


def test_status_counts_what_is():
    document: Any = read_status(draw_shop()).to_dict()
    assert document["counts"]["ModelVersion"] == 3
    assert document["edges"]["ALIASED_AS"] == 1  # the past one is not what is now
    (origin,) = document["graph"]["origins"]
    assert (origin["name"], origin["gaps"]) == ("prod", {"no-dataset": 1, "no-pointer": 1})


def test_the_oldest_read():
    origins = [Origin(f"mlflow:{n}", "mlflow", read_at=n, complete=True) for n in (5, 3)]
    assert read_status(draw(origins=origins)).oldest == 3
