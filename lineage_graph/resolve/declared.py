"""What a declaration says once its references are found: links and properties of evidence *declared*. Pure.

A claim here about a node that others describe has no name: theirs is shown, also when it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, Node, NodeClaim, Record
from lineage_graph.resolve.derived import derived

REFERENCE = "declared:reference"
"""The key that concerns every node whose declaration names others."""
FOLLOWED = "declared:followed"
"""The key that concerns every node whose references were followed: what must go when the declaration does."""
TIMELESS = "declared"


@dataclass(slots=True)
class Followed:
    """What the declarations of one node say, as it is gathered."""

    node: str
    nodes: list[NodeClaim] = field(default_factory=list)
    edges: list[EdgeClaim] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)

    def record(self) -> Record:
        """The derived record; references that lead nowhere are a gap of the declaring node."""
        nodes = list(self.nodes)
        if self.unresolved:
            nodes.append(
                NodeClaim(
                    self.node,
                    naming.kind_of(self.node),
                    "",
                    {"unresolved": list(dict.fromkeys(self.unresolved))},
                    ("reference-unresolved",),
                    evidence=Evidence.INFERRED,
                )
            )
        edges = list({(edge.src, edge.dst, edge.type, edge.ref): edge for edge in self.edges}.values())
        return derived(
            f"declared/{self.node}",
            nodes=merge_claims(nodes),
            edges=edges,
            mentions=[Mention(FOLLOWED, self.node)],
        )


def merge_claims(claims: Iterable[NodeClaim]) -> list[NodeClaim]:
    """One claim a node: a record says nothing twice. The first that has a property gives it."""
    merged: dict[str, NodeClaim] = {}
    for claim in claims:
        old = merged.get(claim.id)
        if old is None:
            merged[claim.id] = claim
            continue
        gaps = tuple(dict.fromkeys([*old.gaps, *claim.gaps]))
        merged[claim.id] = old._replace(properties={**claim.properties, **old.properties}, gaps=gaps)
    return list(merged.values())


def describe(node: Node, properties: Mapping[str, object]) -> NodeClaim:
    """That a person says this of a node."""
    return NodeClaim(node.id, node.kind, "", properties, evidence=Evidence.DECLARED)


def inherit_owner(members: Iterable[Node], owner: str) -> list[NodeClaim]:
    """That who owns a registered model owns its versions, pointers and models; the weakest claim: one of their own goes first."""
    return [
        NodeClaim(node.id, node.kind, "", {"owner": owner}, evidence=Evidence.POSSIBLE) for node in members
    ]


def serve(product: Node, deployment: str, said: Mapping[str, object], ref: str) -> EdgeClaim:
    """That a model, version or pointer is served, since when and until when."""
    since, until = said.get("since"), said.get("until")
    return EdgeClaim(
        product.id,
        deployment,
        EdgeType.SERVED_BY,
        Evidence.DECLARED,
        "declared-deployment",
        ref,
        since if isinstance(since, int) else None,
        until if isinstance(until, int) else None,
    )


def load(product: Node, run: Node, ref: str) -> EdgeClaim:
    """That a run loaded a model: to tune it further, or to score with it."""
    start = run.properties.get("start")
    return EdgeClaim(
        product.id,
        run.id,
        EdgeType.LOADED_BY,
        Evidence.DECLARED,
        "declared-load",
        ref,
        start if isinstance(start, int) else None,
    )


def feed(used: Node, versions: Sequence[Node], consumer: str, ref: str) -> Followed:
    """That a consumer uses a deployment or data; of a location it uses every version."""
    followed = Followed(consumer)
    feeding = [used]
    if used.kind is Kind.SOURCE:
        feeding = list(versions)
        if not versions:
            followed.nodes, followed.edges = _whatever_lies_there(used, ref)
            feeding = [
                Node(claim.id, claim.kind, claim.name)
                for claim in followed.nodes
                if claim.kind is Kind.DATASET
            ]
    followed.edges += [
        EdgeClaim(node.id, consumer, EdgeType.FEEDS, Evidence.DECLARED, "declared-consumer", ref)
        for node in feeding
    ]
    return followed


def _whatever_lies_there(source: Node, ref: str) -> tuple[list[NodeClaim], list[EdgeClaim]]:
    uri = str(source.properties.get("uri") or source.name)
    name = uri.rstrip("/").rpartition("/")[2] or uri
    properties: dict[str, object] = {"name": name, "names": [name], "digest": "", "digest_strength": "none"}
    properties |= {"source": uri, "token": TIMELESS}
    dataset = naming.dataset_id(source.id, TIMELESS)
    node = NodeClaim(dataset, Kind.DATASET, name, properties, evidence=Evidence.DECLARED)
    edge = EdgeClaim(source.id, dataset, EdgeType.HAS_VERSION, Evidence.DECLARED, "declared-consumer", ref)
    return [node], [edge]


def judge(run: Node, model: Node, evaluations: Sequence[Node], ref: str) -> Followed:
    """That a run judged a model: in the run's known evaluation of that model, else in the one that names none."""
    native = str(run.properties.get("run_id") or run.id.partition(":")[2])
    known = {node.id for node in evaluations}
    of_model = naming.evaluation_id(native, model.id.removeprefix("model:"))
    target = of_model if of_model in known else naming.evaluation_id(native)
    followed = Followed(target)
    gaps = () if target == of_model else ("-evaluation-without-model",)
    if target in known:
        followed.nodes.append(NodeClaim(target, Kind.EVALUATION, "", {}, gaps, evidence=Evidence.DECLARED))
    else:
        properties: dict[str, object] = {
            "run_id": native,
            "metrics": dict(_mapping(run.properties.get("metrics"))),
            "experiment": run.properties.get("experiment"),
        }
        followed.nodes.append(
            NodeClaim(
                target, Kind.EVALUATION, run.name, properties, gaps, run.state, evidence=Evidence.DECLARED
            )
        )
    followed.edges.append(
        EdgeClaim(model.id, target, EdgeType.EVALUATED_IN, Evidence.DECLARED, "declared-evaluation", ref)
    )
    return followed


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
