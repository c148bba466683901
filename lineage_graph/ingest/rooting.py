"""Which directories the relative paths of each store start from, and the graph brought in line when they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lineage_graph.graph import Origin
from lineage_graph.ingest.declared_links import Said, read_declarations
from lineage_graph.ingest.finding import MLFLOW, store_name
from lineage_graph.resolve.roots import Roots, rebase
from lineage_graph.stores.base import Store

Folders = dict[str, dict[str, str]]
"""Store -> experiment -> directory."""


def declared_roots(store: Store, store_name: str) -> dict[str, str]:
    """Experiment -> directory, as declarations say it for the MLflow store of that given name."""
    return _declared(read_declarations(store), [*_stores(store), store_name]).get(store_name, {})


def roots_of(store: Store, origin: Origin) -> Roots:
    """The roots of one MLflow origin: those that it was crawled with go before declared ones."""
    name = store_name(origin)
    folders = {**declared_roots(store, name), **_given(origin)}
    return Roots(name, str(origin.settings.get("site") or ""), folders)


def wanted_roots(store: Store, declarations: Sequence[Said]) -> Folders:
    """The roots of every MLflow store."""
    declared = _declared(declarations, _stores(store))
    wanted = {
        store_name(origin): {**declared.get(store_name(origin), {}), **_given(origin)}
        for origin in store.state()[1]
        if origin.type == MLFLOW
    }
    return {name: folders for name, folders in wanted.items() if folders}


def apply_roots(store: Store, wanted: Folders, applied: Mapping[str, object]) -> None:
    """Rebase the records of each store whose roots are no longer those that were applied.

    Fingerprints stay: the next crawl has nothing to map again.
    """
    for origin in store.state()[1]:
        name = store_name(origin)
        if origin.type != MLFLOW or wanted.get(name, {}) == applied.get(name, {}):
            continue
        _move_all(store, origin.name, wanted.get(name, {}))


def _move_all(store: Store, name: str, folders: Mapping[str, str]) -> None:
    """Read and write under one lock: what a crawl writes while this one waits for it must not be put back."""
    while (origin := _origin(store, name)) is not None:
        with store.writing(origin) as session:
            if _origin(store, name) != origin:
                continue
            roots = Roots(store_name(origin), str(origin.settings.get("site") or ""), folders)
            moved = [
                rebased for record in store.records(name) if (rebased := rebase(record, roots)) is not record
            ]
            if moved:
                session.write(moved)
                session.finish(retract=False, complete=origin.complete, report=origin.report)
            return


def _origin(store: Store, name: str) -> Origin | None:
    return next((origin for origin in store.state()[1] if origin.name == name), None)


def _given(origin: Origin) -> dict[str, str]:
    """Those of `--root`."""
    roots = origin.settings.get("roots")
    return {str(key): str(value) for key, value in roots.items()} if isinstance(roots, Mapping) else {}


def _stores(store: Store) -> list[str]:
    return [store_name(origin) for origin in store.state()[1] if origin.type == MLFLOW]


def _declared(declarations: Sequence[Said], stores: Sequence[str]) -> Folders:
    """A declaration that names no store means the only one. Where two differ, neither counts: the gap stays."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    only = set(stores)
    for said in declarations:
        if said.fields.get("section") != "roots":
            continue
        named = said.fields.get("store") or (next(iter(only)) if len(only) == 1 else None)
        if named:
            found[str(named), str(said.fields.get("experiment"))].add(str(said.fields.get("folder")))
    folders: Folders = {}
    for (name, experiment), places in sorted(found.items()):
        if len(places) == 1:
            folders.setdefault(name, {})[experiment] = next(iter(places))
    return folders
