"""Datasets with the same content: possible, never said. One star a content, so that a thousand copies cost a thousand edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Node, Record
from lineage_graph.resolve.derived import derived


def resolve_content(key: str, sites: Sequence[Sequence[Node]]) -> Record | None:
    """SAME_CONTENT from one dataset of a site, a located one where there is one, to each other with equal digest, schema and rows.

    `sites` holds the datasets of each: a digest has 32 bits, so between strangers it is no hint.
    """
    edges = {(edge.src, edge.dst): edge for datasets in sites for edge in _star(datasets)}
    return derived(f"content/{key}", edges=list(edges.values())) if edges else None


def _star(datasets: Sequence[Node]) -> Iterator[EdgeClaim]:
    ranked = sorted(datasets, key=lambda dataset: (not dataset.properties.get("source"), dataset.id))
    for other in ranked[1:]:
        text = f"digest {ranked[0].properties.get('digest')}, the same schema and row count"
        yield EdgeClaim(
            ranked[0].id,
            other.id,
            EdgeType.SAME_CONTENT,
            Evidence.POSSIBLE,
            "same-content",
            properties={"text": text},
        )
