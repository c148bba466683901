"""What the URIs of artifacts and registered models point at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.naming import VersionReference, artifact_run_path, logged_model_of, version_of_uri

RUN = "9c04d2ab0123456789abcdef01234567"
OTHER = "0" * 32
MODEL = "m-" + RUN

ARTIFACTS = [
    (f"runs:/{RUN}/model", (RUN, "model")),
    (f"runs:/{RUN}/a/b/", (RUN, "a/b")),
    (f"runs:/{RUN}", (RUN, "")),
    (f"runs:///{RUN}//model", (RUN, "model")),
    ("runs:/short-id/model", ("short-id", "model")),
    (f"runs://profile@databricks/{RUN}/model", (RUN, "model")),
    (f"run:/{RUN}/model", (RUN, "model")),
    (f"mlflow-artifacts:/4/{RUN}/artifacts/model", (RUN, "model")),
    (f"mlflow-artifacts://host:5000/4/{RUN}/artifacts/model", (RUN, "model")),
    (f"file:///C:/mlruns/0/{RUN}/artifacts/my%20model", (RUN, "my model")),
    (rf"C:\mlruns\0\{RUN}\artifacts\model\a", (RUN, "model/a")),
    (rf"file:c:\mlruns\0\{RUN}\artifacts\model", (RUN, "model")),
    (rf"\\nas\mlruns\0\{RUN}\artifacts\model", (RUN, "model")),
    (f"/srv/mlruns/0/{RUN}/artifacts/model", (RUN, "model")),
    (f"/srv/mlruns/0/{RUN}/artifacts", (RUN, "")),
    (f"mlruns/0/{RUN}/artifacts/model", (RUN, "model")),
    (f"./mlruns/0/{RUN}/artifacts/./model", (RUN, "model")),
    (f"s3://b/mlflow/4/{RUN}/artifacts/my%20model", (RUN, "my%20model")),
    (f"dbfs:/databricks/mlflow-tracking/4/{RUN}/artifacts/model", (RUN, "model")),
    (f"https://h/api/2.0/mlflow-artifacts/artifacts/4/{RUN}/artifacts/model?x=1", (RUN, "model")),
    (f"/jobs/{OTHER}/artifacts/mlruns/0/{RUN}/artifacts/model", (RUN, "model")),
    (f"/srv/0/{RUN}/artifacts/model/artifacts/x", (RUN, "model/artifacts/x")),
    ("/srv/9c04d2ab-0123-4567-89ab-cdef01234567/artifacts/m", ("9c04d2ab-0123-4567-89ab-cdef01234567", "m")),
    (f"/srv/models/{MODEL}/artifacts", None),
    (f"models:/{MODEL}", None),
    ("models:/churn/3", None),
    ("/srv/prod/artifacts/model", None),
    (f"/srv/{RUN}/model", None),
    ("dummy-source", None),
    ("", None),
    ("runs:/", None),
]
LOGGED_MODELS = [
    (f"models:/{MODEL}", MODEL),
    ("models:/m-1", "m-1"),
    (f"models:/{MODEL}/MLmodel", MODEL),
    (f"models:/{MODEL}/data/x.pkl", MODEL),
    (f"mlflow-artifacts:/4/models/{MODEL}/artifacts", MODEL),
    (f"/srv/mlruns/4/models/{MODEL}/artifacts/model.pkl", MODEL),
    (rf"C:\mlruns\4\models\{MODEL}\artifacts", MODEL),
    (f"s3://b/4/models/{MODEL}/artifacts/", MODEL),
    (f"/srv/models/{MODEL}", None),
    ("models:/churn/3", None),
    ("models:/m-churn/3", None),
    ("models:/m-churn@champion", None),
    (f"runs:/{RUN}/models/x", None),
    ("", None),
]
VERSIONS = [
    ("models:/churn/3", VersionReference("churn", version=3)),
    ("models:///churn/3", VersionReference("churn", version=3)),
    ("models://profile@databricks/churn/3", VersionReference("churn", version=3)),
    ("models:/churn@champion", VersionReference("churn", alias="champion")),
    ("models:/churn/Production", VersionReference("churn", stage="Production")),
    ("models:/churn/latest", VersionReference("churn")),
    ("models:/cat.schema.churn/12", VersionReference("cat.schema.churn", version=12)),
    ("models:/a@b/3", VersionReference("a@b", version=3)),
    ("models:/a@b@champion", VersionReference("a@b", alias="champion")),
    ("models:/a/b/3", VersionReference("a/b", version=3)),
    ("models:/a/b@champion", VersionReference("a/b", alias="champion")),
    ("models:/Über modèle 100%/3", VersionReference("Über modèle 100%", version=3)),
    ("models:/a%20b/3", VersionReference("a%20b", version=3)),
    ("models:/m-churn/3", VersionReference("m-churn", version=3)),
    (f"models:/{MODEL}", None),
    (f"models:/{MODEL}/MLmodel", None),
    ("models:/churn", None),
    ("models:/", None),
    ("models:/@champion", None),
    ("models:/churn@", None),
    ("models:churn/3", None),
    ("/models/churn/3", None),
    ("", None),
]


@pytest.mark.parametrize(("uri", "expected"), ARTIFACTS, ids=[repr(uri) for uri, _ in ARTIFACTS])
def test_the_run_and_path_of_an_artifact(uri, expected):
    assert artifact_run_path(uri) == expected


@pytest.mark.parametrize(("uri", "expected"), LOGGED_MODELS, ids=[repr(uri) for uri, _ in LOGGED_MODELS])
def test_the_logged_model_of_a_uri(uri, expected):
    assert logged_model_of(uri) == expected


@pytest.mark.parametrize(("uri", "expected"), VERSIONS, ids=[repr(uri) for uri, _ in VERSIONS])
def test_the_version_alias_or_stage_of_a_uri(uri, expected):
    assert version_of_uri(uri) == expected


NAME = st.text(min_size=1, max_size=10).filter(lambda text: text == text.strip() and text[0] != "/")


@given(NAME, st.integers(0, 10**6), st.text("abc_-1", min_size=1))
def test_any_name_is_read_back_from_its_uri(name, version, alias):
    assert version_of_uri(f"models:/{name}/{version}") == VersionReference(name, version=version)
    if not name.endswith("/"):
        assert version_of_uri(f"models:/{name}@{alias}") == VersionReference(name, alias=alias)


@given(st.text())
def test_any_text_is_read_without_an_error(text):
    for uri in (text, "models:/" + text, "runs:/" + text, f"x/{RUN}/artifacts/{text}"):
        artifact_run_path(uri), logged_model_of(uri), version_of_uri(uri)
