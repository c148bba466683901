"""What a downstream answer hides: ends that are deleted, failed models, and whatever leads to nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from lineage_graph.graph import Kind, Node, State
from lineage_graph.query.steps import Step


def is_hideable(node: Node) -> bool:
    """Whether this node is no impact by itself. It stays passable: a live version of a deleted run keeps its data."""
    return node.state is State.DELETED or (node.kind is Kind.MODEL and node.state is State.FAILED)


def prune(
    nodes: Mapping[str, Node], steps: Sequence[Step], roots: Iterable[str]
) -> tuple[set[str], Counter[str]]:
    """Ids that stay, and what is hidden by state: a hideable node stays only where it leads to one that is not.

    Asking what leads to something, rather than taking off ends one by one, also hides a cycle of deleted nodes.
    """
    leads_from: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        leads_from[step.after.node].append(step.before.node)
    stays = {id for id, node in nodes.items() if not is_hideable(node)} | set(roots)
    waiting = list(stays)
    while waiting:
        for before in leads_from.get(waiting.pop(), ()):
            if before not in stays:
                stays.add(before)
                waiting.append(before)
    hidden = Counter(str(node.state) for id, node in nodes.items() if id not in stays)
    return stays, hidden
