"""The graph: kinds of node, types of edge, evidence, and the claims that both are made of. Standard library only.

Edges point downstream, the way data flows::

    Source ─HAS_VERSION→ Dataset ─READ_BY→ Run ─PRODUCED→ Model ─REGISTERED_AS→ ModelVersion ─ALIASED_AS→ Alias ─SERVED_BY→ Deployment
       │                    │  ↑             │               ↑        └─────────────COPIED_TO→ ModelVersion        (any of the three) │
       │                    │  └──WROTE──────┤               │                                                          FEEDS ↓
       │                    └CONTINUES_AS→ Dataset           │                                                          Consumer
       └HAS_COLUMN→ Feature ─PART_OF→ FeatureSet ─USED_BY────┘
    Dataset, Model ─EVALUATED_IN→ Evaluation            Model, ModelVersion, Alias ─LOADED_BY→ Run

A *source* (MLflow, a declaration) yields *records*; a record makes *claims* about nodes and edges. Stores keep claims. What a
reader sees, a `Node` or an `Edge`, is merged from its claims when it is read, so that no order of arrival can matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a node is, in the order in which answers list them."""

    SOURCE = "Source"
    DATASET = "Dataset"
    FEATURE = "Feature"
    FEATURE_SET = "FeatureSet"
    RUN = "Run"
    EVALUATION = "Evaluation"
    MODEL = "Model"
    MODEL_VERSION = "ModelVersion"
    ALIAS = "Alias"
    DEPLOYMENT = "Deployment"
    CONSUMER = "Consumer"
    EXPERIMENT = "Experiment"
    REGISTERED_MODEL = "RegisteredModel"
    JOB = "Job"


KIND_ORDER: Mapping[Kind, int] = {kind: rank for rank, kind in enumerate(Kind)}
GROUPS = frozenset({Kind.EXPERIMENT, Kind.REGISTERED_MODEL, Kind.JOB})
"""Stored and queried, never part of a flow."""


class EdgeType(StrEnum):
    """The closed list; each reads from left to right."""

    HAS_VERSION = "HAS_VERSION"
    READ_BY = "READ_BY"
    WROTE = "WROTE"
    CONTINUES_AS = "CONTINUES_AS"
    HAS_COLUMN = "HAS_COLUMN"
    PART_OF = "PART_OF"
    USED_BY = "USED_BY"
    PRODUCED = "PRODUCED"
    REGISTERED_AS = "REGISTERED_AS"
    COPIED_TO = "COPIED_TO"
    ALIASED_AS = "ALIASED_AS"
    SERVED_BY = "SERVED_BY"
    LOADED_BY = "LOADED_BY"
    EVALUATED_IN = "EVALUATED_IN"
    FEEDS = "FEEDS"
    # Not flow:
    CHILD_OF = "CHILD_OF"
    IN_EXPERIMENT = "IN_EXPERIMENT"
    INSTANCE_OF = "INSTANCE_OF"
    VERSION_OF = "VERSION_OF"
    SAME_CONTENT = "SAME_CONTENT"
    ATTEMPTED = "ATTEMPTED"


NOT_FLOW = frozenset(
    {
        EdgeType.CHILD_OF,
        EdgeType.IN_EXPERIMENT,
        EdgeType.INSTANCE_OF,
        EdgeType.VERSION_OF,
        EdgeType.SAME_CONTENT,
        EdgeType.ATTEMPTED,
    }
)
FLOW = frozenset(EdgeType) - NOT_FLOW
OBSERVED = frozenset({EdgeType.ALIASED_AS})
"""Edges that a source keeps no times of. Their interval is the one between two crawls: a store closes it, never deletes it."""


class Evidence(StrEnum):
    """How an edge is known, the strongest first."""

    LOGGED = "logged"
    DECLARED = "declared"
    INFERRED = "inferred"
    POSSIBLE = "possible"
    """Hinted at, not said: listed apart, followed only when asked."""


EVIDENCE_RANK: Mapping[Evidence, int] = {evidence: rank for rank, evidence in enumerate(Evidence)}


class State(StrEnum):
    """Whether what a node stands for is still there."""

    LIVE = "live"
    DELETED = "deleted"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class Role(StrEnum):
    """What a run read a dataset for."""

    TRAINING = "training"
    EVALUATION = "evaluation"
    INFERENCE = "inference"
    UNSPECIFIED = "unspecified"


Properties = Mapping[str, object]
NOTHING: Properties = {}


class NodeClaim(NamedTuple):
    """What one record says about one node. A NamedTuple, not a dataclass: a crawl makes millions."""

    id: str
    kind: Kind
    name: str
    properties: Properties = NOTHING
    gaps: tuple[str, ...] = ()
    state: State = State.LIVE
    evidence: Evidence = Evidence.LOGGED


class EdgeClaim(NamedTuple):
    """What one record says about one edge. Times are epoch milliseconds UTC; `ref` is the source's own row behind it."""

    src: str
    dst: str
    type: EdgeType
    evidence: Evidence
    rule: str
    ref: str = ""
    valid_from: int | None = None
    valid_to: int | None = None
    properties: Properties = NOTHING


class Mention(NamedTuple):
    """That a node is concerned by a key: how `resolve` finds the records that only together make a link."""

    key: str
    node: str


class Record(NamedTuple):
    """One thing that a source keeps (a run, a version, a file's entry) with all that it claims.

    `key` is stable within its origin; `fingerprint` changes when the record does. `shared` are claims that many records make
    alike (a dataset's columns): each is stored once, under a key made from its content, while any record needs it.
    """

    key: str
    fingerprint: bytes
    nodes: tuple[NodeClaim, ...] = ()
    edges: tuple[EdgeClaim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    shared: tuple[Record, ...] = ()


class Claimed(NamedTuple):
    """A claim as a store gives it back: with its origin and record."""

    origin: str
    record: str
    claim: NodeClaim | EdgeClaim
    first_seen: int | None = None
    last_seen: int | None = None

    @property
    def ref(self) -> str:
        """`origin/ref`, as in the contract's `records`; the record itself where the claim names no row."""
        inner = self.claim.ref if isinstance(self.claim, EdgeClaim) and self.claim.ref else self.record
        return f"{self.origin}/{inner}"


class Node(NamedTuple):
    """A node as a reader sees it, merged from its claims. A *stub* has none: others name it, nothing describes it."""

    id: str
    kind: Kind
    name: str
    state: State = State.LIVE
    properties: Properties = NOTHING
    gaps: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def stub(self) -> bool:
        """Whether only other records know of it."""
        return not self.records


class Edge(NamedTuple):
    """An edge as a reader sees it: the strongest of its claims, with the records of all of them."""

    src: str
    dst: str
    type: EdgeType
    evidence: Evidence
    rule: str
    records: tuple[str, ...] = ()
    valid_from: int | None = None
    valid_to: int | None = None
    properties: Properties = NOTHING

    @property
    def key(self) -> tuple[str, str, str]:
        """How answers order edges: from, type, to."""
        return (self.src, self.type, self.dst)


class Subgraph(NamedTuple):
    """An answer's raw material: nodes with their distance from the roots, and the edges between them."""

    nodes: Mapping[str, Node]
    edges: Sequence[Edge]
    hops: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """One crawled system, by its given name. `settings` (site, roots, workspace …) and `uri` hold no secret."""

    name: str
    type: str
    uri: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    read_at: int | None = None
    """When the last crawl that changed or confirmed it began: epoch milliseconds."""
    complete: bool = False
    """False while a crawl runs, after one broke off, and where something could not be read."""
    report: Mapping[str, object] = field(default_factory=dict)
    """Of the last crawl that ended: `read` (counts), `skipped` (code, count, example); `PART` where it did not read all."""


CLOSES = "-"
"""Before a gap's code in a claim: another claim's gap of that code is none any more."""
PART = "part"
"""In an origin's report: what a crawl was asked for (`experiments`, `since`), and its `read_at` and `complete`, by which it is known."""
DERIVED = "resolve"
"""The origin of what no system recorded: links made from several records together."""

STATE_RANK = {State.LIVE: 0, State.SUPERSEDED: 1, State.FAILED: 2, State.DELETED: 3}


def merge_node(node_id: str, kind: Kind, claims: Iterable[Claimed]) -> Node:
    """One node from all that is claimed of it, the same whatever their order.

    Declared before logged before inferred; within that by origin and record. The strongest claim that has a property gives it;
    `names` and `tags` are unions, and so are gaps, less those that a claim closes (`-no-dataset`). The node is live if any record
    of the strongest evidence says so; a declaration tells of a node, not whether it is still there.
    """
    ranked = sorted(claims, key=_node_rank)
    if not ranked:
        return Node(node_id, kind, _last_part(node_id), State.DELETED if kind is Kind.RUN else State.LIVE)
    if len(ranked) == 1:
        only = ranked[0].claim
        assert isinstance(only, NodeClaim)
        return Node(
            node_id, kind, only.name, only.state, only.properties, open_gaps(only.gaps), (ranked[0].ref,)
        )
    return _merge_many(node_id, kind, ranked)


def _merge_many(node_id: str, kind: Kind, ranked: Sequence[Claimed]) -> Node:
    properties: dict[str, object] = {}
    gaps: set[str] = set()
    states: dict[int, list[State]] = {}
    name = ""
    for claimed in ranked:
        claim = claimed.claim
        assert isinstance(claim, NodeClaim)
        name = name or claim.name
        gaps.update(claim.gaps)
        # Who declares an owner of something deleted doesn't bring it back.
        says = len(EVIDENCE_RANK) if claim.evidence is Evidence.DECLARED else EVIDENCE_RANK[claim.evidence]
        states.setdefault(says, []).append(claim.state)
        for key, value in claim.properties.items():
            properties[key] = _join(key, properties[key], value) if key in properties else value
    refs = tuple(dict.fromkeys(claimed.ref for claimed in ranked))
    state = min(states[min(states)], key=STATE_RANK.__getitem__)
    return Node(node_id, kind, name, state, properties, open_gaps(gaps), refs)


def open_gaps(gaps: Iterable[str]) -> tuple[str, ...]:
    """The gaps that no claim closes, as `-no-dataset` closes `no-dataset`."""
    said = set(gaps)
    return tuple(sorted(gap for gap in said if not gap.startswith(CLOSES) and CLOSES + gap not in said))


def _join(key: str, old: object, new: object) -> object:
    if key == "names" and isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        return sorted({str(item) for item in [*old, *new]})
    if key == "tags" and isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**new, **old}
    return new if old is None else old


def _node_rank(claimed: Claimed) -> tuple[int, str, str]:
    claim = claimed.claim
    assert isinstance(claim, NodeClaim)
    declared_first = -1 if claim.evidence is Evidence.DECLARED else EVIDENCE_RANK[claim.evidence]
    return (declared_first, claimed.origin, claimed.record)


def merge_edge(claims: Sequence[Claimed]) -> Edge:
    """One edge from its claims: the strongest shows (logged, declared, inferred, possible), all are named."""
    ranked = sorted(claims, key=_edge_rank) if len(claims) > 1 else claims
    first = ranked[0].claim
    assert isinstance(first, EdgeClaim)
    refs = tuple(dict.fromkeys(claimed.ref for claimed in ranked))
    return Edge(
        first.src,
        first.dst,
        first.type,
        first.evidence,
        first.rule,
        refs,
        first.valid_from,
        first.valid_to,
        first.properties,
    )


def _edge_rank(claimed: Claimed) -> tuple[int, str, str, str]:
    claim = claimed.claim
    assert isinstance(claim, EdgeClaim)
    return (EVIDENCE_RANK[claim.evidence], claimed.origin, claimed.record, claim.rule)


def _last_part(node_id: str) -> str:
    return node_id.split(":", 1)[-1]
