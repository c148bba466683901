"""Answers as JSON: valid by the published schemas, with every key there, and nothing in them that a terminal obeys."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lineage_graph.errors import Ambiguous, NotFound
from lineage_graph.graph import Kind, Origin
from lineage_graph.query.answer import Options
from lineage_graph.query.coverage import read_coverage
from lineage_graph.query.impact import impact
from lineage_graph.query.paths import path
from lineage_graph.query.search import search
from lineage_graph.query.show import show
from lineage_graph.query.status import read_status
from lineage_graph.query.traversal import downstream, upstream
from tests.query import shop
from tests.query.graphs import draw, edge, node
from tests.query.shop import CHAMPION, O2, ORDERS, T2, draw_shop
from tests.support.schemas import check, validator

EVERYTHING = Options(
    depth=9,
    kinds=(Kind.RUN,),
    limit=1,
    include_evaluation=True,
    include_possible=True,
    as_of=10**12,
    read_between=(0, 10**12),
)
UPWARD = replace(EVERYTHING, read_between=None)
ANSWERS = {
    "upstream": lambda store: upstream(store, "churn@champion"),
    "upstream, all options": lambda store: upstream(store, "churn@champion", UPWARD),
    "downstream": lambda store: downstream(store, "orders.parquet"),
    "downstream, all options": lambda store: downstream(store, "orders.parquet", EVERYTHING),
    "not captured": lambda store: upstream(store, "fraud/1"),
    "impact": lambda store: impact(store, "orders.parquet"),
    "path": lambda store: path(store, "orders.parquet", "shop/churn-api"),
    "no path": lambda store: path(store, "holdout.parquet", "fraud/1"),
    "show": lambda store: show(store, "churn@champion"),
    "search": lambda store: search(store, "orders"),
}


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=ANSWERS)
def test_every_answer_is_valid(ask):
    check("answer", ask(draw_shop()).to_dict())


def test_the_other_documents_are_valid():
    check("status", read_status(draw_shop()).to_dict())
    check("doctor", read_coverage(draw_shop()).to_dict())
    check("error", NotFound("nothing", hint="x", candidates=["a"]).to_dict())
    check("error", Ambiguous("two").to_dict())


@pytest.mark.parametrize("break_it", [
    lambda answer: answer.pop("gaps"),
    lambda answer: answer.update(extra=1),
    lambda answer: answer["nodes"][0].update(kind="Table"),
    lambda answer: answer["nodes"][-1]["properties"].pop("uri"),
    lambda answer: answer.update(verdict="not-captured"),
    lambda answer: answer["graph"]["origins"][0].update(read_at="yesterday"),
], ids=["a key less", "a key more", "a kind", "a property less", "nothing without a gap", "a time"])  # fmt: skip
def test_the_schema_is_strict(break_it):
    answer: dict[str, Any] = json.loads(json.dumps(upstream(draw_shop(), "churn@champion").to_dict()))
    break_it(answer)
    assert not validator("answer").is_valid(answer)


def test_the_contracts_keys():
    answer: Any = upstream(draw_shop(), "churn@champion").to_dict()
    assert (answer["schema"], answer["command"], answer["verdict"]) == (
        "lineage-graph/answer/1",
        "upstream",
        "found",
    )
    assert answer["roots"] == [{"ref": "churn@champion", "id": CHAMPION}]
    assert answer["graph"]["origins"] == [
        {"name": "prod", "type": "mlflow", "read_at": "1970-01-01T00:00:01.000Z", "complete": True}
    ]
    read = next(each for each in answer["edges"] if each["type"] == "READ_BY")
    assert (read["from"], read["to"], read["evidence"], read["rule"]) == (O2, T2, "logged", "drawn")
    assert read["records"] == [f"mlflow:prod/{O2}>{T2}"]
    assert (read["valid_from"], read["properties"]) == ("1970-01-03T00:00:00.000Z", {"role": "training"})
    source = answer["nodes"][-1]
    assert (source["id"], source["hops"], source["state"]) == (ORDERS, 5, "live")
    assert answer["counts"] == {
        "Source": 1,
        "Dataset": 1,
        "Run": 1,
        "Model": 1,
        "ModelVersion": 1,
        "Alias": 1,
    }
    assert answer["truncated"] == {"nodes": 0, "edges": 0, "why": None}


def test_times_and_odd_values_in_properties():
    claim = node(
        "evaluation:1",
        name="e",
        run_id="1",
        metrics={"nan": float("nan"), "f1": 0.5},
        start=0,
        tags={"a\x1bb": {2, 1}},
    )
    answer: Any = show(draw(claim), "evaluation:1").to_dict()
    properties = answer["nodes"][0]["properties"]
    assert properties["start"] == "1970-01-01T00:00:00.000Z"
    assert properties["metrics"] == {"nan": None, "f1": 0.5}
    assert properties["tags"] == {"a\\x1bb": [1, 2]}
    check("answer", answer)


def test_no_control_character_leaves():
    odd = "a\x1b[31m\u202e\n"
    store = draw(
        shop.run("run:77777777", odd, "no-dataset", params={odd: odd}),
        node("model:m-9", name=odd, model_id="m-9", run_id="", path=odd, status="READY"),
        edge("run:77777777", "made", "model:m-9", ref=odd),
        origins=[Origin("mlflow:prod", "mlflow", read_at=1, complete=True, report={"skipped": [
            {"code": "x", "count": 1, "example": odd}]})],
    )  # fmt: skip
    for document in (
        upstream(store, "m-9"),
        show(store, "m-9"),
        read_status(store),
        read_coverage(store),
        impact(store, "m-9"),
    ):
        text = json.dumps(document.to_dict(), ensure_ascii=False)
        assert not {"\\u001b", "\u202e"} & {
            text[at : at + size] for at in range(len(text)) for size in (1, 6)
        }


def test_an_answer_as_a_graph_and_as_frames():
    answer = downstream(draw_shop(), "orders.parquet")
    graph = answer.to_networkx()
    assert set(graph) == {each.id for each in answer.nodes}
    assert graph.number_of_edges() == len(answer.edges)
    assert graph.nodes[ORDERS]["kind"] == "Source"
    frame = answer.to_frame()
    assert list(frame.columns) == ["from", "from_kind", "to", "to_kind", "type", "evidence", "rule", "hops"]
    assert len(frame) == len(answer.edges)
    assert len(answer.to_frame("nodes")) == len(answer.nodes)
