"""What MLflow records, as every reader gives it and the mapping takes it. Texts are as recorded, not yet trusted or redacted.

Times are epoch milliseconds UTC. JSON texts (`source`, `schema`, `profile`) stay unparsed: they may be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Texts = Mapping[str, str]
NO_TEXTS: Texts = {}


class DatasetInput(NamedTuple):
    """One dataset that a run read, with the tags of the input (`mlflow.data.context` among them)."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None
    tags: Texts = NO_TEXTS


class Measured(NamedTuple):
    """A run measured a logged model on a dataset (`logged_model_metrics` with a dataset, one a combination)."""

    model_id: str
    dataset_name: str
    dataset_digest: str
    metrics: Mapping[str, float] = {}


class ExperimentPayload(NamedTuple):
    """An experiment."""

    experiment_id: str
    name: str
    lifecycle: str = "active"
    artifact_location: str = ""
    tags: Texts = NO_TEXTS
    workspace: str = "default"


class RunPayload(NamedTuple):
    """A run with all that hangs on it. `status` is MLflow's word (RUNNING, FINISHED, FAILED, KILLED, SCHEDULED)."""

    run_id: str
    experiment_id: str
    experiment_name: str = ""
    name: str = ""
    user: str = ""
    status: str = "FINISHED"
    start: int | None = None
    end: int | None = None
    lifecycle: str = "active"
    artifact_uri: str = ""
    params: Texts = NO_TEXTS
    metrics: Mapping[str, float] = {}
    tags: Texts = NO_TEXTS
    inputs: tuple[DatasetInput, ...] = ()
    model_inputs: tuple[str, ...] = ()
    """Ids of logged models that a metric of this run named: judged, not loaded."""
    model_outputs: tuple[tuple[str, int | None], ...] = ()
    """(model id, step)."""
    measured: tuple[Measured, ...] = ()
    workspace: str = "default"
    unfinished_outputs: tuple[str, ...] = ()
    """Of `model_outputs` and `source_models`, those that are FAILED or PENDING: attempted, not produced."""
    source_models: tuple[str, ...] = ()
    """Ids of logged models that name this run as the one that made them, and are not among `model_outputs`."""


class ModelPayload(NamedTuple):
    """A logged model (MLflow 3). `status`: READY, PENDING, FAILED. `mlmodel`: the MLmodel file's text, None where not read."""

    model_id: str
    experiment_id: str
    name: str = ""
    status: str = "READY"
    source_run_id: str = ""
    artifact_location: str = ""
    model_type: str = ""
    created: int | None = None
    updated: int | None = None
    lifecycle: str = "active"
    tags: Texts = NO_TEXTS
    params: Texts = NO_TEXTS
    experiment_name: str = ""
    workspace: str = "default"


class RegisteredModelPayload(NamedTuple):
    """A registered model with its movable pointers: alias -> version."""

    name: str
    description: str = ""
    created: int | None = None
    updated: int | None = None
    tags: Texts = NO_TEXTS
    aliases: Mapping[str, str] = {}
    workspace: str = "default"


class VersionPayload(NamedTuple):
    """A version of a registered model. `source`, `storage_location` as recorded; `run_id` may be empty."""

    name: str
    version: str
    source: str = ""
    storage_location: str = ""
    run_id: str = ""
    stage: str = "None"
    status: str = "READY"
    description: str = ""
    user: str = ""
    created: int | None = None
    updated: int | None = None
    tags: Texts = NO_TEXTS
    workspace: str = "default"
