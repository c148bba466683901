"""Upstream and downstream on graphs drawn by hand: exact sets, verdicts, gaps."""

from __future__ import annotations

import pytest

from lineage_graph.graph import Evidence, Kind, Origin, State
from lineage_graph.query.answer import Answer, Options, Verdict
from lineage_graph.query.labels import label
from lineage_graph.query.traversal import downstream, upstream
from lineage_graph.render.table import render_table
from tests.query import shop
from tests.query.graphs import draw, edge, node
from tests.query.shop import (
    API,
    BLIND,
    CHAMPION,
    EXTRA,
    EXTRA_DATA,
    F1,
    GONE,
    HOLDOUT,
    JUDGE,
    M1,
    M2,
    M3,
    MAILS,
    O1,
    O2,
    ORDERS,
    S1,
    SCORES,
    T1,
    T2,
    V1,
    V2,
    H,
    draw_shop,
    run,
)  # fmt: skip

BELOW_ORDERS = {ORDERS, O1, O2, T1, T2, S1, M1, M2, V1, V2, CHAMPION, API, MAILS, JUDGE, SCORES}

# (asked, options) -> (verdict, nodes, gap codes, rules of what is possible)
UPSTREAM = {
    "the champion": ("churn@champion", {}, "found", {CHAMPION, V2, M2, T2, O2, ORDERS}, [], []),
    "an older version": ("churn/1", {}, "found", {V1, M1, T1, O1, ORDERS}, [], []),
    "what was judged, on request": (
        "churn/2", {"include_evaluation": True}, "found", {V2, M2, T2, O2, ORDERS, JUDGE, H, HOLDOUT}, [], [],
    ),
    "an evaluation": ("evaluation:judge-1", {}, "found", {JUDGE, H, HOLDOUT, M2, T2, O2, ORDERS}, [], []),
    "no dataset": ("fraud/1", {}, "not-captured", {F1, M3, BLIND}, ["no-dataset"], ["param-names-data"]),
    "no dataset, possible followed": (
        "fraud/1", {"include_possible": True}, "found", {F1, M3, BLIND, EXTRA_DATA, EXTRA}, ["no-dataset"], [],
    ),
    "above a source": ("orders.parquet", {}, "none", {ORDERS}, [], []),
    "what a scoring run wrote": ("scores@dd44", {}, "found", {SCORES, S1, O2, ORDERS}, [], []),
    "cut by depth": ("churn/1", {"depth": 1}, "found", {V1, M1}, [], []),
    "the alias as it was": ("churn@champion", {"as_of": 3 * shop.DAY}, "found", {CHAMPION, V1, M1, T1, O1, ORDERS}, [], []),
    "before anybody looked": ("churn@champion", {"as_of": shop.DAY // 2}, "not-captured", {CHAMPION}, ["not-observed"], []),
    "a registered model": ("churn", {}, "found", {V1, V2, M1, M2, T1, T2, O1, O2, ORDERS}, [], []),
}  # fmt: skip
DOWNSTREAM = {
    "the bad file": ("orders.parquet", {}, "found", BELOW_ORDERS, [], []),
    "one version of it": ("orders@aa11", {}, "found", {O1, T1, M1, V1}, [], []),
    "evaluation data": ("holdout.parquet", {}, "found", {HOLDOUT, H, JUDGE}, [], []),
    "evaluation data, on to what was judged": (
        "holdout.parquet", {"include_evaluation": True}, "found",
        {HOLDOUT, H, JUDGE, M2, V2, CHAMPION, API, MAILS}, [], [],
    ),
    "nothing points at it": ("churn/1", {}, "none", {V1}, [], []),
    "no pointer at all": ("fraud/1", {}, "not-captured", {F1}, ["no-pointer"], []),
    "only a param names it": ("s3://shop/extra.csv", {}, "not-captured", {EXTRA}, ["no-dataset"], ["param-names-data"]),
    "a param names it, followed": (
        "s3://shop/extra.csv", {"include_possible": True}, "found", {EXTRA, EXTRA_DATA, BLIND, M3, F1}, ["no-pointer"], [],
    ),
    "scoring makes no model": ("run:score-1", {}, "found", {S1, SCORES}, [], []),
    "deleted, with nothing live below": (f"runs:/{GONE[4:]}", {}, "none", {GONE}, ["deleted-on-path"], []),
}  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "options", "verdict", "nodes", "gaps", "possible"), UPSTREAM.values(), ids=UPSTREAM
)
def test_upstream(ask, options, verdict, nodes, gaps, possible):
    _check(upstream(draw_shop(), ask, Options(**options)), verdict, nodes, gaps, possible)


@pytest.mark.parametrize(
    ("ask", "options", "verdict", "nodes", "gaps", "possible"), DOWNSTREAM.values(), ids=DOWNSTREAM
)
def test_downstream(ask, options, verdict, nodes, gaps, possible):
    _check(downstream(draw_shop(), ask, Options(**options)), verdict, nodes, gaps, possible)


def _check(answer: Answer, verdict: str, nodes: set[str], gaps: list[str], possible: list[str]) -> None:
    assert {each.id for each in answer.nodes} == nodes
    assert answer.verdict == verdict
    assert sorted({gap.code for gap in answer.gaps}) == gaps
    assert sorted({each.rule for each in answer.possible}) == possible
    assert verdict not in ("not-captured", "unreadable") or answer.gaps
    if answer.options.depth is None:
        assert sum(answer.counts.values()) == len(nodes)


WHERE_IT_ENDS = {
    "all of it": (upstream, "fraud/1", {}, [(BLIND, 2)]),
    "a kind of which there is none": (upstream, "fraud/1", {"kinds": (Kind.SOURCE,)}, [(BLIND, 2)]),
    "a limit": (upstream, "fraud/1", {"limit": 1}, [(BLIND, 2)]),
    "a depth": (upstream, "fraud/1", {"depth": 1}, [(BLIND, 2)]),
    "downstream": (downstream, "fraud/1", {"kinds": (Kind.ALIAS,)}, [(F1, 0)]),
    "something was found": (upstream, "churn/1", {}, []),
}


@pytest.mark.parametrize(("ask", "ref", "options", "ends"), WHERE_IT_ENDS.values(), ids=WHERE_IT_ENDS)
def test_where_the_chain_ends_hangs_on_no_filter(ask, ref, options, ends):
    answer = ask(draw_shop(), ref, Options(**options))
    assert [(end.node.id, end.hops) for end in answer.ends] == ends
    shown = render_table(answer)
    assert ("THE CHAIN ENDS AT" in shown) == bool(ends)
    assert not ends or label(answer.ends[0].node) in shown.partition("THE CHAIN ENDS AT\n")[2].split("\n")[0]


def test_what_is_hidden_is_counted():
    answer = downstream(draw_shop(), "orders.parquet")
    assert answer.hidden == {"deleted": 2}  # the run and its model


def test_a_deleted_run_with_a_live_version_stays():
    store = draw_shop(
        edge(shop.M_GONE, "reg", "modelversion:prod/default/kept/1"),
        shop.version("modelversion:prod/default/kept/1"),
    )
    answer = downstream(store, "orders@bb22")
    shown = {each.id: each for each in answer.nodes}
    assert {GONE, shop.M_GONE} < set(shown)
    assert answer.hidden == {}
    assert {gap.node for gap in answer.gaps if gap.code == "deleted-on-path"} == {GONE, shop.M_GONE}


def test_a_depth_does_not_hide_what_has_something_live_below():
    store = draw_shop(
        edge(shop.M_GONE, "reg", "modelversion:prod/default/kept/1"),
        shop.version("modelversion:prod/default/kept/1"),
    )
    answer = downstream(store, "orders@bb22", Options(depth=1))
    assert {each.id for each in answer.nodes} == {O2, T2, S1, GONE}
    assert {each.id for each in downstream(draw_shop(), "orders@bb22", Options(depth=1)).nodes} == {
        O2,
        T2,
        S1,
    }


def test_a_failed_model_is_no_end_and_a_failed_run_is():
    # D ─→ run (failed) ─→ model (failed)
    store = draw(
        node("dataset:d@1", name="d"),
        run("run:99999999", "broken", state=State.FAILED),
        node("model:m-9", state=State.FAILED),
        edge("dataset:d@1", "read", "run:99999999"),
        edge("run:99999999", "made", "model:m-9"),
    )
    answer = downstream(store, "dataset:d@1")
    assert {each.id for each in answer.nodes} == {"dataset:d@1", "run:99999999"}
    assert answer.hidden == {"failed": 1}


def test_a_cycle_of_deleted_nodes_is_hidden():
    # d ─→ r1 ─→ e ─→ r2 ─→ e: all deleted but d
    store = draw(
        node("dataset:d@1", name="d"),
        node("dataset:e@1", name="e", state=State.DELETED),
        run("run:11111112", "r1", state=State.DELETED),
        run("run:11111113", "r2", state=State.DELETED),
        edge("dataset:d@1", "read", "run:11111112"),
        edge("run:11111112", "wrote", "dataset:e@1"),
        edge("dataset:e@1", "read", "run:11111113"),
        edge("run:11111113", "wrote", "dataset:e@1"),
    )
    answer = downstream(store, "dataset:d@1")
    assert (answer.verdict, [each.id for each in answer.nodes]) == (Verdict.NONE, ["dataset:d@1"])
    assert answer.hidden == {"deleted": 3}


def test_a_run_that_only_scored_keeps_nothing_deleted_alive():
    # d ─inference→ r (deleted) ─→ m (live, trained on e): r leads from d to nothing
    store = draw(
        node("dataset:d@1", name="d"),
        node("dataset:e@1", name="e"),
        run("run:11111112", "r", state=State.DELETED),
        run("run:11111113", "s"),
        node("model:m-9"),
        edge("dataset:d@1", "read", "run:11111112", role="inference"),
        edge("dataset:d@1", "read", "run:11111113", role="training"),
        edge("run:11111112", "made", "model:m-9"),
        edge("run:11111113", "made", "model:m-9"),
    )
    answer = downstream(store, "dataset:d@1")
    assert {each.id for each in answer.nodes} == {"dataset:d@1", "run:11111113", "model:m-9"}
    assert [path.nodes for path in downstream(store, "dataset:d@1", Options(kinds=(Kind.MODEL,))).paths] == [
        ("dataset:d@1", "run:11111113", "model:m-9")
    ]


def test_a_missing_run_is_a_gap():
    store = draw(node("model:m-9"), edge("run:88888888", "made", "model:m-9"))
    answer = upstream(store, "m-9")
    assert (answer.verdict, [gap.code for gap in answer.gaps]) == (Verdict.NOT_CAPTURED, ["run-missing"])


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (node("model:m-9"), "no-run"),
        (node("dataset:prod/1/x@1", name="x"), "code-only-source"),
        (run("run:77777777", "bare"), "no-dataset"),
        (node("consumer:mails"), "reference-unresolved"),
    ],
    ids=["model", "dataset", "run", "consumer"],
)
def test_an_end_that_nobody_marked_gets_its_gap(claim, code):
    answer = upstream(draw(claim), claim.claim.id)
    assert (answer.verdict, [gap.code for gap in answer.gaps]) == (Verdict.NOT_CAPTURED, [code])


def test_what_could_not_be_read_is_said_before_what_was_not_captured():
    store = draw(
        run("run:77777777", "bare", "no-dataset", "source-unreadable"), node("model:m-9"),
        edge("run:77777777", "made", "model:m-9"),
    )  # fmt: skip
    assert upstream(store, "m-9").verdict is Verdict.UNREADABLE


def test_a_nothing_after_a_broken_crawl_is_not_trusted():
    broken = Origin("mlflow:prod", "mlflow", read_at=1_000, complete=False)
    store = draw(shop.version(V1), origins=(broken,))
    answer = downstream(store, "churn/1")
    assert (answer.verdict, [gap.code for gap in answer.gaps]) == (Verdict.UNREADABLE, ["source-unreadable"])
    assert downstream(draw(shop.version(V1)), "churn/1").verdict is Verdict.NONE


def test_a_model_whose_version_names_only_the_run():
    # r ─→ m-8, r ─→ m-9, r ─→ churn/1 (which of both?)
    store = draw(
        run("run:77777777", "two"), node("model:m-8"), node("model:m-9"), shop.version(V1, "which-model"),
        edge("run:77777777", "made", "model:m-8"), edge("run:77777777", "made", "model:m-9"),
        edge("run:77777777", "reg", V1),
    )  # fmt: skip
    answer = downstream(store, "m-9")
    assert (answer.verdict, [gap.node for gap in answer.gaps]) == (Verdict.NOT_CAPTURED, [V1])
    assert downstream(store, "churn/1").verdict is Verdict.NONE


def test_a_version_before_its_first_crawl():
    store = draw(
        node(V1, name="churn/1", model="churn", version=1, created=100),
        node(V2, name="churn/2", model="churn", version=2, created=900),
    )
    answer = downstream(store, ["churn/1", "churn/2"], Options(as_of=500))
    assert [(gap.code, gap.node) for gap in answer.gaps] == [("not-observed", V1)]


def test_unmatched_edges_are_a_gap_of_their_run():
    store = draw(
        node("source:s3://a", uri="s3://a"), node("dataset:s3://a@1", name="a"), run("run:77777777", "job"),
        edge("source:s3://a", "ver", "dataset:s3://a@1"),
        edge("dataset:s3://a@1", "read", "run:77777777", evidence=Evidence.INFERRED, rule="unmatched"),
    )  # fmt: skip
    answer = upstream(store, "run:job")
    assert [(gap.code, gap.node) for gap in answer.gaps] == [("unmatched", "run:77777777")]


def test_a_limit_keeps_the_roots_and_the_nearest():
    whole = downstream(draw_shop(), "orders.parquet")
    answer = downstream(draw_shop(), "orders.parquet", Options(limit=3))
    assert [each.id for each in answer.nodes] == [each.id for each in whole.nodes[:4]]
    assert answer.counts == whole.counts
    assert answer.truncated.nodes == len(whole.nodes) - 4
    assert answer.truncated.edges == len(whole.edges) - len(answer.edges)
    assert answer.truncated.why == "limit"
    assert whole.truncated.why is None


def test_kinds_filter_nodes_and_not_paths():
    answer = upstream(draw_shop(), "shop/churn-api", Options(kinds=(Kind.SOURCE, Kind.MODEL_VERSION)))
    assert {each.id for each in answer.nodes} == {ORDERS, V2}
    assert answer.edges == ()
    assert (ORDERS, O2, T2, M2, V2, CHAMPION, API) in [path.nodes for path in answer.paths]
    assert answer.counts["Dataset"] == 1


def test_paths_name_the_edges_that_they_take():
    answer = upstream(draw_shop(), "churn@champion")
    (path,) = answer.paths
    assert path.nodes == (ORDERS, O2, T2, M2, V2, CHAMPION)
    assert [(answer.edges[at].src, answer.edges[at].dst) for at in path.edges] == list(
        zip(path.nodes, path.nodes[1:])
    )


def test_order_is_the_contracts():
    answer = downstream(draw_shop(), "orders.parquet")
    hops = [answer.hops[each.id] for each in answer.nodes]
    assert hops == sorted(hops)
    assert [each.key for each in answer.edges] == sorted(each.key for each in answer.edges)


def test_gaps_say_what_to_paste():
    (gap,) = upstream(draw_shop(), "fraud/1").gaps
    assert gap.message == "run blind 55555555 logged no dataset"
    assert gap.fix == "inputs: [params.train-data-path]"
    (gap,) = downstream(draw_shop(), "s3://shop/extra.csv").gaps
    assert gap.fix == "inputs: [params.train-data-path]"
    (gap,) = downstream(draw_shop(), "fraud/1").gaps
    assert gap.fix == 'MlflowClient().set_registered_model_alias("fraud", "champion", 1)'


def test_a_source_that_jobs_write_says_so():
    store = draw_shop(
        node("source:file:///s", uri="file:///s", name="s"), edge("source:file:///s", "ver", SCORES)
    )
    answer = upstream(store, "file:///s")
    assert answer.verdict is Verdict.NONE
    assert answer.notes == (f"1 versions of it were written by runs: lineage-graph upstream {SCORES}",)


def test_reads_in_a_window():
    day = 86_400_000
    answer = downstream(draw_shop(), "orders.parquet", Options(read_between=(0, day)))
    assert {T1, M1, V1} < {each.id for each in answer.nodes}
    assert T2 not in {each.id for each in answer.nodes}


def test_a_way_through_a_run_begins_at_what_it_trained_on():
    # a ─inference→ r, b ─training→ r ─→ m: asked of both, the model comes from b
    store = draw(
        node("dataset:a@1", name="a"), node("dataset:b@1", name="b"), run("run:11111113", "r"), node("model:m-9"),
        edge("dataset:a@1", "read", "run:11111113", role="inference"),
        edge("dataset:b@1", "read", "run:11111113", role="training"),
        edge("run:11111113", "made", "model:m-9"),
    )  # fmt: skip
    answer = downstream(store, ["dataset:a@1", "dataset:b@1"], Options(kinds=(Kind.MODEL,)))
    assert [path.nodes for path in answer.paths] == [("dataset:b@1", "run:11111113", "model:m-9")]
