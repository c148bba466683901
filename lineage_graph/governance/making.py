"""How it was made: the models, the runs that made them, and what turned data into other data on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lineage_graph.governance.citing import Owner
from lineage_graph.governance.history import time_of
from lineage_graph.governance.material import Material
from lineage_graph.governance.origins import Column, columns_of
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.query.labels import label, text_of

DECLARED = "DECLARED"
"""The status of an execution that only a declaration knows."""


class Model(NamedTuple):
    """A model. `own`: the subject is it; otherwise a run on the way loaded it."""

    id: str
    name: str
    own: bool
    model_id: str | None
    run_id: str | None
    path: str | None
    state: str
    status: str | None
    model_type: str | None
    flavors: tuple[str, ...]
    signature_state: str | None
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    artifact_location: str | None
    params: Mapping[str, object]
    metrics: Mapping[str, object]
    created: int | None
    owner: Owner | None
    records: tuple[str, ...]


class Run(NamedTuple):
    """A recorded run. `made_it`: it made or registered what the report is about; otherwise it lies on the way to the data."""

    id: str
    name: str
    run_id: str
    made_it: bool
    experiment: str | None
    status: str | None
    state: str
    start: int | None
    end: int | None
    ran_by: str | None
    commit: str | None
    repo: str | None
    branch: str | None
    source_name: str | None
    parent: str | None
    description: str | None
    params: Mapping[str, object]
    metrics: Mapping[str, object]
    tags: Mapping[str, object]
    records: tuple[str, ...]


class End(NamedTuple):
    """Data that a step read or wrote."""

    id: str
    name: str
    uri: str | None


class Step(NamedTuple):
    """Something made data from other data: a run that wrote it, or a declared derivation."""

    id: str
    name: str
    by: str | None
    inputs: tuple[End, ...]
    outputs: tuple[End, ...]
    evidence: Evidence
    records: tuple[str, ...]


def list_models(material: Material) -> tuple[Model, ...]:
    """Models, the subject's own first."""
    models = [_model(material, node) for node in material.above(Kind.MODEL)]
    return tuple(sorted(models, key=lambda model: (not model.own, model.id)))


def _model(material: Material, node: Node) -> Model:
    said = node.properties
    signature = mapping_of(said.get("signature"))
    flavors = said.get("flavors")
    return Model(
        id=node.id,
        name=label(node),
        own=node.id in material.own,
        model_id=text_of(node, "model_id") or None,
        run_id=text_of(node, "run_id") or None,
        path=text_of(node, "path") or None,
        state=str(node.state),
        status=text_of(node, "status") or None,
        model_type=text_of(node, "model_type") or None,
        flavors=tuple(map(str, flavors)) if isinstance(flavors, (list, tuple)) else (),
        signature_state=text_of(node, "signature_state") or None,
        inputs=tuple(columns_of(signature.get("inputs"))),
        outputs=tuple(columns_of(signature.get("outputs"))),
        artifact_location=text_of(node, "artifact_location") or None,
        params=mapping_of(said.get("params")),
        metrics=mapping_of(said.get("metrics")),
        created=time_of(said.get("created")),
        owner=material.owners.get(node.id),
        records=material.citations.of_node(node),
    )


def mapping_of(value: object) -> Mapping[str, object]:
    """A property that is a mapping, by name; empty where there is none."""
    return {str(key): value[key] for key in sorted(value, key=str)} if isinstance(value, Mapping) else {}


def list_runs(material: Material) -> tuple[Run, ...]:
    """Recorded runs, those that made it first; a run that is only declared is a step."""
    runs = [_run(material, node) for node in material.above(Kind.RUN) if text_of(node, "status") != DECLARED]
    return tuple(sorted(runs, key=lambda run: (not run.made_it, run.start or 0, run.id)))


def _run(material: Material, node: Node) -> Run:
    said = node.properties
    return Run(
        id=node.id,
        name=label(node),
        run_id=text_of(node, "run_id"),
        made_it=node.id in material.own,
        experiment=text_of(node, "experiment") or None,
        status=text_of(node, "status") or None,
        state=str(node.state),
        start=time_of(said.get("start")),
        end=time_of(said.get("end")),
        ran_by=text_of(node, "ran_by") or None,
        commit=text_of(node, "commit") or None,
        repo=text_of(node, "repo") or None,
        branch=text_of(node, "branch") or None,
        source_name=text_of(node, "source_name") or None,
        parent=text_of(node, "parent") or None,
        description=text_of(node, "description") or None,
        params=mapping_of(said.get("params")),
        metrics=mapping_of(said.get("metrics")),
        tags=mapping_of(said.get("tags")),
        records=material.citations.of_node(node),
    )


def list_steps(material: Material) -> tuple[Step, ...]:
    """What made data from data, the earliest in the chain first."""
    steps = []
    for node in reversed(material.above(Kind.RUN)):
        wrote = list(material.out_of(node.id, EdgeType.WROTE))
        if wrote:
            read = list(material.into(node.id, EdgeType.READ_BY))
            steps.append(_step(material, node, read, wrote))
    return tuple(steps)


def _step(material: Material, node: Node, read: list[Edge], wrote: list[Edge]) -> Step:
    return Step(
        id=node.id,
        name=label(node),
        by=text_of(node, "source_name") or None,
        inputs=tuple(_end(material, edge.src) for edge in read),
        outputs=tuple(_end(material, edge.dst) for edge in wrote),
        evidence=wrote[0].evidence,
        records=material.citations.of(ref for edge in (*read, *wrote) for ref in edge.records),
    )


def _end(material: Material, id: str) -> End:
    node = material.nodes.get(id)
    return End(id, label(node) if node else id, (text_of(node, "source") or None) if node else None)
