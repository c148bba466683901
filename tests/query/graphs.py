"""Graphs drawn by hand, in a real store: short words for claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lineage_graph.graph import (
    Claimed,
    EdgeClaim,
    EdgeType,
    Evidence,
    Kind,
    NodeClaim,
    Origin,
    Record,
    State,
)
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import Store
from lineage_graph.stores.table import open_store

ORIGIN = Origin("mlflow:prod", "mlflow", read_at=1_000, complete=True)

TYPES = {
    "ver": EdgeType.HAS_VERSION,
    "read": EdgeType.READ_BY,
    "made": EdgeType.PRODUCED,
    "reg": EdgeType.REGISTERED_AS,
    "alias": EdgeType.ALIASED_AS,
    "serve": EdgeType.SERVED_BY,
    "feed": EdgeType.FEEDS,
    "eval": EdgeType.EVALUATED_IN,
    "wrote": EdgeType.WROTE,
    "load": EdgeType.LOADED_BY,
    "copy": EdgeType.COPIED_TO,
    "of": EdgeType.VERSION_OF,
    "in": EdgeType.IN_EXPERIMENT,
    "same": EdgeType.SAME_CONTENT,
    "col": EdgeType.HAS_COLUMN,
    "part": EdgeType.PART_OF,
    "used": EdgeType.USED_BY,
}


def node(
    id: str, *gaps: str, name: str | None = None, state: State = State.LIVE, **properties: Any
) -> Claimed:
    """A node's claim, by its id."""
    kind = kind_of(id)
    if kind is Kind.DATASET:
        properties["name"] = name or id
    claim = NodeClaim(id, kind, id.split(":", 1)[1] if name is None else name, properties, gaps, state)
    return Claimed("mlflow:prod", f"nodes/{id}", claim)


def edge(
    src: str,
    word: str,
    dst: str,
    *,
    role: str | None = None,
    evidence: Evidence = Evidence.LOGGED,
    rule: str = "drawn",
    ref: str = "",
    text: str | None = None,
    valid_from: int | None = None,
    valid_to: int | None = None,
) -> Claimed:
    """An edge's claim: `edge("run:r", "made", "model:m")`."""
    properties = {key: value for key, value in (("role", role), ("text", text)) if value is not None}
    claim = EdgeClaim(
        src, dst, TYPES[word], evidence, rule, ref or f"{src}>{dst}", valid_from, valid_to, properties
    )
    return Claimed("mlflow:prod", f"edges/{src}>{dst}", claim)


def draw(*claims: Claimed, origins: Sequence[Origin] = (ORIGIN,), url: str = "memory:") -> Store:
    """A store with these claims, each in a record of its own. Of origin `mlflow:prod` unless a claim says another."""
    store = open_store(url)
    records: dict[str, list[Record]] = defaultdict(list)
    for place, claimed in enumerate(claims):
        is_node = isinstance(claimed.claim, NodeClaim)
        nodes = (claimed.claim,) if isinstance(claimed.claim, NodeClaim) else ()
        edges = () if is_node else (claimed.claim,)
        key = f"{claimed.record}#{place}"
        records[claimed.origin].append(Record(key, b"1", nodes, edges))  # type: ignore[arg-type]
    for origin in origins:
        with store.writing(replace(origin, complete=False)) as writing:
            writing.fresh([(record.key, record.fingerprint) for record in records[origin.name]])
            writing.write(records[origin.name])
            writing.finish(retract=True, complete=origin.complete, report=origin.report)
    return store
