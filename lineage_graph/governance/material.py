"""What every section of a report is made from: the subject, what lies above and below it, and what of that is its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lineage_graph.errors import NotFound
from lineage_graph.governance.citing import Citations, Owner
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.query.answer import Answer, Options, Root
from lineage_graph.query.references import MEMBERS, Resolved, find_referenced, resolve_reference
from lineage_graph.query.spelling import echo, reference_of
from lineage_graph.query.traversal import trace
from lineage_graph.stores.base import Direction, Store

SUBJECTS = (Kind.MODEL_VERSION, Kind.ALIAS, Kind.DEPLOYMENT)
"""What a report is about."""
IS = frozenset({EdgeType.SERVED_BY, EdgeType.ALIASED_AS})
"""Edges by which a deployment or a pointer *is* the version that it stands for."""
OF = IS | {EdgeType.COPIED_TO, EdgeType.REGISTERED_AS, EdgeType.PRODUCED}
"""Edges by which a version is the model that it registers, and the run that made that."""


@dataclass
class Material:
    """Read once; sections only look. `nodes` and `edges` are those of both answers."""

    store: Store
    ref: str
    subject: Node
    upstream: Answer
    downstream: Answer

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Everything above and below, the subject too."""
        return {node.id: node for node in (*self.downstream.nodes, *self.upstream.nodes)}

    @cached_property
    def edges(self) -> Sequence[Edge]:
        """Each edge once, in the contract's order."""
        unique = {edge.key: edge for edge in (*self.downstream.edges, *self.upstream.edges)}
        return [unique[key] for key in sorted(unique)]

    @cached_property
    def citations(self) -> Citations:
        """How records are cited."""
        return Citations(self.store)

    @cached_property
    def owners(self) -> Mapping[str, Owner]:
        """Who owns what is in the report."""
        return self.citations.owners(self.nodes.values())

    @cached_property
    def _into(self) -> Mapping[str, Sequence[Edge]]:
        found: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.dst].append(edge)
        return found

    @cached_property
    def _out_of(self) -> Mapping[str, Sequence[Edge]]:
        found: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.src].append(edge)
        return found

    def into(self, id: str, *types: EdgeType) -> Iterator[Edge]:
        """Edges of these types that end at a node."""
        return (edge for edge in self._into.get(id, ()) if edge.type in types)

    def out_of(self, id: str, *types: EdgeType) -> Iterator[Edge]:
        """Edges of these types that begin at a node."""
        return (edge for edge in self._out_of.get(id, ()) if edge.type in types)

    @cached_property
    def audited(self) -> frozenset[str]:
        """What the subject stands for now: versions, pointers, models."""
        return self._back(IS)

    @cached_property
    def own(self) -> frozenset[str]:
        """What the subject is made of, short of data: versions, what they were copied from, models, the runs that made them."""
        return self._back(OF)

    def _back(self, types: frozenset[EdgeType]) -> frozenset[str]:
        found = {self.subject.id}
        waiting = [self.subject.id]
        above = {node.id for node in self.upstream.nodes}
        while waiting:
            for edge in self.into(waiting.pop(), *types):
                if edge.src in above and edge.src not in found and edge.evidence is not Evidence.POSSIBLE:
                    found.add(edge.src)
                    waiting.append(edge.src)
        return frozenset(found)

    def above(self, *kinds: Kind) -> list[Node]:
        """Nodes of these kinds among the origins and on the way to them, the nearest first."""
        return [node for node in self.upstream.nodes if node.kind in kinds]


def read_material(store: Store, ref: str, options: Options) -> Material:
    """Everything about what a reference means. Raises `NotFound` or `Ambiguous`."""
    subject = find_subject(store, ref)
    resolved = Resolved([Root(echo(ref), subject.id)], [])
    upstream, _ = trace(store, "upstream", Direction.UPSTREAM, resolved, options)
    downstream, _ = trace(store, "downstream", Direction.DOWNSTREAM, resolved, options)
    return Material(store, echo(ref), subject, upstream, downstream)


def find_subject(store: Store, ref: str) -> Node:
    """The version, pointer or deployment that is meant; for anything else, what could be reported on instead."""
    try:
        node = resolve_reference(store, ref, kinds=SUBJECTS)
    except NotFound:
        others = find_referenced(store, ref.strip())
        if not others:
            raise
        node = others[0]
    if node.kind in SUBJECTS:
        return node
    raise NotFound(
        f"{echo(ref)!r} is a {node.kind}: a report is about a version, an alias, a stage or a deployment",
        hint=f"lineage-graph downstream {reference_of(node)}   # finds those that depend on it",
        candidates=_instead_of(store, node),
    )


def _instead_of(store: Store, node: Node) -> list[str]:
    if node.kind is not Kind.REGISTERED_MODEL:
        return []
    beside = store.neighbours([node.id], frozenset({MEMBERS[node.kind]}))
    versions = [each for each in beside.nodes.values() if each.kind is Kind.MODEL_VERSION]
    return [reference_of(each) for each in sorted(versions, key=by_version)][-20:]


def by_version(node: Node) -> tuple[str, int, str]:
    """The order of versions."""
    number = node.properties.get("version")
    return (str(node.properties.get("model") or ""), number if isinstance(number, int) else 0, node.id)
