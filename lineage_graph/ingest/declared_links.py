"""Follow every reference of every declaration again, after any change: there are few, and they may name anything.

So a declaration read before what it speaks of gives the same graph as one read after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph.graph import EdgeType, Kind, Node, NodeClaim, Record
from lineage_graph.ingest.finding import Finder
from lineage_graph.resolve.declared import (
    FOLLOWED,
    REFERENCE,
    Followed,
    describe,
    feed,
    inherit_owner,
    judge,
    load,
    serve,
)
from lineage_graph.resolve.derived import ORIGIN
from lineage_graph.resolve.references import DESCRIBED, JUDGED, PRODUCTS, RUNS, USED
from lineage_graph.stores.base import Store

Outcome = Iterator[tuple[str, Record | None]]


class Said(NamedTuple):
    """One declaration, as its own node's claim has it, and how evidence names its place in the file."""

    node: str
    origin: str
    fields: Mapping[str, object]

    @property
    def ref(self) -> str:
        """`ORIGIN/FILE:LINE`."""
        return f"{self.origin}/{self.fields.get('file')}:{self.fields.get('line')}"

    def references(self, name: str) -> Sequence[object]:
        """A field that is a list of references."""
        value = self.fields.get(name)
        return value if isinstance(value, (list, tuple)) else []


def read_declarations(store: Store) -> list[Said]:
    """Every declaration that must be followed, in a fixed order."""
    nodes = sorted({mention.node for mention in store.mentions([REFERENCE])})
    if not nodes:
        return []
    declarations = [
        Said(claimed.claim.id, claimed.origin, said)
        for claimed in store.claims(nodes)
        if isinstance(claimed.claim, NodeClaim)
        and claimed.origin != ORIGIN
        and isinstance(said := claimed.claim.properties.get("declaration"), Mapping)
    ]
    return sorted(declarations, key=lambda said: (said.node, said.origin, said.ref))


def link_declarations(store: Store, declarations: Sequence[Said], finder: Finder) -> Outcome:
    """One derived record a declaring node; None for nodes that declare nothing any more."""
    by_node: dict[str, Followed] = {}
    for said in declarations:
        followed = by_node.setdefault(said.node, Followed(said.node))
        _FOLLOW[str(said.fields.get("section"))](said, finder, followed)
    for node in sorted({mention.node for mention in store.mentions([FOLLOWED])} - set(by_node)):
        yield f"declared/{node}", None
    for node, followed in sorted(by_node.items()):
        yield f"declared/{node}", followed.record()


def _follow_owner(said: Said, finder: Finder, followed: Followed) -> None:
    node = finder.find_one(said.fields.get("of"), said.fields, DESCRIBED, followed.unresolved)
    owner = str(said.fields.get("owner"))
    if node is not None:
        followed.nodes.append(describe(node, {"owner": owner}))
        if node.kind is Kind.REGISTERED_MODEL:
            followed.nodes += inherit_owner(finder.members(node), owner)


def _follow_tags(said: Said, finder: Finder, followed: Followed) -> None:
    node = finder.find_one(said.fields.get("of"), said.fields, DESCRIBED, followed.unresolved)
    if node is not None:
        followed.nodes.append(describe(node, {"tags": said.fields.get("tags")}))


def _follow_deployment(said: Said, finder: Finder, followed: Followed) -> None:
    for reference in said.references("serves"):
        product = finder.find_one(reference, said.fields, PRODUCTS, followed.unresolved)
        if product is not None:
            followed.edges.append(serve(product, said.node, said.fields, said.ref))


def _follow_consumer(said: Said, finder: Finder, followed: Followed) -> None:
    for reference in said.references("uses"):
        used = finder.find_one(reference, said.fields, USED, followed.unresolved)
        if used is None:
            continue
        versions = []
        if used.kind is Kind.SOURCE:
            below = finder.beside(used.id, EdgeType.HAS_VERSION, above=False)
            versions = [node for node in below if not _ours_alone(node)]
        said_of = feed(used, versions, said.node, said.ref)
        followed.nodes += said_of.nodes
        followed.edges += said_of.edges


def _ours_alone(node: Node) -> bool:
    return all(record.startswith(f"{ORIGIN}/declared/") for record in node.records)


def _follow_evaluation(said: Said, finder: Finder, followed: Followed) -> None:
    run = finder.find_one(said.fields.get("run"), said.fields, RUNS, followed.unresolved)
    judged = finder.find_one(said.fields.get("model"), said.fields, JUDGED, followed.unresolved)
    if run is None or judged is None:
        return
    if judged.kind is Kind.MODEL_VERSION:
        models = finder.beside(judged.id, EdgeType.REGISTERED_AS, above=True)
        if len(models) != 1 or models[0].kind is not Kind.MODEL:
            followed.unresolved.append(f"{judged.name}: which model that version is, is not known")
            return
        judged = models[0]
    said_of = judge(run, judged, finder.evaluations_of(run), said.ref)
    followed.nodes += said_of.nodes
    followed.edges += said_of.edges


def _follow_load(said: Said, finder: Finder, followed: Followed) -> None:
    product = finder.find_one(said.fields.get("model"), said.fields, PRODUCTS, followed.unresolved)
    experiment = said.fields.get("experiment")
    if experiment:
        runs = finder.runs_of(str(experiment), said.fields)
        if not runs:
            followed.unresolved.append(f"{experiment}: no experiment of that name has a run")
    else:
        run = finder.find_one(said.fields.get("run"), said.fields, RUNS, followed.unresolved)
        runs = [] if run is None else [run]
    if product is not None:
        followed.edges += [load(product, run, said.ref) for run in runs]


def _follow_experiment(said: Said, finder: Finder, followed: Followed) -> None:
    """Roots and inputs are followed elsewhere; what can lead nowhere is the experiment that they name."""
    experiment = said.fields.get("experiment")
    if experiment and not finder.has_experiment(str(experiment), said.fields):
        followed.unresolved.append(f"{experiment}: no experiment goes by that name")
    if not said.fields.get("store") and len(finder.origins) > 1:
        followed.unresolved.append(f"which store is meant is not said; store: {' or '.join(finder.origins)}")


_FOLLOW: Mapping[str, Callable[[Said, Finder, Followed], None]] = {
    "owners": _follow_owner,
    "tags": _follow_tags,
    "deployments": _follow_deployment,
    "consumers": _follow_consumer,
    "evaluations": _follow_evaluation,
    "loads": _follow_load,
    "roots": _follow_experiment,
    "inputs": _follow_experiment,
}
