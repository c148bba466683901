"""How it was judged: evaluations of the subject's models, on which data, with which metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lineage_graph.governance.history import time_of
from lineage_graph.governance.making import mapping_of
from lineage_graph.governance.material import Material
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node, Role, State
from lineage_graph.query.labels import label, text_of

JUDGED = frozenset({EdgeType.EVALUATED_IN})


class Judged(NamedTuple):
    """What was put into an evaluation: a model, or data. `also_trained_on`: a run that made the model read it for training."""

    id: str
    kind: Kind
    name: str
    uri: str | None
    digest: str | None
    digest_strength: str | None
    rows: int | None
    also_trained_on: bool
    evidence: Evidence
    rule: str
    records: tuple[str, ...]


class Evaluation(NamedTuple):
    """One judgement."""

    id: str
    name: str
    run_id: str
    experiment: str | None
    state: str
    start: int | None
    end: int | None
    ran_by: str | None
    metrics: Mapping[str, object]
    models: tuple[Judged, ...]
    data: tuple[Judged, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgements:
    """Evaluations, and the part of the graph that they are."""

    evaluations: tuple[Evaluation, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def read_judgements(material: Material) -> Judgements:
    """Evaluations of the models and versions that the report is about, the oldest first."""
    judged = sorted(id for id in material.own if material.nodes[id].kind is not Kind.RUN)
    beside = material.store.neighbours(judged, JUDGED)
    found = sorted({edge.dst for edge in beside.edges if _counts(edge, material)})
    if not found:
        return Judgements((), (), ())
    around = material.store.neighbours(found, JUDGED)
    edges = [edge for edge in around.edges if _counts(edge, material)]
    inputs: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        inputs[edge.dst].append(edge)
    kept = [id for id in found if around.nodes[id].state is not State.DELETED]
    evaluations = [_evaluation(material, around.nodes, id, inputs[id]) for id in kept]
    shown = {end for id in kept for edge in inputs[id] for end in (edge.src, edge.dst)}
    return Judgements(
        tuple(sorted(evaluations, key=lambda each: (each.start or 0, each.id))),
        tuple(around.nodes[id] for id in sorted(shown)),
        tuple(edge for edge in edges if edge.dst in shown),
    )


def _counts(edge: Edge, material: Material) -> bool:
    as_of = material.upstream.options.as_of
    is_sure = edge.evidence is not Evidence.POSSIBLE and edge.valid_to is None
    return is_sure and (as_of is None or edge.valid_from is None or edge.valid_from <= as_of)


def _evaluation(material: Material, nodes: Mapping[str, Node], id: str, inputs: Sequence[Edge]) -> Evaluation:
    node = nodes[id]
    judged = [_judged(material, nodes[edge.src], edge) for edge in inputs]
    return Evaluation(
        id=id,
        name=label(node),
        run_id=text_of(node, "run_id"),
        experiment=text_of(node, "experiment") or None,
        state=str(node.state),
        start=time_of(node.properties.get("start")),
        end=time_of(node.properties.get("end")),
        ran_by=text_of(node, "ran_by") or None,
        metrics=mapping_of(node.properties.get("metrics")),
        models=tuple(each for each in judged if each.kind is not Kind.DATASET),
        data=tuple(each for each in judged if each.kind is Kind.DATASET),
        records=material.citations.of_node(node),
    )


def _judged(material: Material, node: Node, edge: Edge) -> Judged:
    return Judged(
        id=node.id,
        kind=node.kind,
        name=label(node),
        uri=text_of(node, "source") or None,
        digest=text_of(node, "digest") or None,
        digest_strength=text_of(node, "digest_strength") or None,
        rows=time_of(node.properties.get("rows")),
        also_trained_on=any(
            read.dst in material.own and read.properties.get("role") == Role.TRAINING.value
            for read in material.out_of(node.id, EdgeType.READ_BY)
        ),
        evidence=edge.evidence,
        rule=edge.rule,
        records=material.citations.of(edge.records),
    )
