"""What the person on call sees."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lineage_graph.graph import Kind, State
from lineage_graph.query.answer import Options, Verdict
from lineage_graph.query.impact import Group, impact
from lineage_graph.render.impact import render_impact
from tests.query import shop
from tests.query.graphs import ORIGIN, draw, edge, node
from tests.query.shop import API, CHAMPION, JUDGE, M2, MAILS, O2, T1, T2, V1, V2, draw_shop


def test_the_bad_file():
    answer = impact(draw_shop(), "orders.parquet")
    header = answer.header
    assert (header.read_by, header.last_read, header.versions) == (3, 3 * shop.DAY, 1)
    assert (header.deployments, header.consumers, header.pointers) == (1, 1, 0)
    deployment, consumer = answer.rows(Group.LIVE)
    assert (deployment.nodes, deployment.owner, deployment.hops) == ((API,), "growth@shop.example", 6)
    assert (deployment.chain, deployment.via, deployment.ran_by) == ((CHAMPION, V2, M2, T2, O2), None, "ana")
    assert (consumer.nodes, consumer.owner, consumer.via) == ((MAILS,), "crm@shop.example", API)
    (idle,) = answer.rows(Group.REGISTERED)
    assert (idle.nodes, idle.ran_by, idle.hops) == ((V1,), "ana", 4)
    assert answer.rows(Group.MODELS) == ()
    assert answer.rows(Group.EVALUATED) == ()  # judge-1 judged a model of it, on other data
    assert answer.commands[0] == "lineage-graph path orders.parquet deployment:shop/churn-api"


def test_a_pointer_without_a_deployment_may_be_loaded_by_anybody():
    store = draw_shop(node("alias:prod/default/churn@old", name="churn@old", model="churn", alias="old", pointer="alias"),
                      edge(V1, "alias", "alias:prod/default/churn@old"))  # fmt: skip
    answer = impact(store, "orders@aa11")
    assert [row.kind for row in answer.rows(Group.LIVE)] == [Kind.ALIAS]
    assert answer.rows(Group.REGISTERED) == ()


def test_staging_is_not_live():
    stage = "alias:prod/default/churn/Staging"
    store = draw_shop(
        node(stage, name="churn/Staging", model="churn", alias="Staging", pointer="stage"),
        edge(V1, "alias", stage),
    )
    answer = impact(store, "orders@aa11")
    assert answer.rows(Group.LIVE) == ()
    assert [row.nodes for row in answer.rows(Group.REGISTERED)] == [(V1,)]


def test_models_that_nobody_registered_and_what_was_only_judged():
    store = draw_shop(
        *(node(f"model:m-{n}", name="model") for n in (7, 8)),
        *(edge(T1, "made", f"model:m-{n}") for n in (7, 8)),
    )
    (models,) = impact(store, "orders@aa11").rows(Group.MODELS)
    assert (models.nodes, models.ran_by) == (("model:m-7", "model:m-8"), "ana")
    (judged,) = impact(store, "holdout.parquet").rows(Group.EVALUATED)
    assert judged.nodes == (JUDGE,)


def test_versions_of_one_person_are_one_row():
    v3 = "modelversion:prod/default/churn/10"
    answer = impact(draw_shop(shop.version(v3), edge("model:m-1", "reg", v3)), "orders@aa11")
    (row,) = answer.rows(Group.REGISTERED)
    assert row.names == ("churn/1", "churn/10")


def test_a_deleted_version_is_no_impact():
    gone = "modelversion:prod/default/churn/9"
    claim = node(gone, name="churn/9", model="churn", version=9, run_id="", state=State.DELETED)
    answer = impact(draw_shop(claim, edge("model:m-1", "reg", gone)), "orders@aa11")
    assert [row.nodes for row in answer.rows(Group.REGISTERED)] == [(V1,)]


@pytest.mark.parametrize(
    "options", [Options(limit=1), Options(kinds=(Kind.CONSUMER,))], ids=["limit", "kind"]
)
def test_groups_are_of_the_whole_answer(options):
    assert (
        impact(draw_shop(), "orders.parquet", options).groups == impact(draw_shop(), "orders.parquet").groups
    )


@pytest.mark.parametrize(
    "options",
    [Options(limit=0), Options(limit=1), Options(kinds=(Kind.CONSUMER,))],
    ids=["none", "limit", "kind"],
)
def test_what_is_not_shown_has_its_name_on_the_way(options):
    whole = render_impact(impact(draw_shop(), "orders.parquet")).split("\n")
    live = whole[whole.index("LIVE") + 1 : whole.index("REGISTERED, NOT LIVE")]
    assert live[0].endswith("6 hops  churn@champion ← churn/2 ← train-2 22222222 ← orders@bb22")
    assert live[1].endswith("via shop/churn-api")
    assert set(live) <= set(render_impact(impact(draw_shop(), "orders.parquet", options)).split("\n"))


# (asked, options) -> what the first line says of its use
USES = {
    "read, and judged on as well": ("orders@bb22", {}, "read by 2 runs, last 1970-01-04"),
    "judged on only": ("holdout.parquet", {}, "recorded only as evaluation data, in 1 evaluation"),
    "one version of it": ("holdout@cc33", {}, "recorded only as evaluation data, in 1 evaluation"),
    "not in that time": ("orders.parquet", {"read_between": (0, 1)}, "no run is known to have read it in that time"),
    "hinted at only": ("s3://shop/extra.csv", {}, "no run is known to read it"),
    "not that near": ("orders.parquet", {"depth": 1}, "no run is known to read it within 1 hop"),
    "judged on, not that near": ("holdout.parquet", {"depth": 1}, "no run is known to read it within 1 hop"),
    "a model is not read": ("m-2", {}, "READY"),
}  # fmt: skip


@pytest.mark.parametrize(("ref", "options", "said"), USES.values(), ids=USES)
def test_how_data_is_used_is_said_first(ref, options, said):
    store = draw_shop(edge(O2, "eval", JUDGE))
    found = impact(store, ref, Options(**options))
    # Where nothing is below, which kind of nothing it is comes before.
    at = 0 if found.answer.verdict is Verdict.FOUND else 1
    assert render_impact(found).split("\n")[at].endswith(said)


def test_nothing_and_why():
    answer = impact(draw_shop(), "s3://shop/extra.csv")
    assert (answer.answer.verdict, answer.groups) == (Verdict.NOT_CAPTURED, ())
    assert answer.commands == (
        "lineage-graph doctor no-dataset",
        "lineage-graph impact s3://shop/extra.csv --include-possible",
    )


def test_two_stores_may_both_have_a_churn_1():
    """Neither are they one row, nor told by one name, nor does the next command mean both."""
    other = "modelversion:other/default/churn/1"
    claims = (
        *shop.NODES,
        *shop.EDGES,
        node(other, name="churn/1", model="churn", version=1),
        edge(shop.M1, "reg", other),
    )
    answer = impact(draw(*claims, origins=(ORIGIN, replace(ORIGIN, name="mlflow:other"))), "orders@aa11")
    assert sorted(row.nodes for row in answer.rows(Group.REGISTERED)) == [(other,), (V1,)]
    assert answer.commands[0] == f"lineage-graph path orders@aa11 {other}"
    shown = render_impact(answer)
    assert "churn/1 of other" in shown
    assert "churn/1 of prod" in shown
