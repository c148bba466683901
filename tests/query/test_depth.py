"""A question cut by `depth` says so, and only where something lies beyond."""

from __future__ import annotations

import pytest

from lineage_graph.graph import Kind, State
from lineage_graph.query.answer import Options, Truncated
from lineage_graph.query.outline import read_outline
from lineage_graph.query.paths import path
from lineage_graph.query.traversal import downstream, upstream
from lineage_graph.stores.base import Direction
from tests.query import shop
from tests.query.graphs import edge
from tests.query.shop import O1, draw_shop, run

LATE = shop.DAY * 3
# (asked, options) -> what was left out. Distances are counted in the drawing of the shop.
#   up    churn@champion 0, churn/2 1, m-2 2, train-2 3, orders@bb22 4, orders.parquet 5
#   down  orders.parquet 0, its datasets 1, runs 2, models and scores 3, versions and judge-1 4, champion 5, API 6, mails 7
UPSTREAM = {
    "the root alone": ("churn@champion", {"depth": 0}, (0, 0, "depth")),
    "one hop": ("churn@champion", {"depth": 1}, (0, 0, "depth")),
    "one hop too few": ("churn@champion", {"depth": 4}, (0, 0, "depth")),
    "all of it": ("churn@champion", {"depth": 5}, (0, 0, None)),
    "more than all": ("churn@champion", {"depth": 6}, (0, 0, None)),
    "above a source": ("orders.parquet", {"depth": 0}, (0, 0, None)),
    "the chain ends here by itself": ("fraud/1", {"depth": 2}, (0, 0, None)),
    "a hint is followed": ("fraud/1", {"depth": 2, "include_possible": True}, (0, 0, "depth")),
    "before anybody pointed there": ("churn@champion", {"depth": 0, "as_of": shop.DAY // 2}, (0, 0, None)),
    "with a kind": ("churn@champion", {"depth": 1, "kinds": (Kind.SOURCE,)}, (0, 0, "depth")),
    "with a limit, which counts what it hides": ("churn@champion", {"depth": 3, "limit": 1}, (2, 2, "depth")),
    "a limit alone": ("churn@champion", {"depth": 5, "limit": 1}, (4, 4, "limit")),
    "what only scored is no origin": ("scores@dd44", {"depth": 3}, (0, 0, None)),
}  # fmt: skip
DOWNSTREAM = {
    "the bad file, to its models": ("orders.parquet", {"depth": 3}, (0, 0, "depth")),
    "the bad file, all but the mails": ("orders.parquet", {"depth": 6}, (0, 0, "depth")),
    "the bad file, all": ("orders.parquet", {"depth": 7}, (0, 0, None)),
    "a judgement is an end": ("holdout.parquet", {"depth": 2}, (0, 0, None)),
    "a judgement is passed on request": ("holdout.parquet", {"depth": 2, "include_evaluation": True}, (0, 0, "depth")),
    "nothing points at it now": ("churn/1", {"depth": 0}, (0, 0, None)),
    "something pointed at it then": ("churn/1", {"depth": 0, "as_of": LATE}, (0, 0, "depth")),
    "only deleted ends, which no answer shows": (shop.GONE, {"depth": 0}, (0, 0, None)),
    "a scoring run leads to what it wrote": ("run:score-1", {"depth": 0}, (0, 0, "depth")),
    "and no further": ("run:score-1", {"depth": 1}, (0, 0, None)),
    "nothing was read in that time": ("orders@bb22", {"depth": 0, "read_between": (0, 1)}, (0, 0, None)),
}  # fmt: skip
CASES = {
    **{f"up: {name}": (upstream, *case) for name, case in UPSTREAM.items()},
    **{f"down: {name}": (downstream, *case) for name, case in DOWNSTREAM.items()},
}


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    store = draw_shop(url="memory:" if request.param == "memory" else str(tmp_path / "graph.db"))
    yield store
    store.close()


@pytest.mark.parametrize(("ask", "ref", "options", "left_out"), CASES.values(), ids=CASES)
def test_what_the_depth_cut_is_said(store, ask, ref, options, left_out):
    answer = ask(store, ref, Options(**options))
    assert answer.truncated == Truncated(*left_out)
    assert answer.to_dict()["truncated"] == dict(zip(("nodes", "edges", "why"), left_out, strict=True))
    assert not (answer.truncated.why == "depth" and answer.verdict == "none")


@pytest.mark.parametrize(("ask", "ref", "options", "left_out"), CASES.values(), ids=CASES)
def test_a_table_of_edges_is_told_too(store, ask, ref, options, left_out):
    direction = Direction.UPSTREAM if ask is upstream else Direction.DOWNSTREAM
    assert read_outline(store, [ref], direction, Options(**options)).is_cut == (left_out[2] == "depth")


def test_something_live_below_something_deleted_is_beyond():
    # orders@aa11 ─→ lost (deleted) ─→ m-9: one hop down only the deleted run is seen, and it leads to a live model
    store = draw_shop(
        run("run:00000009", "lost", state=State.DELETED),
        edge(O1, "read", "run:00000009", role="training"),
        edge("run:00000009", "made", shop.M3),
    )
    assert downstream(store, "run:lost", Options(depth=0)).truncated.why == "depth"


# (from, to, options) -> (ways, verdict, why)
PATHS = {
    "just long enough": ("orders.parquet", "shop/churn-api", {"depth": 6}, 1, "found", None),
    "one hop too few": ("orders.parquet", "shop/churn-api", {"depth": 5}, 0, "found", "depth"),
    "the other way round": ("shop/churn-api", "orders.parquet", {"depth": 5}, 0, "found", "depth"),
    "none at any depth": ("holdout.parquet", "churn@champion", {"depth": 2}, 0, "none", None),
    "none, whatever lies further up": ("scores@dd44", "churn@champion", {"depth": 1}, 0, "none", None),
}  # fmt: skip


@pytest.mark.parametrize(("a", "b", "options", "ways", "verdict", "why"), PATHS.values(), ids=PATHS)
def test_a_path_that_is_longer_than_asked_is_no_gap(store, a, b, options, ways, verdict, why):
    answer = path(store, a, b, Options(**options))
    assert (len(answer.paths), answer.verdict, answer.truncated.why) == (ways, verdict, why)
    assert why is None or answer.gaps == ()
    assert answer.direction == ("upstream" if a == "shop/churn-api" else "downstream")


def test_longer_ways_beside_those_that_are_shown():
    # orders@aa11 ─→ train-1 ─→ m-1 is the short way; orders@aa11 ─→ run-7 ─→ scores ─→ run-8 ─→ between ─→ train-1 is six hops long
    between = shop.dataset("dataset:between@77", "between", "77", None)
    store = draw_shop(
        run("run:00000007", "run-7"), run("run:00000008", "run-8"), between,
        edge(O1, "read", "run:00000007", role="training"), edge("run:00000007", "wrote", shop.SCORES),
        edge(shop.SCORES, "read", "run:00000008", role="training"), edge("run:00000008", "wrote", "dataset:between@77"),
        edge("dataset:between@77", "read", shop.T1, role="training"),
    )  # fmt: skip
    short = path(store, "orders@aa11", "m-1", Options(depth=2))
    assert ([len(each.nodes) for each in short.paths], short.truncated.why) == ([3], "depth")
    whole = path(store, "orders@aa11", "m-1", Options(depth=6))
    assert ([len(each.nodes) for each in whole.paths], whole.truncated.why) == ([3, 7], None)
