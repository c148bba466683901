"""Paths: shortest first, in whichever direction, and three kinds of none."""

from __future__ import annotations

import itertools

import pytest

from lineage_graph.graph import Evidence
from lineage_graph.query.answer import Options, Verdict
from lineage_graph.query.impact import Group, impact
from lineage_graph.query.paths import path
from lineage_graph.query.traversal import downstream, upstream
from lineage_graph.render.table import render_table
from tests.query import shop
from tests.query.graphs import draw, edge, node
from tests.query.shop import API, CHAMPION, M2, O2, ORDERS, S1, SCORES, T2, V2, draw_shop

CHAIN = (ORDERS, O2, T2, M2, V2, CHAMPION, API)


def test_the_path_and_its_evidence():
    answer = path(draw_shop(), "orders.parquet", "shop/churn-api")
    assert [each.nodes for each in answer.paths] == [CHAIN]
    assert (answer.direction, answer.verdict) == ("downstream", Verdict.FOUND)
    assert [(answer.edges[at].src, answer.edges[at].dst) for at in answer.paths[0].edges] == list(
        itertools.pairwise(CHAIN)
    )
    assert answer.hops[ORDERS] == 0
    assert answer.hops[API] == 6


def test_the_other_way_round_is_noticed():
    answer = path(draw_shop(), "shop/churn-api", "orders.parquet")
    assert [each.nodes for each in answer.paths] == [CHAIN]
    assert answer.direction == "upstream"
    assert answer.hops[API] == 0


def test_a_scoring_run_is_no_way_to_its_own_models():
    # D ─inference→ score-1 ─→ m-9, and score-1 ─→ scores
    store = draw_shop(node("model:m-9", name="model"), edge(S1, "made", "model:m-9"))
    assert path(store, "orders@bb22", "m-9").verdict is not Verdict.FOUND
    assert [each.nodes for each in path(store, "orders@bb22", "scores").paths] == [(O2, S1, SCORES)]


def test_all_ways_shortest_first():
    # a ─→ r1 ─→ b ─→ r3 ─→ m;  a ─→ r2 ─→ b;  a ─→ r3
    names = {id: node(id, name=id) for id in ("dataset:a@1", "dataset:b@1", "model:m")}
    store = draw(
        *names.values(), *(shop.run(f"run:0000000{n}", f"r{n}") for n in (1, 2, 3)),
        edge("dataset:a@1", "read", "run:00000001"), edge("run:00000001", "wrote", "dataset:b@1"),
        edge("dataset:a@1", "read", "run:00000002"), edge("run:00000002", "wrote", "dataset:b@1"),
        edge("dataset:b@1", "read", "run:00000003"), edge("run:00000003", "made", "model:m"),
        edge("dataset:a@1", "read", "run:00000003"),
    )  # fmt: skip
    answer = path(store, "dataset:a@1", "model:m")
    assert [len(each.nodes) for each in answer.paths] == [3, 5, 5]
    limited = path(store, "dataset:a@1", "model:m", Options(limit=2))
    assert [len(each.nodes) for each in limited.paths] == [3, 5]
    assert limited.truncated.why == "limit"
    assert "there are more paths" in render_table(limited)
    assert "there are more paths" not in render_table(answer)
    assert path(store, "dataset:a@1", "model:m", Options(limit=3)).truncated.why is None


def test_a_dense_graph_ends():
    # 12 layers of 6 runs that read and write everything: 6^12 ways
    claims = []
    for layer in range(12):
        claims += [node(f"dataset:d{layer}@{n}", name="d") for n in range(6)]
        for n in range(6):
            run = f"run:{layer:02d}{n:06d}"
            claims.append(shop.run(run, "r"))
            claims += [edge(f"dataset:d{layer}@{m}", "read", run) for m in range(6)]
            claims.append(edge(run, "wrote", f"dataset:d{layer + 1}@{n}"))
    answer = path(draw(*claims), "dataset:d0@0", "dataset:d12@0")
    assert len(answer.paths) == 10
    assert answer.truncated.why == "limit"


def test_a_cycle_ends():
    store = draw(
        node("dataset:a@1", name="a"), node("dataset:b@1", name="b"),
        shop.run("run:00000001", "r1"), shop.run("run:00000002", "r2"),
        edge("dataset:a@1", "read", "run:00000001"), edge("run:00000001", "wrote", "dataset:b@1"),
        edge("dataset:b@1", "read", "run:00000002"), edge("run:00000002", "wrote", "dataset:a@1"),
    )  # fmt: skip
    assert [len(each.nodes) for each in path(store, "dataset:a@1", "dataset:b@1").paths] == [3]


def test_none_and_not_captured():
    blind = path(draw_shop(), "orders.parquet", "fraud/1")
    assert (blind.verdict, [gap.code for gap in blind.gaps]) == (Verdict.NOT_CAPTURED, ["no-dataset"])
    assert path(draw_shop(), "orders@aa11", "holdout@cc33").verdict is Verdict.NONE


FILE, DATA, RUN, MODEL, SET = (
    "source:file:///a.csv", "dataset:a@1", "run:11111111", "model:m-1", "featureset:source:file:///a.csv#a"
)  # fmt: skip
COLUMNS = [f"feature:{FILE}#{name}" for name in ("age", "bmi", "sex")]


def draw_columns():
    """A model that read a file, and names three of its columns: four ways of one length."""
    claims = [node(id) for id in (FILE, DATA, RUN, MODEL, SET, *COLUMNS)]
    claims += [edge(FILE, "col", column) for column in COLUMNS]
    claims += [edge(column, "part", SET, evidence=Evidence.INFERRED) for column in COLUMNS]
    claims += [edge(SET, "used", MODEL, evidence=Evidence.INFERRED)]
    claims += [edge(FILE, "ver", DATA), edge(DATA, "read", RUN), edge(RUN, "made", MODEL)]
    alias = node(CHAMPION, name="churn@champion", model="churn", alias="champion", pointer="alias")
    claims += [shop.version(V2), edge(MODEL, "reg", V2), alias, edge(V2, "alias", CHAMPION)]
    return draw(*claims)


WAY = (FILE, DATA, RUN, MODEL, V2, CHAMPION)


def test_the_read_that_was_logged_is_the_proof_before_columns_that_a_signature_names():
    answer = path(draw_columns(), "file:///a.csv", CHAMPION)
    assert len(answer.paths) == 4
    assert answer.paths[0].nodes == WAY
    (row,) = impact(draw_columns(), FILE).rows(Group.LIVE)
    assert row.chain == WAY[-2:0:-1]


@pytest.mark.parametrize(("ask", "root"), [(downstream, FILE), (upstream, CHAMPION)])
def test_the_best_path_of_an_answer_too(ask, root):
    assert [each.nodes for each in ask(draw_columns(), root).paths] == [WAY]
