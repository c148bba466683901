"""The nearest spellings of a name that nothing goes by."""

from __future__ import annotations

from lineage_graph.graph import Kind
from lineage_graph.query.labels import file_name
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
    close = get_close_matches(wanted, list(spelled), n=SHOWN, cutoff=ALIKE)
    inside = sorted((name for name in spelled if wanted in name), key=lambda name: (len(name), name))
    return list(dict.fromkeys(spelled[name] for name in [*close, *inside]))[:SHOWN]


def _parts(wanted: str) -> list[str]:
    """The text itself, then its beginning and its end: what a slip of the finger leaves whole."""
    length = max(2, len(wanted) // 3)
    middle = len(wanted) // 3
    parts = [wanted, wanted[:length], wanted[-length:], wanted[middle : middle + length]]
    return [part for part in dict.fromkeys(parts) if part]
