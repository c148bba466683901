"""What a declaration makes of a graph, through real stores."""

import pytest

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Kind, NodeClaim, Record, State
from lineage_graph.ingest import resolve_changes
from tests.ingest.declaring import (
    API,
    CHAMPION,
    DEPLOYMENT,
    DERIVED,
    EVAL,
    GROUP,
    INPUTS,
    MODEL,
    PRODUCTION,
    RUN,
    SCORE,
    V1,
    V2,
    declare,
    draw,
    edges_of,
    location,
    node_of,
    recorded,
    registry,
    snapshot,
    with_gap,
)

MAILS = naming.consumer_id("mails")


@pytest.mark.parametrize(
    ("reference", "product"),
    [
        ("churn/2", V2),
        ("churn@champion", CHAMPION),
        ("models:/churn/2", V2),
        ("models:/churn@champion", CHAMPION),
        ("churn/Production", PRODUCTION),
        ("models:/churn/production", PRODUCTION),
        ("m-1", MODEL),
        ("models:/m-1", MODEL),
        (f"runs:/{RUN}/model", MODEL),
        (V2, V2),
        ("version:churn/1", V1),
        ("alias:churn@champion", CHAMPION),
    ],
)
def test_what_a_deployment_serves(store, tmp_path, reference, product):
    declare(store, tmp_path, DEPLOYMENT % f"'{reference}'")
    draw(store, recorded())
    assert edges_of(store, API, EdgeType.SERVED_BY) == [(product, API, "declared")]
    assert node_of(store, API).gaps == ()


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("churn/7", "churn/7: nothing goes by that name"),
        ("Churn@champion", "nothing goes by"),
        ("churn", "a registered model; say which version or alias"),
        ("m-2", "nothing goes by"),
        (f"runs:/{RUN}", "nothing goes by"),
        ("deployment:shop/churn-api", "nothing goes by"),
        ("/srv/orders.csv", "nothing goes by"),
    ],
)
def test_what_leads_nowhere_is_a_gap_and_no_link(store, tmp_path, reference, why):
    draw(store, recorded())
    declare(store, tmp_path, DEPLOYMENT % f"'{reference}'")
    assert edges_of(store, API, EdgeType.SERVED_BY) == []
    node = node_of(store, API)
    assert node.gaps == ("reference-unresolved",)
    assert why in str(node.properties["unresolved"])


def test_a_name_of_two_stores_is_no_name_unless_the_store_is_said(store, tmp_path):
    draw(store, recorded())
    draw(store, registry("other"), "other")
    declare(store, tmp_path, DEPLOYMENT % "churn/2")
    assert "2 things go by that name" in str(node_of(store, API).properties["unresolved"])
    declare(store, tmp_path, "store: other\n" + DEPLOYMENT % "churn/2")
    assert node_of(store, API).gaps == ()
    assert [src for src, _, _ in edges_of(store, API, EdgeType.SERVED_BY)] == [
        naming.model_version_id("other", "default", "churn", 2)
    ]


def test_evidence_has_file_and_line(store, tmp_path):
    draw(store, recorded())
    declare(store, tmp_path, "\n" + DEPLOYMENT % "churn/2")
    (edge,) = store.neighbours([API], frozenset({EdgeType.SERVED_BY})).edges
    assert edge.records == ("resolve/declared:team/lineage.yaml:4",)
    assert node_of(store, API).properties["declaration"]["line"] == 4  # type: ignore[index]


def test_since_and_until(store, tmp_path):
    draw(store, recorded())
    text = "deployments:\n  - {name: churn-api, platform: k8s, namespace: shop, serves: churn/2, since: 2026-01-01, until: 2026-02-01}\n"
    declare(store, tmp_path, text)
    (edge,) = store.neighbours([API], frozenset({EdgeType.SERVED_BY})).edges
    assert (edge.valid_from, edge.valid_to) == (1767225600000, 1769904000000)


def test_owners_and_who_inherits_them(store, tmp_path):
    draw(store, recorded())
    text = f"owners:\n  model:churn: ana\n  churn/1: bo\n  {RUN[:8]}: cem\n  /srv/orders.csv: dia\n  deployment:shop/churn-api: eve\n"
    declare(store, tmp_path, text + DEPLOYMENT % "churn/2")
    owners = {
        node: node_of(store, node).properties.get("owner")
        for node in (GROUP, V1, V2, CHAMPION, PRODUCTION, MODEL)
    }
    assert owners == {GROUP: "ana", V1: "bo", V2: "ana", CHAMPION: "ana", PRODUCTION: "ana", MODEL: "ana"}
    assert node_of(store, naming.run_id(RUN)).properties["owner"] == "cem"
    assert node_of(store, naming.source_id(location("/srv/orders.csv"))).properties["owner"] == "dia"
    assert node_of(store, API).properties["owner"] == "eve"
    assert node_of(store, V2).name == "churn/2"


def test_an_owner_brings_nothing_deleted_back(store, tmp_path):
    claim = NodeClaim(
        V1, Kind.MODEL_VERSION, "churn/1", {"model": "churn", "version": 1}, state=State.DELETED
    )
    draw(store, [Record("v", b"", (claim,))])
    declare(store, tmp_path, "owners: {churn/1: ana}\n")
    assert node_of(store, V1).state is State.DELETED
    assert node_of(store, V1).properties["owner"] == "ana"


def test_tags_join_those_that_are_there(store, tmp_path):
    records = recorded()
    node = records[0].nodes[0]
    tagged = node._replace(properties={**node.properties, "tags": {"team": "a", "tier": "2"}})
    draw(store, [records[0]._replace(nodes=(tagged,)), *records[1:]])
    declare(store, tmp_path, f"tags:\n  runs:/{RUN}: {{tier: 1}}\n")
    assert node_of(store, naming.run_id(RUN)).properties["tags"] == {"team": "a", "tier": "1"}


def test_a_consumer_of_a_deployment_and_of_data(store, tmp_path):
    draw(store, recorded())
    text = "consumers:\n  - {name: mails, owner: crm, uses: [%s, /srv/orders.csv]}\n"
    for reference in ("churn-api", "shop/churn-api", "deployment:shop/churn-api", "k8s/shop/churn-api", API):
        declare(store, tmp_path, text % reference + DEPLOYMENT % "churn/2")
        dataset = naming.dataset_id(naming.source_id(location("/srv/orders.csv")), "71fe0c35")
        assert edges_of(store, MAILS, EdgeType.FEEDS) == [
            (dataset, MAILS, "declared"),
            (API, MAILS, "declared"),
        ]


@pytest.mark.parametrize("model", ["m-1", "churn/2"])
def test_which_model_an_evaluation_judged(store, tmp_path, model):
    draw(store, recorded())
    evaluation = naming.evaluation_id(EVAL)
    assert node_of(store, evaluation).gaps == ("evaluation-without-model",)
    declare(store, tmp_path, f"evaluations:\n  - {{run: {EVAL[:6]}, model: {model}}}\n")
    assert edges_of(store, evaluation, EdgeType.EVALUATED_IN) == [(MODEL, evaluation, "declared")]
    assert node_of(store, evaluation).gaps == ()
    declare(store, tmp_path, "")
    assert node_of(store, evaluation).gaps == ("evaluation-without-model",)
    assert edges_of(store, evaluation, EdgeType.EVALUATED_IN) == []


@pytest.mark.parametrize(
    ("run", "model"), [(f"runs:/{EVAL[:8]}", "m-0558bc8a"), (f"judge {EVAL[:8]}", "model m-0558bc8a")]
)
def test_ids_cut_short_as_tables_print_them(store, tmp_path, run, model):
    judged = naming.model_id("m-0558bc8ad07548749e3660ebb252683f")
    other = naming.model_id("m-0558bc8bd07548749e3660ebb252683f")
    logged = Record(
        "logged-models/x", b"", tuple(NodeClaim(each, Kind.MODEL, "model") for each in (judged, other))
    )
    draw(store, [*recorded(), logged])
    declare(store, tmp_path, f"evaluations:\n  - {{run: '{run}', model: '{model}'}}\n")
    evaluation = naming.evaluation_id(EVAL)
    assert edges_of(store, evaluation, EdgeType.EVALUATED_IN) == [(judged, evaluation, "declared")]
    declare(store, tmp_path, f"evaluations:\n  - {{run: '{run}', model: '{model[:-1]}'}}\n")
    assert edges_of(store, evaluation, EdgeType.EVALUATED_IN) == []


def test_a_run_that_no_source_knows_as_an_evaluation(store, tmp_path):
    draw(store, recorded())
    declare(store, tmp_path, f"evaluations:\n  - {{run: {SCORE}, model: m-1}}\n")
    evaluation = node_of(store, naming.evaluation_id(SCORE))
    assert (evaluation.name, evaluation.properties["metrics"]) == ("score", {"auc": 0.9})


def test_an_evaluation_of_a_version_whose_model_is_not_known(store, tmp_path):
    draw(store, recorded())
    declare(store, tmp_path, f"evaluations:\n  - {{run: {EVAL}, model: churn/1}}\n")
    assert edges_of(store, naming.evaluation_id(EVAL), EdgeType.EVALUATED_IN) == []
    assert [node.name for node in with_gap(store)] == ["lineage.yaml:3"]


def test_what_runs_load(store, tmp_path):
    draw(store, recorded())
    declare(store, tmp_path, f"loads:\n  - {{run: {SCORE}, model: churn@champion}}\n")
    assert edges_of(store, CHAMPION, EdgeType.LOADED_BY) == [(CHAMPION, naming.run_id(SCORE), "declared")]
    declare(store, tmp_path, "loads:\n  - {experiment: churn, model: churn/2}\n")
    assert len(edges_of(store, V2, EdgeType.LOADED_BY)) == 3
    declare(store, tmp_path, "loads:\n  - {experiment: chrun, model: churn/2}\n")
    assert edges_of(store, V2, EdgeType.LOADED_BY) == []
    assert "chrun" in str(with_gap(store)[0].properties["unresolved"])


def test_nothing_is_written_where_nothing_changed(store, tmp_path):
    draw(store, recorded())
    declare(store, tmp_path, INPUTS + DERIVED + DEPLOYMENT % "churn/2")
    change = store.state()[0]
    declare(store, tmp_path, INPUTS + DERIVED + DEPLOYMENT % "churn/2")
    assert resolve_changes(store) == 0
    assert store.state()[0] == change


def test_forgotten_is_as_if_it_had_never_been_said(store, tmp_path):
    draw(store, recorded())
    before = snapshot(store)
    text = (
        f"owners: {{churn: ana}}\nevaluations:\n  - {{run: {EVAL}, model: m-1}}\n"
        + DERIVED
        + DEPLOYMENT % "churn/2"
    )
    declare(store, tmp_path, text)
    assert snapshot(store) != before
    store.forget("declared:team")
    resolve_changes(store)
    assert snapshot(store) == before


@pytest.mark.parametrize("group", ["churn", "registered-model:churn", "model:churn"])
@pytest.mark.parametrize("one", ["churn/1", "version:churn/1", "models:/churn/1"])
def test_an_owner_of_its_own_goes_before_an_inherited_one(store, tmp_path, group, one):
    draw(store, recorded())
    declare(store, tmp_path, f"owners: {{{group}: ana, {one}: bo}}\n")
    assert [node_of(store, node).properties["owner"] for node in (V1, V2)] == ["bo", "ana"]
