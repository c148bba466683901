"""Find what a declaration's references mean in a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Evidence, Kind, Node, Origin
from lineage_graph.resolve.references import Kinds, Lookup, Scope, is_known, read_reference, why_not
from lineage_graph.stores.base import NodeFilter, Store

MLFLOW = "mlflow"
MOST_FOUND = 50


def store_name(origin: Origin) -> str:
    """The given name of an MLflow origin: `mlflow:prod` is `prod`."""
    return origin.name.partition(":")[2]


class Finder:
    """Reads references in one state of a store; each lookup is made once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.origins = {store_name(origin): origin for origin in store.state()[1] if origin.type == MLFLOW}
        sites = {str(origin.settings.get("site") or "") for origin in store.state()[1]}
        self._sites = tuple(sorted({site for site in sites if site} | {naming.DEFAULT_SITE}))
        self._made: dict[Lookup, list[Node]] = {}

    def scope_of(self, said: Mapping[str, object]) -> Scope:
        """Where the names of a declaration are meant."""
        named = said.get("store")
        stores = (str(named),) if named else tuple(sorted(self.origins))
        return Scope(stores, str(said.get("workspace") or "default"), self._sites)

    def only_store(self, said: Mapping[str, object]) -> str | None:
        """The one store that a declaration is about; None where it names none and there are several."""
        stores = self.scope_of(said).stores
        return stores[0] if len(stores) == 1 else None

    def find(self, reference: object, said: Mapping[str, object], kinds: Kinds) -> list[Node]:
        """Every node that the most exact reading leads to."""
        if not isinstance(reference, Mapping):
            return []
        at = reference.get("at")
        text = str(reference.get("text") or "")
        for lookup in read_reference(text, str(at) if at else None, self.scope_of(said), kinds):
            if found := self._make(lookup):
                return found
        return []

    def find_one(
        self, reference: object, said: Mapping[str, object], kinds: Kinds, unresolved: list[str]
    ) -> Node | None:
        """The one node that is meant; else None, and why in `unresolved`."""
        found = self.find(reference, said, kinds)
        if len(found) == 1:
            return found[0]
        text = str(reference.get("text")) if isinstance(reference, Mapping) else ""
        why = why_not(text, found)
        groups = frozenset({Kind.REGISTERED_MODEL})
        if not found and Kind.ALIAS in kinds and self.find(reference, said, groups):
            why = f"{text}: a registered model; say which version or alias, as {text}/3 or {text}@champion"
        unresolved.append(why)
        return None

    def _make(self, lookup: Lookup) -> list[Node]:
        found = self._made.get(lookup)
        if found is None:
            found = [node for node in self._look_up(lookup) if node.kind in lookup.kinds and is_known(node)]
            self._made[lookup] = found
        return found

    def _look_up(self, lookup: Lookup) -> Sequence[Node]:
        if lookup.ids:
            return list(self.store.get(lookup.ids).values())
        if lookup.name is None and lookup.id_prefix is None and not lookup.properties:
            return []
        return self.store.find(
            NodeFilter(
                kinds=lookup.kinds,
                name=lookup.name,
                id_prefix=lookup.id_prefix,
                properties=dict(lookup.properties),
                limit=MOST_FOUND,
            )
        )

    def beside(self, node: str, edge_type: EdgeType, *, above: bool) -> list[Node]:
        """The nodes one certain edge above or below."""
        around = self.store.neighbours([node], frozenset({edge_type}))
        ends = {
            (edge.src if above else edge.dst)
            for edge in around.edges
            if (edge.dst if above else edge.src) == node
            and edge.evidence is not Evidence.POSSIBLE
            and edge.valid_to is None
        }
        return [around.nodes[end] for end in sorted(ends)]

    def members(self, registered: Node) -> list[Node]:
        """The versions of a registered model, what points at them, and the models that they are."""
        versions = self.beside(registered.id, EdgeType.VERSION_OF, above=True)
        found = {node.id: node for node in versions}
        for version in versions:
            for pointer in self.beside(version.id, EdgeType.ALIASED_AS, above=False):
                found[pointer.id] = pointer
            for model in self.beside(version.id, EdgeType.REGISTERED_AS, above=True):
                if model.kind is Kind.MODEL:
                    found[model.id] = model
        return [found[node] for node in sorted(found)]

    def evaluations_of(self, run: Node) -> list[Node]:
        """What is known of a run's judgements."""
        wanted = {"run_id": run.properties.get("run_id")}
        found = self.store.find(NodeFilter(kinds=frozenset({Kind.EVALUATION}), properties=wanted))
        return [node for node in found if is_known(node)]

    def runs_of(self, experiment: str, said: Mapping[str, object]) -> list[Node]:
        """The runs of an experiment in the stores that a declaration means."""
        runs = self.store.find(NodeFilter(kinds=frozenset({Kind.RUN}), properties={"experiment": experiment}))
        stores = self.scope_of(said).stores
        return [run for run in runs if self.store_of(run) in stores]

    def store_of(self, run: Node) -> str:
        """The given name of the MLflow store that a run is in; empty for another's."""
        for record in run.records:
            origin, slash, _ = record.partition("/")
            if slash and origin.startswith(f"{MLFLOW}:"):
                return origin.partition(":")[2]
        return ""

    def has_experiment(self, experiment: str, said: Mapping[str, object]) -> bool:
        """Whether a store that the declaration means has an experiment of that name."""
        found = self.store.find(NodeFilter(kinds=frozenset({Kind.EXPERIMENT}), name=experiment))
        prefixes = [naming.experiment_id(store, "") for store in self.scope_of(said).stores]
        return any(node.id.startswith(prefix) for node in found for prefix in prefixes)
