"""What a report says, against answers worked out by hand from the committed stores."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from lineage_graph.api import Lineage
from lineage_graph.errors import NotFound
from lineage_graph.governance.report import audit
from lineage_graph.graph import Kind
from lineage_graph.query.answer import Verdict, rfc3339
from lineage_graph.stores.base import NodeFilter
from tests.governance.stories import (
    CREATED,
    LINES,
    NAMES,
    copy_shop,
    crawled,
    declare,
    move_alias,
)

SUBJECTS = frozenset({Kind.MODEL_VERSION, Kind.ALIAS, Kind.DEPLOYMENT})
SCHEMA = json.loads((files("lineage_graph") / "schemas" / "audit-1.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@pytest.fixture
def shop():
    with crawled("shop") as lineage:
        yield lineage


def line(text: str) -> str:
    return f"declared:shop/lineage.yaml:{LINES[text]}"


OWNER = '"model:churn": growth@shop.example'
RAW_OWNER = '"/srv/shop/raw/orders.csv": data@shop.example'
DERIVATION = '- output: "/srv/shop/data/orders.csv"'


def test_the_champion_of_the_shop(shop):
    report = shop.audit("churn@champion", created=CREATED)
    assert report.upstream.verdict is Verdict.FOUND
    assert [version.name for version in report.history.versions] == ["churn/1", "churn/2", "churn/3"]
    assert [version.name for version in report.history.versions if version.audited] == ["churn/3"]
    assert {
        (place.uri, data.name, data.digest, data.rows, read.role, read.name.split()[0])
        for place in report.origins
        for data in place.data
        for read in data.reads
    } == {
        ("file:///srv/shop/data/orders.csv", "orders@fd3f8e55", "fd3f8e55", 36, "training", "train-3"),
        ("file:///srv/shop/data/customers.csv", "customers@25fb2f56", "25fb2f56", 20, "training", "train-3"),
    }
    assert all(place.first for place in report.origins)
    (run,) = report.runs
    assert (run.made_it, run.ran_by, run.status, run.branch, run.commit) == (
        True,
        "ana",
        "FINISHED",
        "main",
        "17a3b97a72600a44e7639483fade9b4844f6e8a6",
    )
    assert run.records == (f"mlflow:shop/runs/{run.run_id}",)
    assert dict(run.metrics) == {"accuracy": 0.83}


def test_what_judged_it_on_which_data(shop):
    (judged,) = shop.audit("churn/3").judgements.evaluations
    assert judged.name.startswith("eval-3 ")
    assert [(data.name, data.rows, data.also_trained_on) for data in judged.data] == [
        ("holdout@5c85bf54", 12, False)
    ]
    assert judged.metrics["example_count"] == 12.0
    assert [model.kind for model in judged.models] == [Kind.MODEL]


def test_nothing_judged_version_two(shop):
    assert shop.audit("churn/2").judgements.evaluations == ()


def test_what_people_declare_is_cited_by_file_and_line(shop, tmp_path):
    declare(shop, tmp_path)
    report = shop.audit("deployment:shop/churn-api")
    places = {place.uri: place for place in report.origins}
    raw = places["file:///srv/shop/raw/orders.csv"]
    assert raw.first
    assert raw.owner is not None
    assert (raw.owner.who, raw.owner.records) == ("data@shop.example", (line(RAW_OWNER),))
    assert not places["file:///srv/shop/data/orders.csv"].first
    (step,) = report.steps
    assert (step.by, step.records) == ("clean.py", (line(DERIVATION),))
    assert [end.uri for end in step.inputs] == ["file:///srv/shop/raw/orders.csv"]
    (deployment,), (consumer,) = report.deployments, report.consumers
    assert deployment.records == deployment.uses[0].records == (line("- name: churn-api"),)
    assert deployment.owner is not None
    assert deployment.owner.records == (line("- name: churn-api"),)
    assert (consumer.name, consumer.uses[0].name) == ("retention-mails", "shop/churn-api")
    assert consumer.records == (line("- name: retention-mails"),)
    # A declared execution is a step, and no recorded run.
    assert [run.name.split()[0] for run in report.runs] == ["train-3"]


def test_who_owns_a_registered_model_owns_its_alias(shop, tmp_path):
    declare(shop, tmp_path)
    owner = shop.audit("churn@champion").owner
    assert owner is not None
    assert (owner.who, str(owner.evidence), owner.records) == (
        "growth@shop.example",
        "declared",
        (line(OWNER),),
    )


def test_no_owner_is_said_to_be_none(shop):
    assert shop.audit("churn@champion").to_dict()["subject"]["owner"] is None


def test_an_alias_that_moves_between_crawls(tmp_path):
    database = copy_shop(tmp_path)
    with Lineage.open("memory:") as lineage:
        lineage.ingest("mlflow", str(database), name="shop")
        first = lineage.store.state()[1][0].read_at
        move_alias(database, "churn", "champion", 1)
        lineage.ingest("mlflow", str(database), name="shop")
        second = lineage.store.state()[1][0].read_at
        report = lineage.audit("churn@champion")
        then = lineage.audit("churn@champion", as_of=first)
        before = lineage.audit("churn@champion", as_of=1_000)
    champion = next(each for each in report.history.pointers if each.asked)
    assert [(each.name, each.not_before, each.since, each.until) for each in champion.intervals] == [
        ("churn/3", None, first, second),
        ("churn/1", first, second, None),
    ]
    assert champion.observed_since == first
    assert [version.name for version in report.history.versions if version.audited] == ["churn/1"]
    assert [version.name for version in then.history.versions if version.audited] == ["churn/3"]
    assert [gap.code for gap in before.gaps] == ["not-observed"]
    assert before.to_dict()["as_of"] == rfc3339(1_000)


def test_a_copy_names_what_it_was_copied_from():
    with crawled("versions") as lineage:
        report = lineage.audit("copied-again@live")
    kept = {version.name: (version.audited, version.copied) for version in report.history.versions}
    assert kept["copied-again/1"] == (True, False)
    assert kept["copied/1"] == (False, True)
    assert [run.name.split()[0] for run in report.runs if run.made_it] == ["base"]


def test_a_run_that_is_gone_is_a_gap_first():
    with crawled("versions") as lineage:
        report = lineage.audit("gone-run/1")
    assert report.upstream.verdict is Verdict.NOT_CAPTURED
    assert "run-missing" in {gap.code for gap in report.gaps}
    assert [(run.state, run.records) for run in report.runs] == [("deleted", ())]


OTHERS = {
    "a registered model": ("churn", ("churn/1", "churn/2", "churn/3")),
    "data": ("customers.csv", ()),
}


@pytest.mark.parametrize(("ref", "instead"), OTHERS.values(), ids=OTHERS)
def test_what_is_no_subject_names_those_that_are(shop, ref, instead):
    with pytest.raises(NotFound) as refused:
        shop.audit(ref)
    assert refused.value.candidates == instead


def test_what_is_unknown_is_not_found(shop):
    with pytest.raises(NotFound):
        shop.audit("chrun@champion")


@pytest.mark.parametrize("name", NAMES)
def test_every_report_of_every_store(name):
    """Valid, the same twice, every origin of the answer and no other, and nothing without a record."""
    with crawled(name) as lineage:
        for node in lineage.store.find(NodeFilter(kinds=SUBJECTS)):
            report = audit(lineage.store, node.id, created=CREATED)
            document = report.to_dict()
            VALIDATOR.validate(json.loads(json.dumps(document, allow_nan=False)))
            assert document == audit(lineage.store, node.id, created=CREATED).to_dict()
            answer = lineage.upstream(node.id)
            assert document["verdict"] == answer.verdict.value
            assert listed(report) == {
                each.id for each in answer.nodes if each.kind in (Kind.SOURCE, Kind.DATASET)
            }
            assert {gap.code for gap in answer.gaps} <= {gap.code for gap in report.gaps}
            assert list(without_record(document, {each.id for each in answer.nodes if each.stub})) == []


def listed(report: Any) -> set[str]:
    places = {place.id for place in report.origins if place.id}
    return places | {data.id for place in report.origins for data in place.data}


def without_record(value: Any, stubs: set[str]) -> Any:
    """Statements that name no record, but for what others only name."""
    if isinstance(value, dict):
        if value.get("records") == [] and value.get("id") not in stubs and value.get("uri", "") is not None:
            yield value
        for inner in value.values():
            yield from without_record(inner, stubs)
    elif isinstance(value, list):
        for inner in value:
            yield from without_record(inner, stubs)


def test_an_answer_shows_its_picture_in_a_notebook(shop):
    for shown in (shop.upstream("churn@champion"), shop.impact("customers.csv"), shop.audit("churn/3")):
        drawn = shown._repr_html_()
        assert drawn is not None
        assert "<svg" in drawn
        assert "<script" not in drawn
