"""Search: what has this text in its name or location, the best match first."""

from __future__ import annotations

from lineage_graph.graph import KIND_ORDER, Kind, Node
from lineage_graph.query.answer import WHOLE, Answer, Options, Truncated, Verdict
from lineage_graph.query.labels import file_name, text_of
from lineage_graph.query.traversal import PLAIN, read_graph
from lineage_graph.redact import strip_control
from lineage_graph.stores.base import NodeFilter, Store

_LAST = frozenset({Kind.FEATURE, Kind.FEATURE_SET})
"""Columns are many and rarely what is looked for."""


def search(store: Store, text: str, options: Options = PLAIN) -> Answer:
    """Nodes whose names or locations contain the text, whatever its case."""
    wanted = strip_control(text.strip())
    kinds = frozenset(options.kinds)
    found = store.find(NodeFilter(kinds=kinds, name_contains=wanted)) if wanted else []
    ranked = sorted(found, key=lambda node: rank(node, wanted))
    shown = ranked if options.limit is None else ranked[: options.limit]
    counts = {str(kind): sum(node.kind is kind for node in found) for kind in KIND_ORDER}
    left_out = len(ranked) - len(shown)
    return Answer(
        command="search",
        direction=None,
        roots=(),
        options=options,
        graph=read_graph(store),
        verdict=Verdict.FOUND if found else Verdict.NONE,
        nodes=tuple(shown),
        counts={kind: number for kind, number in counts.items() if number},
        truncated=Truncated(left_out, 0, "limit") if left_out else WHOLE,
        sought=wanted,
    )


def rank(node: Node, wanted: str) -> tuple[int, bool, int, int, str]:
    """How well a node matches: the name itself, in its case or another, its beginning, a part of it, a part of the location."""
    names = {node.name, file_name(text_of(node, "uri") or node.name)}
    low = wanted.lower()
    lowered = {name.lower() for name in names}
    if wanted in names:
        fit = 0
    elif low in lowered:
        fit = 1
    elif any(name.startswith(low) for name in lowered):
        fit = 2
    elif any(low in name for name in lowered):
        fit = 3
    else:
        fit = 4
    return (fit, node.kind in _LAST, KIND_ORDER[node.kind], len(node.name), node.id)
