"""Which model a registered version is, where the version's own record names only a run.

A version keeps no model id. `source` names a run and mostly a path within it; the run's logged models decide
(https://mlflow.org/docs/latest/ml/model-registry/ ; the forms of `source` were counted in 122 public stores).
"""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Node, NodeClaim, Record, State
from lineage_graph.naming.rows import registry_row
from lineage_graph.resolve.derived import derived, name_candidates


def resolve_version(version: Node, run: Node | None, models: Sequence[Node]) -> Record | None:
    """The edge into a version that names a run: from the one model that fits, else from the run with a gap.

    `models` are those that the run produced, logged ones and those of before MLflow 3 alike.
    """
    run_id = str(version.properties.get("run_id") or "")
    path = str(version.properties.get("source_path") or "")
    if not run_id:
        return None
    key = f"versions/{version.id}"
    fits = _fitting(run_id, path, models)
    if fits is not None:
        return derived(key, edges=[_edge(fits.id, version, "run-and-path")])
    logged = [model for model in models if model.properties.get("model_id")]
    told = [model for model in logged if _says_it_became(model, version)]
    if len(told) == 1:
        return derived(key, edges=[_edge(told[0].id, version, "model-versions-tag")])
    if path and not logged:
        return _before_3(key, version, run, run_id, path)
    properties = name_candidates(told or logged)
    gap = NodeClaim(
        version.id,
        Kind.MODEL_VERSION,
        version.name,
        properties,
        gaps=("which-model",),
        evidence=Evidence.INFERRED,
    )
    edge = _edge(naming.run_id(run_id), version, "run-only")
    return derived(key, nodes=[gap], edges=[edge])


def _fitting(run_id: str, path: str, models: Sequence[Node]) -> Node | None:
    logged = [m for m in models if m.properties.get("model_id") and _named(m, path)]
    if path and len(logged) == 1:
        return logged[0]
    before_3 = naming.model_id_before_3(run_id, path) if path else ""
    return next((model for model in models if path and model.id == before_3), None)


def _says_it_became(model: Node, version: Node) -> bool:
    """By the model's tag `mlflow.modelVersions`, which outlives the version and may mean another one of that name and number by
    now: here the version's own live row names the run that made the model.
    """
    told = model.properties.get("versions")
    name = f"{version.properties.get('model')}/{version.properties.get('version')}"
    return version.state is State.LIVE and isinstance(told, list | tuple) and name in told


def _named(model: Node, path: str) -> bool:
    return path in {model.name, model.properties.get("path")}


def _before_3(key: str, version: Node, run: Node | None, run_id: str, path: str) -> Record:
    """Before MLflow 3 a model is a folder among the run's artifacts, listed in the run's history or not."""
    model_id = naming.model_id_before_3(run_id, path)
    properties: dict[str, object] = {"model_id": None, "run_id": run_id, "path": path, "status": "READY"}
    gone = run is not None and not run.stub and run.state is State.DELETED
    state = State.DELETED if gone else State.LIVE
    model = NodeClaim(model_id, Kind.MODEL, path, properties, state=state, evidence=Evidence.INFERRED)
    ref = _row(version)
    produced = EdgeClaim(
        naming.run_id(run_id), model_id, EdgeType.PRODUCED, Evidence.LOGGED, "version-source", ref
    )
    return derived(key, nodes=[model], edges=[produced, _edge(model_id, version, "run-and-path")])


def _edge(src: str, version: Node, rule: str) -> EdgeClaim:
    created = version.properties.get("created")
    return EdgeClaim(
        src,
        version.id,
        EdgeType.REGISTERED_AS,
        Evidence.LOGGED,
        rule,
        _row(version),
        valid_from=created if isinstance(created, int) else None,
    )


def _row(version: Node) -> str:
    """The source's own row of a version."""
    workspace, model, number = (
        str(version.properties.get(name) or "") for name in ("workspace", "model", "version")
    )
    return registry_row("model-versions", workspace, model, number)
