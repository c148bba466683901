"""Logged models: of MLflow 3, which are entities, and of before, which are folders that a run's tag lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Record, State
from lineage_graph.sources.mlflow import feature_spec
from lineage_graph.sources.mlflow.feature_claims import map_spec
from lineage_graph.sources.mlflow.feature_spec import is_packaged
from lineage_graph.sources.mlflow.file_state import FileState
from lineage_graph.sources.mlflow.payload import ModelPayload, RunPayload
from lineage_graph.sources.mlflow.scope import Scope
from lineage_graph.sources.mlflow.signature import (
    NOT_READ,
    Column,
    Signature,
    parse_signature,
)
from lineage_graph.sources.mlflow.tags import kept_tags
from lineage_graph.sources.mlflow.texts import clean, clean_texts, clean_uri, read_json, text_of

HISTORY_TAG = "mlflow.log-model.history"
_VERSIONS_TAG = "mlflow.modelVersions"
_UNFINISHED = frozenset({"FAILED", "PENDING"})


class Logged(NamedTuple):
    """A model of before MLflow 3, as its run's history has it."""

    node: NodeClaim
    uuids: tuple[str, ...]
    """It has one for each time that it was logged at that path."""
    shared: tuple[Record, ...] = ()
    """The features that it looks up."""


def map_model(
    payload: ModelPayload,
    scope: Scope,
    signature: Signature = NOT_READ,
) -> Record:
    """A logged model, and the run that produced it (or attempted to: a model that failed or isn't done is none yet)."""
    payload = payload._replace(
        model_id=clean(payload.model_id),
        experiment_id=clean(payload.experiment_id),
        source_run_id=clean(payload.source_run_id),
        status=clean(payload.status),
    )
    node_id = naming.model_id(payload.model_id)
    run = payload.source_run_id
    gaps = ["signature-unreadable"] if signature.state is FileState.UNREADABLE else []
    if not run:
        gaps.append("no-run")
    features = map_spec(signature.features, scope.site)
    properties = {**_properties(payload), **map_signature(signature), **features.properties}
    node = NodeClaim(
        node_id,
        Kind.MODEL,
        clean(payload.name) or payload.model_id,
        properties,
        (*gaps, *features.gaps),
        _state(payload),
    )
    edges = [_produced(payload, node_id)] if run else []
    key = f"logged-models/{payload.model_id}"
    return Record(key, b"", (node,), tuple(edges), shared=features.shared)


def _properties(payload: ModelPayload) -> dict[str, object]:
    return {
        "model_id": payload.model_id,
        "run_id": payload.source_run_id or None,
        "path": clean(payload.name),
        "status": payload.status,
        "model_type": clean(payload.model_type),
        "artifact_location": clean_uri(payload.artifact_location),
        "experiment": clean(payload.experiment_name),
        "experiment_id": payload.experiment_id,
        "created": payload.created,
        "updated": payload.updated,
        "params": clean_texts(payload.params),
        "tags": kept_tags(payload.tags),
        "ran_by": clean(payload.tags.get("mlflow.user", "")) or None,
        "versions": _versions(payload.tags.get(_VERSIONS_TAG)),
    }


def _versions(tag: str | None) -> list[str]:
    """What the model says it was registered as; stays when the version is deleted, and may repeat 1 as "1"."""
    value = read_json(tag)
    if not isinstance(value, list):
        return []
    named = (item for item in value if isinstance(item, Mapping))
    return sorted({clean(f"{item.get('name')}/{item.get('version')}") for item in named})


def _state(payload: ModelPayload) -> State:
    if payload.lifecycle == "deleted":
        return State.DELETED
    return State.FAILED if payload.status == "FAILED" else State.LIVE


def _produced(payload: ModelPayload, node: str) -> EdgeClaim:
    kind = EdgeType.ATTEMPTED if payload.status in _UNFINISHED else EdgeType.PRODUCED
    return EdgeClaim(
        naming.run_id(payload.source_run_id),
        node,
        kind,
        Evidence.LOGGED,
        "source-run",
        f"logged-models/{payload.model_id}",
        payload.created,
    )


def map_signature(signature: Signature) -> dict[str, object]:
    """What an MLmodel file or a history says of a model, as properties."""
    sides = {"inputs": signature.inputs, "outputs": signature.outputs}
    return {
        "signature_state": str(signature.state),
        "signature": {side: [_column(column) for column in columns] for side, columns in sides.items()}
        if signature.state is FileState.READ
        else None,
        "flavors": [clean(flavor) for flavor in signature.flavors],
        "uuid": clean(signature.model_uuid) or None,
    }


def _column(column: Column) -> dict[str, str]:
    return {"name": clean(column.name), "type": clean(column.type)}


def read_history(
    run: RunPayload, state: State, signatures: Mapping[str, Signature], site: str = ""
) -> list[Logged]:
    """The models that the run's history lists, one for each path; entries of MLflow 3 models are left to their own records.

    A history of up to MLflow 2.15 has their signatures, else `signatures` (by path) may know them.

    https://github.com/mlflow/mlflow/blob/v2.15.0/mlflow/models/model.py (`get_tags_dict`)
    """
    recorded = run.tags.get(HISTORY_TAG)
    if not recorded:
        return []
    entries = read_json(recorded)
    paths: dict[str, list[Mapping[str, object]]] = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and not entry.get("model_id"):
            path = text_of(entry.get("artifact_path"))
            if path:
                paths.setdefault(path, []).append(entry)
    return [_logged(run, path, found, state, signatures.get(path), site) for path, found in paths.items()]


def _logged(
    run: RunPayload,
    path: str,
    entries: list[Mapping[str, object]],
    state: State,
    read: Signature | None,
    site: str,
) -> Logged:
    last = entries[-1]
    uuids = tuple(dict.fromkeys(uuid for entry in entries if (uuid := text_of(entry.get("model_uuid")))))
    recorded, flavors = last.get("signature"), last.get("flavors")
    signature = parse_signature(recorded) if isinstance(recorded, Mapping) else read or NOT_READ
    signature = signature._replace(
        flavors=tuple(sorted(map(str, flavors))) if isinstance(flavors, Mapping) else signature.flavors,
        model_uuid=uuids[-1] if uuids else signature.model_uuid,
        features=read.features if read else feature_spec.NOT_READ if is_packaged(flavors) else None,
    )
    features = map_spec(signature.features, site)
    properties: dict[str, object] = {
        "model_id": None,
        "run_id": run.run_id,
        "path": clean(path),
        "status": "READY",
        "times_logged": len(entries),
        "experiment": clean(run.experiment_name),
        "experiment_id": run.experiment_id,
    }
    properties = {**properties, **map_signature(signature), **features.properties}
    gaps = ("signature-unreadable",) if signature.state is FileState.UNREADABLE else ()
    node_id = naming.model_id_before_3(run.run_id, clean(path))
    node = NodeClaim(node_id, Kind.MODEL, clean(path), properties, (*gaps, *features.gaps), state)
    return Logged(node, uuids, features.shared)


def produced_claims(run: RunPayload, history: Sequence[Logged]) -> Iterator[EdgeClaim]:
    """Run PRODUCED Model, for the models of both kinds that the run's own record names."""
    source = naming.run_id(run.run_id)
    for model_id, step in run.model_outputs:
        if model_id not in run.unfinished_outputs:
            properties = {"step": step} if step else {}
            yield EdgeClaim(
                source,
                naming.model_id(model_id),
                EdgeType.PRODUCED,
                Evidence.LOGGED,
                "model-output",
                f"outputs/{run.run_id}/{model_id}",
                run.start,
                properties=properties,
            )
    ref = f"runs/{run.run_id}/tags/{HISTORY_TAG}"
    for logged in history:
        yield EdgeClaim(
            source, logged.node.id, EdgeType.PRODUCED, Evidence.LOGGED, "log-model-history", ref, run.start
        )


def mention_uuids(history: Sequence[Logged]) -> Iterator[Mention]:
    """By which an evaluation of before MLflow 3 names the model that it judged."""
    for logged in history:
        for uuid in logged.uuids:
            yield Mention(f"model-uuid:{clean(uuid)}", logged.node.id)
