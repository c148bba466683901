"""Whatever a store holds: mapping never raises, says the same twice, and lets no secret and no control character through."""

import json
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import Record
from lineage_graph.redact import strip_control
from lineage_graph.sources.mlflow import inputs, origins, texts
from lineage_graph.sources.mlflow.file_state import FileState
from lineage_graph.sources.mlflow.mapping import (
    map_experiment,
    map_model,
    map_registered_model,
    map_run,
    map_stages,
    map_version,
)
from lineage_graph.sources.mlflow.payload import (
    DatasetInput,
    ExperimentPayload,
    Measured,
    ModelPayload,
    RegisteredModelPayload,
    RunPayload,
    VersionPayload,
)
from lineage_graph.sources.mlflow.signature import Column, Signature
from tests.sources.mlflow.records import SCOPE

NAMED = st.sampled_from(
    [
        *("mlflow.log-model.history", "mlflow.datasets", "mlflow.parentRunId", "mlflow.run.isEval"),
        *("mlflow.source.name", "mlflow.modelVersions", "mlflow.prompt.is_prompt", "data_path", "table"),
    ]
)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.sampled_from(["uri", "path", "model", "name"]), inner)
    ),
    max_leaves=5,
).map(json.dumps)
TEXTS = (
    st.text()
    | JSONS
    | st.sampled_from(
        ["models:/churn/3", "runs:/" + "a" * 32, "m-1", "/srv/x.csv", "x.csv", "train", "a" * 32, "\ud800"]
    )
)
PAIRS = st.dictionaries(st.text() | NAMED, TEXTS, max_size=4)
METRICS = st.dictionaries(TEXTS, st.floats(), max_size=3)
INTEGERS = st.none() | st.integers()
INPUTS = st.builds(
    DatasetInput,
    TEXTS,
    TEXTS,
    TEXTS | st.sampled_from(["local", "code", "delta_table", "spark", "hugging_face", "http", "databricks"]),
    TEXTS,
    st.none() | TEXTS,
    st.none() | TEXTS,
    st.dictionaries(st.just("mlflow.data.context"), TEXTS),
)
RUNS = st.builds(
    RunPayload,
    *[TEXTS] * 6,
    INTEGERS,
    INTEGERS,
    TEXTS,
    TEXTS,
    PAIRS,
    METRICS,
    PAIRS,
    st.lists(INPUTS, max_size=3).map(tuple),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.lists(st.tuples(TEXTS, INTEGERS), max_size=2).map(tuple),
    st.lists(st.builds(Measured, TEXTS, TEXTS, TEXTS, METRICS), max_size=2).map(tuple),
    TEXTS,
)
MODELS = st.builds(ModelPayload, *[TEXTS] * 7, INTEGERS, INTEGERS, TEXTS, PAIRS, PAIRS, TEXTS, TEXTS)
VERSIONS = st.builds(VersionPayload, *[TEXTS] * 9, INTEGERS, INTEGERS, PAIRS, TEXTS)
REGISTERED = st.builds(RegisteredModelPayload, TEXTS, TEXTS, INTEGERS, INTEGERS, PAIRS, PAIRS, TEXTS)
EXPERIMENTS = st.builds(ExperimentPayload, TEXTS, TEXTS, TEXTS, TEXTS, PAIRS, TEXTS)
SIGNATURES = st.builds(
    Signature,
    st.sampled_from(FileState),
    st.lists(st.builds(Column, TEXTS, TEXTS), max_size=2).map(tuple),
    st.just(()),
    st.lists(TEXTS, max_size=2).map(tuple),
    TEXTS,
)


def every_text(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from every_text(key)
            yield from every_text(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from every_text(item)


def forget() -> None:
    """Mapping must not depend on what was mapped before."""
    for cached in (
        inputs._map_cached,
        inputs._map_cached_columns,
        origins.read_origin,
        texts._clean_short,
        texts._name,
    ):
        cached.cache_clear()


def holds(mapping: Callable[..., object], payload: object, *more: object) -> None:
    record = mapping(payload, SCOPE, *more)
    forget()
    assert mapping(payload, SCOPE, *more) == record
    for text in every_text(record):
        assert strip_control(text) == text
    for part in record if isinstance(record, list) else [record]:
        assert isinstance(part, Record)
        json.dumps((part.nodes, part.edges), allow_nan=False)


@given(RUNS)
def test_any_run(payload):
    holds(map_run, payload)


@given(MODELS, SIGNATURES)
def test_any_model(payload, signature):
    holds(map_model, payload, signature)


@given(VERSIONS)
def test_any_version(payload):
    holds(map_version, payload)
    holds(lambda versions, scope: map_stages(payload.name, versions, scope), [payload])


@given(REGISTERED)
def test_any_registered_model(payload):
    holds(map_registered_model, payload)


@given(EXPERIMENTS)
def test_any_experiment(payload):
    holds(map_experiment, payload)


SECRET = "hunter2hunter2"
PLANTED = {
    "database": f"postgresql://ana:{SECRET}@db.example/shop",
    "signed": f"https://h.example/x.csv?a=1&X-Amz-Signature={SECRET}",
    "token": f"https://h.example/x.csv?token={SECRET}",
    "JSON": json.dumps({"uri": f"s3://key:{SECRET}@lake/x", "password": SECRET}),
    "source": json.dumps({"uri": f"https://ana:{SECRET}@h.example/x.csv"}),
    "words": f"trained with password={SECRET} by ana",
    "train": f"train password: {SECRET}",
}


def planted_run(secret: str) -> RunPayload:
    tags = {secret: secret, "api_token": SECRET, "mlflow.datasets": secret, "mlflow.note.content": secret}
    tags |= {
        "mlflow.log-model.history": json.dumps(
            [{"artifact_path": secret, "model_uuid": secret, "flavors": {secret: 1}}]
        ),
        "mlflow.parentRunId": secret,
        "mlflow.source.git.repoURL": secret,
        "mlflow.source.name": secret,
    }
    schema = json.dumps({"mlflow_colspec": [{"name": secret, "type": secret}]})
    given_inputs = tuple(
        DatasetInput(name, digest, kind, source, schema, secret, {"mlflow.data.context": context})
        for name, digest, kind, source, context in (
            (secret, secret, "local", secret, secret),
            (secret, "00000001", secret, json.dumps({"uri": secret, "path": secret, "sql": secret}), "train"),
            ("x", "00000002", "local", json.dumps({"uri": secret}), "test"),
            ("x", "00000003", "spark", json.dumps({"sql": secret}), secret),
            ("x", "00000004", "code", json.dumps({"tags": {"mlflow.source.name": secret}}), secret),
            ("x", "00000005", "hugging_face", json.dumps({"path": secret, "split": secret}), secret),
        )
    )
    measured = (Measured(secret, secret, secret, {secret: 1.0}),)
    values = [
        *[secret] * 6,
        1,
        2,
        secret,
        secret,
        {secret: secret, "data_path": secret, "db_password": SECRET},
    ]
    values += [{secret: 1.0}, tags, given_inputs, (secret,), ((secret, 1),), measured, secret]
    values += [(secret,), (secret, f"{secret} 2")]
    return RunPayload._make(values)


def planted_records(secret: str) -> Iterator[Record]:
    pairs = {
        secret: secret,
        "x_secret": SECRET,
        "mlflow.modelVersions": json.dumps([{"name": secret, "version": 1}]),
    }
    yield map_run(planted_run(secret), SCOPE)
    signature = Signature(FileState.READ, (Column(secret, secret),), (), (secret,), secret)
    yield map_model(
        ModelPayload._make([*[secret] * 7, 1, 2, secret, pairs, pairs, secret, secret]), SCOPE, signature
    )
    yield map_experiment(ExperimentPayload(secret, secret, secret, secret, pairs, secret), SCOPE)
    yield from map_registered_model(
        RegisteredModelPayload(secret, secret, 1, 2, pairs, {secret: secret}, secret), SCOPE
    )
    for source in (secret, f"models:/{secret}/3", f"runs:/{secret}/{secret}", f"models:/m-{secret}"):
        version = VersionPayload(
            secret, "3", source, source, secret, secret, secret, secret, secret, 1, 2, pairs, secret
        )
        yield map_version(version, SCOPE)
        yield from map_stages(secret, [version], SCOPE)


@pytest.mark.parametrize("secret", PLANTED.values(), ids=PLANTED)
def test_a_secret_in_any_field_is_in_no_claim(secret):
    leaks = [text for record in planted_records(secret) for text in every_text(record) if SECRET in text]
    assert leaks == []


def test_a_schema_of_a_megabyte_is_mapped_whole_and_not_kept():
    forget()
    columns = [{"name": f"column_{i}", "type": "double"} for i in range(25_000)]
    schema = json.dumps({"mlflow_colspec": columns})
    assert len(schema) > 1_000_000
    given_input = DatasetInput(
        "wide", "71fe0c35", "local", '{"uri": "/srv/wide.csv"}', schema, '{"num_rows": 5}'
    )
    record = map_run(RunPayload("a" * 32, "1", inputs=(given_input,)), SCOPE)
    assert len(record.shared[1].edges) == 25_000
    assert len(inputs._map_cached) == 0
