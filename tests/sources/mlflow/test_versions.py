"""Rules 7 and 11 as far as one record decides them: where a version came from, and what points at it."""

from typing import Any

import pytest

from lineage_graph.graph import Kind, State
from lineage_graph.sources.mlflow.mapping import is_prompt, map_registered_model, map_stages, map_version
from lineage_graph.sources.mlflow.payload import RegisteredModelPayload, VersionPayload
from tests.sources.mlflow.records import OTHER_RUN, RUN, SCOPE, all_nodes, flow, gaps, mentions

M = "m-" + "1" * 32
V = "prod/default/churn/3"
OF_MODEL_ID = {(M, "REGISTERED_AS", V, "logged", "model-id")}
OF_MODEL_PATH = {(M, "REGISTERED_AS", V, "logged", "model-path")}
COPY = {("prod/default/other/7", "COPIED_TO", V, "logged", "copy")}

# source, storage location, run id -> edges; the run that resolve must look at; its path
ORIGINS = {
    "model id": (f"models:/{M}", "", RUN, OF_MODEL_ID, None, None),
    "model path": (f"/srv/mlruns/1/models/{M}/artifacts", "", "", OF_MODEL_PATH, None, None),
    "model path on the server": (
        f"mlflow-artifacts:/1/models/{M}/artifacts",
        "",
        "",
        OF_MODEL_PATH,
        None,
        None,
    ),
    "storage location": (
        f"runs:/{RUN}/model",
        f"/srv/models/{M}/artifacts",
        RUN,
        OF_MODEL_PATH,
        None,
        "model",
    ),
    "copy, with its run should the original be lost": ("models:/other/7", "", RUN, COPY, RUN, None),
    "copy that kept the model's path": (
        "models:/other/7",
        f"/srv/models/{M}/artifacts",
        RUN,
        COPY | OF_MODEL_PATH,
        None,
        None,
    ),
    "copy of itself": ("models:/churn/3", "", "", set(), None, None),
    "by alias: which version that was is not said": ("models:/other@live", "", "", set(), None, None),
    "runs:": (f"runs:/{RUN}/model", "", RUN, set(), RUN, "model"),
    "runs: without run id": (f"runs:/{RUN}/model", "", "", set(), RUN, "model"),
    "run:": (f"run:/{RUN}/model", "", RUN, set(), RUN, "model"),
    "server path": (f"mlflow-artifacts:/1/{RUN}/artifacts/a/model", "", RUN, set(), RUN, "a/model"),
    "Windows URI": (f"file:///C:/Users/ana/mlruns/1/{RUN}/artifacts/model", "", "", set(), RUN, "model"),
    "Windows path": (f"C:\\Users\\ana\\mlruns\\1\\{RUN}\\artifacts\\model", "", "", set(), RUN, "model"),
    "relative path": (f"mlruns/1/{RUN}/artifacts/model", "", "", set(), RUN, "model"),
    "run of the source before the run id": (f"runs:/{RUN}/model", "", OTHER_RUN, set(), RUN, "model"),
    "run only": (f"runs:/{RUN}", "", RUN, set(), RUN, None),
    "run id only": ("/opt/models/churn.pkl", "", RUN, set(), RUN, None),
    "redacted": ("REDACTED-SOURCE-PATH", "", "REDACTED-RUN-ID", set(), None, None),
    "vendor": ("s3://vendor/churn/1", "", "", set(), None, None),
    "nothing": ("", "", "", set(), None, None),
}


def version(number: str = "3", **fields: Any) -> VersionPayload:
    defaults: dict[str, Any] = {"name": "churn", "version": number, "created": 5_000}
    return VersionPayload(**(defaults | fields))


@pytest.mark.parametrize(
    ("source", "storage", "run_id", "edges", "run", "path"), ORIGINS.values(), ids=ORIGINS
)
def test_where_a_version_came_from(source, storage, run_id, edges, run, path):
    record = map_version(version(source=source, storage_location=storage, run_id=run_id), SCOPE)
    assert record.key == "model-versions/churn/3"
    assert flow(record) == edges
    assert mentions(record) == ({f"run:{run}"} if run else set())
    node = all_nodes(record)[f"modelversion:{V}"]
    assert node.properties["source_path"] == path
    if run:
        assert node.properties["run_id"] == run
    nothing = not edges and not run
    assert gaps(record) == ({"ModelVersion": {"no-run"}} if nothing else {})


def test_a_version_keeps_what_the_contract_promises():
    node = all_nodes(map_version(version(run_id=RUN, stage="Staging", tags={"a": "b"}), SCOPE))[
        f"modelversion:{V}"
    ]
    assert node.name == "churn/3"
    assert {
        key: node.properties[key] for key in ("model", "version", "run_id", "stage", "tags", "created")
    } == {
        "model": "churn",
        "version": 3,
        "run_id": RUN,
        "stage": "Staging",
        "tags": {"a": "b"},
        "created": 5_000,
    }


STATES = [
    ({}, State.LIVE),
    ({"stage": "Deleted_Internal"}, State.DELETED),
    ({"status": "FAILED_REGISTRATION"}, State.FAILED),
    ({"status": "PENDING_REGISTRATION"}, State.LIVE),
]


@pytest.mark.parametrize(("fields", "state"), STATES)
def test_states(fields, state):
    assert all_nodes(map_version(version(**fields), SCOPE))[f"modelversion:{V}"].state is state


def test_versions_belong_to_store_and_workspace():
    record = map_version(version(workspace="eu", source="models:/other/7"), SCOPE)
    assert flow(record) == {("prod/eu/other/7", "COPIED_TO", "prod/eu/churn/3", "logged", "copy")}


def test_each_alias_is_a_record_of_its_own():
    payload = RegisteredModelPayload("churn", aliases={"champion": "3", "previous": "2"})
    group, champion, previous = map_registered_model(payload, SCOPE)
    assert (group.key, group.nodes[0].kind) == ("registered-models/churn", Kind.REGISTERED_MODEL)
    assert champion.key == "aliases/churn/champion"
    assert flow(champion) == {(V, "ALIASED_AS", "prod/default/churn@champion", "logged", "alias")}
    assert champion.edges[0].valid_from is None  # MLflow keeps no times: the store knows when it saw it
    assert champion.nodes[0].properties == {
        "model": "churn",
        "alias": "champion",
        "pointer": "alias",
        "version": 3,
        "workspace": "default",
    }
    assert previous.key == "aliases/churn/previous"


def test_prompts_are_no_models():
    payload = RegisteredModelPayload(
        "greeting", tags={"mlflow.prompt.is_prompt": "true"}, aliases={"live": "1"}
    )
    assert is_prompt(payload)
    assert map_registered_model(payload, SCOPE) == []
    assert not is_prompt(RegisteredModelPayload("churn", tags={"mlflow.prompt.is_prompt": "false"}))


def test_a_stage_points_at_the_newest_version_in_it():
    versions = [
        version("1", stage="Archived"),
        version("2", stage="Production"),
        version("10", stage="Production"),
        version("9", stage="Staging"),
        version("11", stage="None"),
        version("12", stage="Deleted_Internal"),
    ]
    production, staging = map_stages("churn", versions, SCOPE)
    assert production.key == "stages/churn/Production"
    assert flow(production) == {
        ("prod/default/churn/10", "ALIASED_AS", "prod/default/churn/Production", "logged", "stage")
    }
    assert production.nodes[0].properties["pointer"] == "stage"
    assert flow(staging) == {
        ("prod/default/churn/9", "ALIASED_AS", "prod/default/churn/Staging", "logged", "stage")
    }


def test_an_alias_called_like_a_stage_is_another_pointer():
    (_, alias) = map_registered_model(RegisteredModelPayload("churn", aliases={"Production": "5"}), SCOPE)
    (stage,) = map_stages("churn", [version("4", stage="Production")], SCOPE)
    assert alias.nodes[0].id != stage.nodes[0].id
    assert (alias.nodes[0].name, stage.nodes[0].name) == ("churn@Production", "churn/Production")
