"""Registered versions and the pointers at them. A version keeps no model id: its source and storage location are read.

https://mlflow.org/docs/latest/ml/model-registry/; the forms of `source` were counted in 122 public stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Record, State
from lineage_graph.naming.rows import registry_row
from lineage_graph.redact import redact_uri
from lineage_graph.sources.mlflow.payload import RegisteredModelPayload, VersionPayload
from lineage_graph.sources.mlflow.scope import Scope
from lineage_graph.sources.mlflow.tags import kept_tags
from lineage_graph.sources.mlflow.texts import clean, clean_uri, redacted

_PROMPT_TAG = "mlflow.prompt.is_prompt"
_DELETED_STAGE = "Deleted_Internal"
_NO_RUN = frozenset({"", "REDACTED-RUN-ID"})
_NO_SOURCE = "REDACTED-SOURCE-PATH"
# https://mlflow.org/docs/latest/ml/model-registry/workflow/: an archived version is behind no pointer that is in use.
_NO_POINTER = frozenset({"", "none", "archived", _DELETED_STAGE.lower()})


def is_prompt(payload: RegisteredModelPayload | VersionPayload) -> bool:
    """Whether this is a prompt, which MLflow keeps among the registered models."""
    return payload.tags.get(_PROMPT_TAG, "").lower() == "true"


def map_registered_model(payload: RegisteredModelPayload, scope: Scope) -> list[Record]:
    """The group of its versions, and a record for each alias; none for a prompt."""
    if is_prompt(payload):
        return []
    name, workspace = redacted(payload.name), redacted(payload.workspace)
    properties = {
        "model": clean(payload.name),
        "workspace": clean(workspace),
        "description": clean(payload.description) or None,
        "tags": kept_tags(payload.tags),
        "created": payload.created,
        "updated": payload.updated,
        "aliases": {clean(alias): clean(str(version)) for alias, version in sorted(payload.aliases.items())},
    }
    node_id = naming.registered_model_id(scope.store, workspace, name)
    node = NodeClaim(node_id, Kind.REGISTERED_MODEL, clean(payload.name), properties)
    model = (scope.store, workspace, name)
    group = Record(registry_row("registered-models", clean(workspace), clean(payload.name)), b"", (node,))
    return [
        group,
        *(_alias(payload, alias, version, model) for alias, version in sorted(payload.aliases.items())),
    ]


def _alias(payload: RegisteredModelPayload, alias: str, version: str, model: tuple[str, str, str]) -> Record:
    node_id = naming.alias_id(*model, redacted(alias))
    key = registry_row("aliases", clean(payload.workspace), clean(payload.name), clean(alias))
    return _pointer(key, node_id, clean(alias), "alias", redacted(str(version)), model)


def _pointer(
    key: str, node_id: str, pointer: str, kind: str, version: str, model: tuple[str, str, str]
) -> Record:
    """What points at a version now. MLflow keeps no times: the store closes the interval when it points elsewhere."""
    store, workspace, name = model
    joint = "@" if kind == "alias" else "/"
    properties = {
        "model": clean(name),
        "alias": pointer,
        "pointer": kind,
        "version": _number(version),
        "workspace": clean(workspace),
    }
    target = naming.model_version_id(store, workspace, name, version)
    edge = EdgeClaim(target, node_id, EdgeType.ALIASED_AS, Evidence.LOGGED, kind, key)
    node = NodeClaim(node_id, Kind.ALIAS, f"{clean(name)}{joint}{pointer}", properties)
    return Record(key, b"", (node,), (edge,))


def map_stages(name: str, versions: Iterable[VersionPayload], scope: Scope) -> list[Record]:
    """A pointer for each stage in use, on the newest version in it, as `models:/name/Stage` resolves."""
    newest: dict[str, VersionPayload] = {}
    for version in versions:
        stage = version.stage or ""
        if stage.lower() not in _NO_POINTER and not is_prompt(version):
            other = newest.get(stage)
            if other is None or _order(version) > _order(other):
                newest[stage] = version
    records = []
    for stage, version in sorted(newest.items()):
        model = (scope.store, redacted(version.workspace), redacted(name))
        node_id = naming.stage_id(*model, redacted(stage))
        key = registry_row("stages", clean(version.workspace), clean(name), clean(stage))
        records.append(_pointer(key, node_id, clean(stage), "stage", redacted(str(version.version)), model))
    return records


def _order(version: VersionPayload) -> tuple[int, str]:
    number = _number(str(version.version))
    return (number if isinstance(number, int) else -1, str(version.version))


def _number(version: str) -> int | str:
    """An integer, as the contract has it; what is none stays a text."""
    return int(version) if version.isascii() and version.isdigit() and len(version) < 16 else clean(version)


def version_row(payload: VersionPayload) -> str:
    """The key of a version's record."""
    return registry_row(
        "model-versions", clean(payload.workspace), clean(payload.name), clean(str(payload.version))
    )


def map_version(payload: VersionPayload, scope: Scope) -> Record:
    """A version, and where it came from as far as its own record says; what names only a run is left to `resolve`."""
    name, workspace = redacted(payload.name), redacted(payload.workspace)
    node_id = naming.model_version_id(scope.store, workspace, name, redacted(str(payload.version)))
    ref = version_row(payload)
    # Before it is taken apart: a part of a URI may not look like one any more.
    source = "" if payload.source == _NO_SOURCE else redact_uri(payload.source)
    run_id, path = _run_and_path(payload, source)
    edges = list(_origins(payload, source, node_id, ref, scope))
    group = naming.registered_model_id(scope.store, workspace, name)
    gaps = () if edges or run_id else ("no-run",)
    names_model = any(edge.type is EdgeType.REGISTERED_AS for edge in edges)
    mentions = (Mention(f"run:{run_id}", node_id),) if run_id and not names_model else ()
    properties = _properties(payload, source) | {"run_id": run_id or None, "source_path": path or None}
    if payload.run_id not in _NO_RUN and clean(payload.run_id) != run_id:
        properties["recorded_run_id"] = clean(payload.run_id)
    edges.append(
        EdgeClaim(
            node_id, group, EdgeType.VERSION_OF, Evidence.LOGGED, "registered-model", ref, payload.created
        )
    )
    label = f"{clean(payload.name)}/{clean(str(payload.version))}"
    node = NodeClaim(node_id, Kind.MODEL_VERSION, label, properties, gaps, _state(payload))
    return Record(ref, b"", (node,), tuple(edges), mentions)


def _run_and_path(payload: VersionPayload, source: str) -> tuple[str, str]:
    """The run and artifact path in the source, which says more than `run_id`; else the run alone."""
    named = naming.artifact_run_path(source) if source else None
    if named:
        return clean(named[0]), clean(named[1])
    return ("" if payload.run_id in _NO_RUN else clean(payload.run_id), "")


def _origins(
    payload: VersionPayload, source: str, node_id: str, ref: str, scope: Scope
) -> Iterator[EdgeClaim]:
    """Edges from what the record itself names: a logged model, and the version that this one is a copy of."""
    model = naming.logged_model_of(source) if source else None
    rule = "model-id" if model and source.startswith("models:") else "model-path"
    if not model and payload.storage_location:
        model = naming.logged_model_of(redact_uri(payload.storage_location))
    if model:
        yield EdgeClaim(
            naming.model_id(clean(model)),
            node_id,
            EdgeType.REGISTERED_AS,
            Evidence.LOGGED,
            rule,
            ref,
            payload.created,
        )
    copied = naming.version_of_uri(source) if source.startswith("models:") else None
    if copied is not None and copied.version is not None:
        original = naming.model_version_id(
            scope.store, redacted(payload.workspace), redacted(copied.name), str(copied.version)
        )
        if original != node_id:
            yield EdgeClaim(
                original, node_id, EdgeType.COPIED_TO, Evidence.LOGGED, "copy", ref, payload.created
            )


def _state(payload: VersionPayload) -> State:
    if payload.stage == _DELETED_STAGE:
        return State.DELETED
    return State.FAILED if payload.status == "FAILED_REGISTRATION" else State.LIVE


def _properties(payload: VersionPayload, source: str) -> dict[str, object]:
    return {
        "model": clean(payload.name),
        "version": _number(str(payload.version)),
        "source": clean_uri(source) or None,
        "storage_location": clean_uri(payload.storage_location) or None,
        "stage": clean(payload.stage) or None,
        "status": clean(payload.status),
        "description": clean(payload.description) or None,
        "tags": kept_tags(payload.tags),
        "workspace": clean(payload.workspace),
        "ran_by": clean(payload.user) or None,
        "created": payload.created,
        "updated": payload.updated,
    }
