"""Which nodes changed, as a batch of links is told of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from lineage_graph.graph import Kind
from lineage_graph.naming import kind_of


class Changed(NamedTuple):
    """The nodes of one batch by kind, and all of its round: what hangs on another batch's node is left to that batch."""

    by_kind: Mapping[Kind, Sequence[str]]
    in_round: Collection[str]

    def of(self, *kinds: Kind) -> list[str]:
        """The nodes of the batch of these kinds."""
        return [node for kind in kinds for node in self.by_kind.get(kind, ())]


def sort_by_kind(nodes: Sequence[str], in_round: Collection[str]) -> Changed:
    """A batch."""
    by_kind: dict[Kind, list[str]] = {}
    for node in nodes:
        by_kind.setdefault(kind_of(node), []).append(node)
    return Changed(by_kind, in_round)
