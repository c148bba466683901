"""Every gap code is worded with the node's own names and closed by something to paste."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml

from lineage_graph.graph import Evidence, Kind, Node, State
from lineage_graph.query.answer import Verdict
from lineage_graph.query.coverage import read_coverage
from lineage_graph.query.gaps import WORDINGS, codes_of, inputs_line, page, title_of, word_gap
from lineage_graph.query.traversal import downstream, upstream
from tests.query import shop
from tests.query.graphs import ORIGIN, draw, edge, node

CODES = ["relative-path", "code-only-source", "no-dataset", "role-not-recorded", "which-model", "no-run", "evaluation-without-model", "signature-unreadable", "features-unreadable", "use-unknown", "run-not-finished", "not-observed", "unmatched", "deleted-on-path", "source-unreadable", "reference-unresolved", "evaluation-data-only", "run-missing", "no-pointer", "cycle"]  # fmt: skip
RUN = Node("run:9c04d2abff", Kind.RUN, "Training", properties={"run_id": "9c04d2abff"}, records=("x/y",))
VERSION = Node(
    "modelversion:p/d/churn/3", Kind.MODEL_VERSION, "churn/3", properties={"model": "churn", "version": 3}
)
RELATIVE = Node(
    "source:relative:p/churn model:data/x.csv", Kind.SOURCE, "data/x.csv",
    properties={"uri": "data/x.csv", "recorded": "data/x.csv", "scope": "p/churn model"},
)  # fmt: skip
DATA = Node("dataset:p/1/orders@71fe", Kind.DATASET, "orders", properties={"digest": "71fe"})
EVALUATION = Node("evaluation:40aa9be1", Kind.EVALUATION, "judge", properties={"run_id": "40aa9be1"})
COLUMN = Node(
    "feature:source:s3://a/x.csv#age",
    Kind.FEATURE,
    "age",
    properties={"column": "age", "source": "s3://a/x.csv"},
)
SAID = {
    "relative-path": (
        RELATIVE, "data/x.csv is recorded as a relative path; the directory was not", "--root 'churn model'=DIR",
    ),
    "code-only-source": (
        DATA, "orders@71fe: the code that made it is recorded, where the data came from is not",
        'data = mlflow.data.from_pandas(df, source="PATH OR URI OF THE DATA", name="orders-located")\n'
        'mlflow.log_input(data, context="training")',
    ),
    "evaluation-without-model": (
        EVALUATION, "evaluation judge 40aa9be1 names no model",
        'evaluations:\n  - run: "40aa9be1"\n    model: NAME/VERSION',
    ),
    "no-pointer": (
        VERSION, "churn has neither an alias nor a stage: nothing says what is live",
        'MlflowClient().set_registered_model_alias("churn", "champion", 3)',
    ),
    "deleted-on-path": (
        RUN, "run Training 9c04d2ab is deleted; what came of it is not", "mlflow runs restore --run-id 9c04d2abff",
    ),
    "features-unreadable": (
        Node("model:m-1", Kind.MODEL, "model", properties={"model_id": "m-71fe0c3522", "features": {"state": "not-read"}}),
        "model m-71fe0c35 looks features up, and was not asked which", "lineage-graph ingest mlflow --artifacts",
    ),
    "use-unknown": (
        COLUMN, "what became of column age of x.csv is not recorded: a label, dropped, or transformed",
        'mlflow.sklearn.log_model(model, name="model", signature=infer_signature(X_train))   # a label stays: it is in no signature',
    ),
}  # fmt: skip


def test_the_table_has_the_contracts_codes():
    assert sorted(WORDINGS) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "about", [RUN, VERSION, RELATIVE, DATA, EVALUATION, COLUMN], ids=lambda each: each.kind
)
def test_every_code_can_be_said_of_every_node(code, about):
    gap = word_gap(code, about)
    assert gap.message
    assert gap.fix
    assert re.fullmatch("[^{}]+", gap.message)
    assert page(code).endswith(f"{code}.md")
    assert title_of(code) != code


@pytest.mark.parametrize(("about", "message", "fix"), SAID.values(), ids=SAID)
def test_the_words(request, about, message, fix):
    code = request.node.callspec.id
    assert word_gap(code, about)[2:] == (message, fix)


def test_a_param_that_names_the_data_is_the_shortest_fix():
    keys = {RUN.id: ["params.train: data", "tags.other"]}
    fix = word_gap("no-dataset", RUN, keys).fix
    assert fix == 'inputs: ["params.train: data"]'
    assert yaml.safe_load(fix) == {"inputs": ["params.train: data"]}
    assert yaml.safe_load(inputs_line(["params.train-data-path"])) == {"inputs": ["params.train-data-path"]}


@pytest.mark.parametrize("name", ["yes", "12", "a: b", "- x", "#x", "", "é ü", "true", "x'y", "~"])
def test_names_in_yaml_stay_what_they_are(name):
    fix = word_gap(
        "evaluation-without-model", EVALUATION._replace(properties={"run_id": name}, name=name)
    ).fix
    assert yaml.safe_load(fix)["evaluations"][0]["run"] == name


def test_a_code_of_another_source_is_said_as_it_is():
    assert word_gap("odd-thing", RUN).message == "Training 9c04d2ab: odd-thing"


@pytest.mark.parametrize(
    ("about", "message", "fix"),
    [
        (VERSION, "version churn/3 is deleted: where it stood is known of the time when it was there",
         "lineage-graph upstream modelversion:p/d/churn/3 --as-of TIME   # when it was there"),
        (Node("alias:p/d/churn@champion", Kind.ALIAS, "churn@champion"),
         "alias churn@champion is deleted: where it stood is known of the time when it was there",
         "lineage-graph upstream alias:p/d/churn@champion --as-of TIME   # when it was there"),
        (Node("model:m-1", Kind.MODEL, "model", properties={"model_id": "m-71fe0c3522"}),
         "model m-71fe0c35 is deleted; what came of it is not", "lineage-graph show model:m-1"),
    ],
    ids=["version", "alias", "model"],
)  # fmt: skip
def test_a_deleted_thing_is_called_what_it_is(about, message, fix):
    assert word_gap("deleted-on-path", about)[2:] == (message, fix)


@pytest.mark.parametrize(
    ("about", "message", "fix"),
    [
        (RUN, "the list of features that Feast retrieved for run Training 9c04d2ab is cut short or not understood",
         'data = mlflow.data.from_pandas(df, source="PATH OR URI OF THE DATA", name="training-data")\n'
         'mlflow.log_input(data, context="training")'),
        (Node("model:m-1", Kind.MODEL, "model",
              properties={"model_id": "m-71fe0c3522", "features": {"state": "unreadable"}, "artifact_location": "s3://a/1"}),
         "feature_spec.yaml of model m-71fe0c35 could not be read as a whole: it looks features up, and not all are known",
         "lineage-graph ingest mlflow URI   # from where its artifacts can be read: s3://a/1"),
    ],
    ids=["run", "model"],
)  # fmt: skip
def test_what_a_feature_store_recorded_in_vain(about, message, fix):
    assert word_gap("features-unreadable", about)[2:] == (message, fix)


def test_the_state_is_a_gap():
    assert codes_of(RUN) == []
    assert codes_of(RUN._replace(state=State.DELETED)) == ["deleted-on-path"]
    assert codes_of(RUN._replace(state=State.DELETED, records=())) == ["run-missing"]
    assert codes_of(RUN._replace(state=State.FAILED)) == []


@pytest.mark.parametrize(
    ("claims", "root", "code", "fix"),
    [
        (
            [shop.version(shop.V1), shop.run("run:77777777", "tune"),
             edge(shop.V1, "load", "run:77777777", evidence=Evidence.POSSIBLE, rule="model-uri", text="models:/churn/1")],
            "churn/1", "unmatched", 'loads:\n  - run: "77777777"\n    model: churn/1',
        ),
        (
            [node("dataset:s3://a@1", name="a", digest="1", source="s3://a"), shop.dataset("dataset:p/1/b@1", "b", "1", None),
             edge("dataset:s3://a@1", "same", "dataset:p/1/b@1", evidence=Evidence.POSSIBLE, rule="same-content")],
            "a@1", "code-only-source",
            'data = mlflow.data.from_pandas(df, source="PATH OR URI OF THE DATA", name="b-located")\n'
            'mlflow.log_input(data, context="training")',
        ),
    ],
    ids=["model-uri", "same-content"],
)  # fmt: skip
def test_a_hint_alone_is_not_captured_and_says_how_to_say_it(claims, root, code, fix):
    answer = downstream(draw(*claims), root)
    assert (answer.verdict, len(answer.possible)) == (Verdict.NOT_CAPTURED, 1)
    assert [(gap.code, gap.fix) for gap in answer.gaps] == [(code, fix)]


def test_to_crawl_again_is_to_crawl_the_same_store():
    """Pasted without a URI it crawls whatever store the working directory has."""
    origin = replace(ORIGIN, uri="https://mlflow.shop.example/a b")
    running = node("run:99999999", "run-not-finished", "no-dataset", name="late", run_id="99999999")
    model = node("model:m-9", "signature-unreadable", name="model", model_id="m-9")
    graph = draw(running, model, edge("run:99999999", "made", "model:m-9"), origins=[origin])
    fixes = {gap.code: gap.fix for gap in upstream(graph, "m-9").gaps}
    assert fixes["run-not-finished"] == "lineage-graph ingest mlflow 'https://mlflow.shop.example/a b'"
    assert (
        "mlflow URI " in fixes["signature-unreadable"]
    )  # where this was crawled from they could not be read
    assert fixes["no-dataset"].startswith("data = ")
    (group,) = read_coverage(graph, "run-not-finished").gaps
    assert group.fix == fixes["run-not-finished"]


def test_evaluation_data_is_never_said_to_be_used_only_so():
    gap = word_gap("evaluation-data-only", Node("run:11111112", Kind.RUN, "fit"))
    assert "recorded only as evaluation" in gap.message
    assert not [
        code
        for code in CODES
        if re.search("used only|only used", word_gap(code, Node(f"run:{code}", Kind.RUN, "x")).message)
    ]
