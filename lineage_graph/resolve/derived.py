"""A record that no source keeps: made from the claims of several, under the origin `resolve`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from lineage_graph.graph import DERIVED, EdgeClaim, Mention, Node, NodeClaim, Record

ORIGIN = DERIVED


def derived(
    key: str,
    *,
    nodes: Sequence[NodeClaim] = (),
    edges: Sequence[EdgeClaim] = (),
    mentions: Sequence[Mention] = (),
    shared: Sequence[Record] = (),
) -> Record:
    """The record, its fingerprint made from its content, so that resolving again writes only what differs."""
    content = repr((tuple(nodes), tuple(edges), tuple(mentions), [(s.key, s.fingerprint) for s in shared]))
    fingerprint = blake2b(content.encode("utf-8", "backslashreplace"), digest_size=12).digest()
    return Record(key, fingerprint, tuple(nodes), tuple(edges), tuple(mentions), tuple(shared))


def name_candidates(models: Iterable[Node]) -> dict[str, object]:
    """The models of which any may be meant, as a property: `-v` tells of the links that were not made. Empty where there is none."""
    candidates = sorted({model.id for model in models})
    return {"candidates": candidates} if candidates else {}
