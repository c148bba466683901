"""What declarations need of resolving: once a round and over the whole graph, not batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lineage_graph.graph import Record
from lineage_graph.ingest.declared_links import link_declarations, read_declarations
from lineage_graph.ingest.finding import Finder
from lineage_graph.ingest.input_links import link_inputs
from lineage_graph.ingest.rooting import Folders, apply_roots, wanted_roots
from lineage_graph.ingest.written_links import link_writes
from lineage_graph.stores.base import Store

Outcome = Iterator[tuple[str, Record | None]]


class Basis:
    """What every declared link hangs on, besides the nodes that it joins: which stores there are, their roots, the inputs.

    It is kept with the origin `resolve`; where it differs from what was kept, all is linked anew.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.declarations = read_declarations(store)
        self.folders: Folders = wanted_roots(store, self.declarations)

    def kept(self) -> dict[str, object]:
        """How it is written down."""
        inputs = [
            [said.ref, *(said.fields.get(name) for name in ("store", "key", "role", "experiment"))]
            for said in self.declarations
            if said.fields.get("section") == "inputs"
        ]
        return {"roots": self.folders, "inputs": inputs, "stores": sorted(Finder(self.store).origins)}

    def apply_roots(self, before: Mapping[str, object]) -> None:
        """Make absolute, or relative again, what the changed roots concern."""
        applied = before.get("roots")
        apply_roots(self.store, self.folders, applied if isinstance(applied, Mapping) else {})

    def link(self, changed: Sequence[str], *, anew: bool) -> Outcome:
        """Every link that a declaration makes, or that joins what is declared with what is recorded."""
        finder = Finder(self.store)
        runs = None if anew else [node for node in changed if node.startswith("run:")]
        yield from link_inputs(self.store, self.declarations, finder, self.folders, runs)
        yield from link_declarations(self.store, self.declarations, finder)
        yield from link_writes(self.store, frozenset(changed))
