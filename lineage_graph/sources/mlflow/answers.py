"""A tracking server's JSON as payloads. Pure.

https://mlflow.org/docs/latest/api_reference/rest-api.html . Numbers of 64 bits come as texts, unset fields not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lineage_graph.sources.mlflow.folders import MetricLine
from lineage_graph.sources.mlflow.payload import (
    DatasetInput,
    ExperimentPayload,
    Measured,
    ModelPayload,
    RegisteredModelPayload,
    RunPayload,
    VersionPayload,
)

Thing = Mapping[str, Any]
_MODEL_STATUS = {
    "LOGGED_MODEL_PENDING": "PENDING",
    "LOGGED_MODEL_READY": "READY",
    "LOGGED_MODEL_UPLOAD_FAILED": "FAILED",
}


def experiment_of(thing: Thing, workspace: str) -> ExperimentPayload:
    """An experiment."""
    return ExperimentPayload(
        experiment_id=str(thing["experiment_id"]),
        name=thing.get("name", ""),
        lifecycle=thing.get("lifecycle_stage", "active"),
        artifact_location=thing.get("artifact_location", ""),
        tags=pairs(thing.get("tags")),
        workspace=thing.get("workspace") or workspace,
    )


def run_of(
    thing: Thing,
    experiment: ExperimentPayload | None,
    measured: tuple[Measured, ...],
    unfinished: Collection[str],
    sourced: Collection[str] = (),
) -> RunPayload:
    """A run; without `model_inputs`, which a search does not give. `sourced`: models that name it as what made them."""
    info, data = thing.get("info", {}), thing.get("data", {})
    tags = pairs(data.get("tags"))
    models = model_outputs_of(thing)
    named = {model for model, _ in models}
    others = tuple(sorted(model for model in sourced if model not in named))
    return RunPayload(
        run_id=run_id_of(thing),
        experiment_id=str(info.get("experiment_id", "")),
        experiment_name=experiment.name if experiment else "",
        name=info.get("run_name") or tags.get("mlflow.runName", ""),
        user=info.get("user_id") or tags.get("mlflow.user", ""),
        status=info.get("status", "RUNNING"),
        start=number(info, "start_time"),
        end=number(info, "end_time"),
        lifecycle=info.get("lifecycle_stage", "active"),
        artifact_uri=info.get("artifact_uri", ""),
        params=pairs(data.get("params")),
        metrics={one["key"]: float(one.get("value", 0)) for one in data.get("metrics") or ()},
        tags=tags,
        inputs=_inputs(thing.get("inputs", {}).get("dataset_inputs") or ()),
        model_outputs=models,
        measured=measured,
        workspace=experiment.workspace if experiment else "default",
        unfinished_outputs=tuple(
            model for model in (*(model for model, _ in models), *others) if model in unfinished
        ),
        source_models=others,
    )


def run_id_of(thing: Thing) -> str:
    """A run's id, by its name of today or of before."""
    info = thing.get("info", {})
    return str(info.get("run_id") or info.get("run_uuid") or "")


def model_outputs_of(thing: Thing) -> tuple[tuple[str, int | None], ...]:
    """The logged models that the run made, each with its step."""
    outputs = thing.get("outputs", {}).get("model_outputs") or ()
    return tuple(sorted((one["model_id"], number(one, "step") or 0) for one in outputs))


def model_inputs_of(thing: Thing) -> tuple[str, ...]:
    """The logged models that a metric of the run named; only a look-up of the run has them."""
    return tuple(sorted(one["model_id"] for one in thing.get("inputs", {}).get("model_inputs") or ()))


def model_of(thing: Thing, experiment: ExperimentPayload | None, lifecycle: str = "active") -> ModelPayload:
    """A logged model."""
    info = thing.get("info", {})
    return ModelPayload(
        model_id=info["model_id"],
        experiment_id=str(info.get("experiment_id", "")),
        name=info.get("name", ""),
        status=_MODEL_STATUS.get(info.get("status", ""), "UNKNOWN"),
        source_run_id=info.get("source_run_id", ""),
        artifact_location=info.get("artifact_uri", ""),
        model_type=info.get("model_type", ""),
        created=number(info, "creation_timestamp_ms"),
        updated=number(info, "last_updated_timestamp_ms"),
        lifecycle=lifecycle,
        tags=pairs(info.get("tags")),
        params=pairs(thing.get("data", {}).get("params")),
        experiment_name=experiment.name if experiment else "",
        workspace=experiment.workspace if experiment else "default",
    )


def metrics_of(thing: Thing) -> dict[str, list[MetricLine]]:
    """A logged model's metrics, with the runs and datasets that they name."""
    found: dict[str, list[MetricLine]] = {}
    for one in thing.get("data", {}).get("metrics") or ():
        line = MetricLine(
            number(one, "step") or 0,
            number(one, "timestamp") or 0,
            float(one.get("value", 0)),
            one.get("run_id", ""),
            one.get("dataset_name", ""),
            one.get("dataset_digest", ""),
        )
        found.setdefault(one.get("key", ""), []).append(line)
    return found


def registered_model_of(thing: Thing, workspace: str) -> RegisteredModelPayload:
    """A registered model with its aliases."""
    return RegisteredModelPayload(
        name=thing["name"],
        description=thing.get("description", ""),
        created=number(thing, "creation_timestamp"),
        updated=number(thing, "last_updated_timestamp"),
        tags=pairs(thing.get("tags")),
        aliases={one["alias"]: str(one["version"]) for one in thing.get("aliases") or ()},
        workspace=workspace,
    )


def version_of(thing: Thing, workspace: str, storage_location: str = "") -> VersionPayload:
    """A version of a registered model."""
    return VersionPayload(
        name=thing["name"],
        version=str(thing["version"]),
        source=thing.get("source", ""),
        storage_location=storage_location,
        run_id=thing.get("run_id", ""),
        stage=thing.get("current_stage") or "None",
        status=thing.get("status", "READY"),
        description=thing.get("description", ""),
        user=thing.get("user_id", ""),
        created=number(thing, "creation_timestamp"),
        updated=number(thing, "last_updated_timestamp"),
        tags=pairs(thing.get("tags")),
        workspace=workspace,
    )


def pairs(things: Iterable[Thing] | None) -> dict[str, str]:
    """Keys and values; an empty value may not have been sent."""
    return {thing["key"]: thing.get("value", "") for thing in things or () if "key" in thing}


def number(thing: Thing, key: str) -> int | None:
    """A number of 64 bits; 0 is what an unset time is sent as by some servers."""
    value = thing.get(key)
    return None if value is None else int(value)


def _inputs(things: Iterable[Thing]) -> tuple[DatasetInput, ...]:
    found = []
    for thing in things:
        dataset = thing.get("dataset", {})
        found.append(
            DatasetInput(
                dataset.get("name", ""),
                dataset.get("digest", ""),
                dataset.get("source_type", ""),
                dataset.get("source", ""),
                dataset.get("schema") or None,
                dataset.get("profile") or None,
                pairs(thing.get("tags")),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.name, one.digest)))
