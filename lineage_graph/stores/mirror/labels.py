"""Label expressions, decided before the query runs: every node of ours has its kind and one common label."""

from __future__ import annotations

from collections.abc import Collection

from lineage_graph.stores.mirror.catalog import BOOKKEEPING, COMMON_LABEL
from lineage_graph.stores.mirror.syntax import Labels


def holds(labels: Labels, of: Collection[str]) -> bool:
    """Whether something with these labels, or this type, is meant."""
    if labels.sign == "name":
        return labels.name in of
    if labels.sign == "%":
        return bool(of)
    if labels.sign == "!":
        return not holds(labels.parts[0], of)
    test = all if labels.sign == "&" else any
    return test(holds(part, of) for part in labels.parts)


def matching_labels(labels: Labels | None, kinds: Collection[str]) -> frozenset[str]:
    """The kinds whose nodes are meant.

    >>> sorted(matching_labels(Labels("!", (Labels("name", name="Run"),)), ["Run", "Model"]))
    ['Model']
    """
    return frozenset(kind for kind in kinds if labels is None or holds(labels, (kind, COMMON_LABEL)))


def matching_types(labels: Labels | None, types: Collection[str]) -> frozenset[str]:
    """The types of relationship that are meant."""
    return frozenset(each for each in types if labels is None or holds(labels, (each,)))


def means_ours(labels: Labels | None) -> bool:
    """Whether in Neo4j, too, only nodes of the graph are meant, and none of what a store keeps beside them."""
    return labels is not None and not holds(labels, (BOOKKEEPING,))
