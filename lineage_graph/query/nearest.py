"""The nearest spellings of a name that nothing goes by, and what else helps."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.graph import DERIVED, Kind
from lineage_graph.naming.looks import ends_like_data, is_table_name
from lineage_graph.query.labels import file_name
from lineage_graph.query.parts import part_of
from lineage_graph.query.spelling import reference_of
from lineage_graph.stores.base import NodeFilter, Store

LOOKED_AT = 500
SHOWN = 5
ALIKE = 0.6
NAMED = frozenset(
    {
        Kind.SOURCE,
        Kind.DATASET,
        Kind.MODEL_VERSION,
        Kind.ALIAS,
        Kind.DEPLOYMENT,
        Kind.CONSUMER,
        Kind.EXPERIMENT,
        Kind.REGISTERED_MODEL,
    }
)
"""What people call by name; runs and columns are too many and too alike."""


def nearest_spellings(store: Store, text: str, kinds: frozenset[Kind] = frozenset()) -> list[str]:
    """References of the nodes whose names are most like the text. Looks at a bounded number of nodes."""
    from difflib import get_close_matches

    wanted = file_name(text.strip()).lower()
    spelled: dict[str, str] = {}
    for part in _parts(wanted):
        narrowed = NodeFilter(kinds=kinds or NAMED, name_contains=part, limit=LOOKED_AT)
        for node in store.find(narrowed):
            for name in {node.name, file_name(node.name)}:
                spelled.setdefault(name.lower(), reference_of(node))
    alike = get_close_matches(wanted, list(spelled), n=LOOKED_AT, cutoff=ALIKE)
    close = [name for name in alike if _are_alike(wanted, name)]
    inside = sorted((name for name in spelled if wanted in name), key=lambda name: (len(name), name))
    return list(dict.fromkeys(spelled[name] for name in [*close, *inside]))[:SHOWN]


def _are_alike(one: str, other: str) -> bool:
    """Whether they still are without what both end or begin with: not every `.csv`, nor every table of a schema, is meant."""
    from difflib import SequenceMatcher

    parts, others = one.split("."), other.split(".")
    for end in (-1, 0):
        while min(len(parts), len(others)) > 1 and parts[end] == others[end]:
            parts.pop(end)
            others.pop(end)
    return SequenceMatcher(None, ".".join(parts), ".".join(others)).ratio() >= ALIKE


def say_what_helps(store: Store, text: str, kinds: frozenset[Kind] = frozenset()) -> str:
    """The hint where nothing is near. Costs the same whatever the size of the graph."""
    if not (_looks_like_data(text) or (kinds and kinds <= {Kind.SOURCE, Kind.DATASET})):
        return "lineage-graph search TEXT finds parts of names"
    if store.find(NodeFilter(kinds=frozenset({Kind.SOURCE}), limit=1)):
        return (
            "no location here is like it: lineage-graph search TEXT --kind Source finds parts of one, "
            "lineage-graph doctor says what was not logged"
        )
    runs = _count_runs(store)
    none = f"none of the {runs:,} runs" if runs > 1 else "no run"
    return f"{none} here says where its data lies: lineage-graph doctor says what would close that"


def _looks_like_data(text: str) -> bool:
    if text.lower().startswith(("models:", "runs:")):
        return False
    return "://" in text or text.startswith(("/", "./", "~/")) or ends_like_data(text) or is_table_name(text)


def _count_runs(store: Store) -> int:
    """As the crawls counted them; 0 where one of them has not read all."""
    runs = 0
    for origin in store.state()[1]:
        read = origin.report.get("read")
        if origin.type == DERIVED or not isinstance(read, Mapping):
            continue
        if not origin.complete or part_of(origin):
            return 0
        runs += int(read.get("runs", 0))
    return runs


def _parts(wanted: str) -> list[str]:
    """The text itself, then its beginning and its end: what a slip of the finger leaves whole."""
    length = max(2, len(wanted) // 3)
    middle = len(wanted) // 3
    parts = [wanted, wanted[:length], wanted[-length:], wanted[middle : middle + length]]
    return [part for part in dict.fromkeys(parts) if part]
