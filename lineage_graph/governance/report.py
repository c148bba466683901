"""The audit report of one version, pointer or deployment: one whole, each statement with the record behind it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from lineage_graph.governance.citing import Owner
from lineage_graph.governance.history import History, read_history
from lineage_graph.governance.judging import Judgements, read_judgements
from lineage_graph.governance.making import Model, Run, Step, list_models, list_runs, list_steps
from lineage_graph.governance.material import Material, read_material
from lineage_graph.governance.origins import Place, list_origins
from lineage_graph.governance.picture import drawn_graph, whole_graph
from lineage_graph.governance.serving import User, list_users
from lineage_graph.graph import Kind, Node
from lineage_graph.query.answer import Answer, Gap, Options, Possible
from lineage_graph.query.gaps import codes_of, word_gap
from lineage_graph.stores.base import Store


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that a report says. `created` is when it was made; all else depends on the graph alone."""

    ref: str
    subject: Node
    owner: Owner | None
    records: tuple[str, ...]
    created: int
    upstream: Answer
    """Its origins: the verdict is of this answer."""
    downstream: Answer
    whole: Answer
    """Everything above and below, and the evaluations."""
    drawn: Answer
    """The same, short enough to be drawn."""
    gaps: tuple[Gap, ...]
    possible: tuple[Possible, ...]
    history: History
    origins: tuple[Place, ...]
    models: tuple[Model, ...]
    runs: tuple[Run, ...]
    steps: tuple[Step, ...]
    judgements: Judgements
    deployments: tuple[User, ...]
    consumers: tuple[User, ...]

    @property
    def judged(self) -> Answer:
        """The whole as an answer, by which a gate is passed or not: the verdict of its origins, the gaps of the report."""
        return replace(self.whole, gaps=self.gaps, possible=self.possible)

    def _repr_html_(self) -> str | None:
        return replace(self.drawn, gaps=self.gaps)._repr_html_()

    def to_dict(self) -> dict[str, object]:
        """The JSON envelope, `lineage-graph/audit/1`."""
        from lineage_graph.governance.envelope import map_audit

        return map_audit(self)


def audit(store: Store, ref: str, *, as_of: int | None = None, created: int | None = None) -> Audit:
    """The report on what a reference means. Raises `NotFound` or `Ambiguous`."""
    material = read_material(store, ref, Options(as_of=as_of))
    judgements = read_judgements(material)
    whole = whole_graph(material, judgements)
    return Audit(
        ref=material.ref,
        subject=material.subject,
        owner=material.owners.get(material.subject.id),
        records=material.citations.of_node(material.subject),
        created=round(time.time() * 1000) if created is None else created,
        upstream=material.upstream,
        downstream=material.downstream,
        whole=whole,
        drawn=drawn_graph(whole),
        gaps=_gaps(material, judgements),
        possible=_possible(material),
        history=read_history(material),
        origins=list_origins(material),
        models=list_models(material),
        runs=list_runs(material),
        steps=list_steps(material),
        judgements=judgements,
        deployments=list_users(material, Kind.DEPLOYMENT),
        consumers=list_users(material, Kind.CONSUMER),
    )


def _gaps(material: Material, judgements: Judgements) -> tuple[Gap, ...]:
    """What is missing above, below, and of the evaluations; each once."""
    found = [*material.upstream.gaps, *material.downstream.gaps]
    found += [
        word_gap(code, node)
        for node in judgements.nodes
        if node.kind is Kind.EVALUATION
        for code in codes_of(node)
    ]
    unique: dict[tuple[str, str], Gap] = {}
    for gap in found:
        unique.setdefault((gap.node, gap.code), gap)
    return tuple(unique.values())


def _possible(material: Material) -> tuple[Possible, ...]:
    found = [*material.upstream.possible, *material.downstream.possible]
    return tuple({(each.node.id, each.rule): each for each in found}.values())
