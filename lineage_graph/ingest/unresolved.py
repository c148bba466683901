"""What a declaration names and nothing in the graph goes by: told when it is ingested, whether it is new or not."""

from __future__ import annotations

from collections import defaultdict

from lineage_graph.ingest.declared_links import read_declarations
from lineage_graph.stores.base import Store


def read_unresolved(store: Store, origin: str) -> tuple[str, ...]:
    """The references of one origin's declarations that lead nowhere, each with its place in the file where that is plain."""
    places: dict[str, list[str]] = defaultdict(list)
    for said in read_declarations(store):
        if said.origin == origin:
            places[said.node].append(said.ref.removeprefix(f"{origin}/"))
    found = []
    for node in store.get(sorted(places)).values():
        texts = node.properties.get("unresolved")
        at = sorted(set(places[node.id]))
        place = f"{at[0]}: " if len(at) == 1 else ""
        found += [f"{place}{text}" for text in texts] if isinstance(texts, list | tuple) else []
    return tuple(sorted(found))
