"""Datasets with the same content: possible, never said. One star a content, so that a thousand copies cost a thousand edges."""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Node, Record
from lineage_graph.resolve.derived import derived


def resolve_content(key: str, datasets: Sequence[Node]) -> Record | None:
    """SAME_CONTENT from one dataset, a located one where there is one, to each other with equal digest, schema and rows."""
    if len(datasets) < 2:
        return None
    ranked = sorted(datasets, key=lambda dataset: (not dataset.properties.get("source"), dataset.id))
    centre, *others = ranked
    text = f"digest {centre.properties.get('digest')}, the same schema and row count"
    edges = [
        EdgeClaim(
            centre.id,
            other.id,
            EdgeType.SAME_CONTENT,
            Evidence.POSSIBLE,
            "same-content",
            properties={"text": text},
        )
        for other in others
    ]
    return derived(f"content/{key}", edges=edges)
