"""For each kind of derived link: which keys do the changed nodes concern, and what do the pure functions need to know.

Each function yields (key of the derived record, the record or None where there is no such link any more).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from lineage_graph.graph import EdgeType, Kind, Node, Record, Role
from lineage_graph.ingest.changed import Changed
from lineage_graph.ingest.hint_links import link_hints
from lineage_graph.ingest.made import MADE, models_made
from lineage_graph.naming import kind_of
from lineage_graph.naming import run_id as name_run
from lineage_graph.resolve.content import resolve_content
from lineage_graph.resolve.derived import ORIGIN
from lineage_graph.resolve.evaluations import resolve_evaluation
from lineage_graph.resolve.features import RETRIEVED, Features, columns_of, features_of, resolve_features
from lineage_graph.resolve.pointers import resolve_pointers
from lineage_graph.resolve.versions import resolve_version
from lineage_graph.stores.base import Store

Outcome = Iterator[tuple[str, Record | None]]


def link_versions(store: Store, changed: Changed) -> Outcome:
    """Versions that changed, or whose run did (a model of it appeared, went, failed)."""
    runs = _runs_of(store, changed)
    keys = [f"run:{_native(run)}" for run in runs]
    concerned = {m.node for m in store.mentions(keys) if m.node.startswith("modelversion:")}
    versions_changed = changed.of(Kind.MODEL_VERSION)
    concerned.update(versions_changed)
    # Whether a copy needs its run hangs on whether what it was copied from is known.
    concerned.update(copy for _, copy in store.ends(versions_changed, _COPIED))
    # A version whose own record names its model mentions no run: the run would add a longer way beside the short one.
    is_open = {m.node for m in store.mentioned(sorted(concerned)) if m.key.startswith("run:")}
    is_open -= _copies(store, sorted(is_open))
    versions = store.get(sorted(is_open))
    run_ids = sorted({name_run(str(versions[v].properties["run_id"])) for v in is_open if v in versions})
    # A model that only an earlier round of this very function claims decides nothing.
    made = {run: [m for m in models if _recorded(m)] for run, models in models_made(store, run_ids).items()}
    found = store.get(run_ids)
    for version_id in sorted(concerned):
        version = versions.get(version_id)
        record = None
        if version is not None and version_id in is_open:
            run = name_run(str(version.properties["run_id"]))
            record = resolve_version(version, found.get(run), made.get(run, ()))
        yield f"versions/{version_id}", record


_COPIED = frozenset({EdgeType.COPIED_TO})


def _copies(store: Store, versions: Sequence[str]) -> set[str]:
    """Those that are a copy of a version that is still known: it leads to the model, the run would be a second way."""
    edges = [edge for edge in store.edges(versions, _COPIED) if edge.valid_to is None]
    copied = store.get(sorted({edge.src for edge in edges}))
    return {edge.dst for edge in edges if not copied[edge.src].stub}


def link_pointers(store: Store, changed: Changed) -> Outcome:
    """Registered models with a version or pointer that changed."""
    touched = changed.of(Kind.MODEL_VERSION, Kind.REGISTERED_MODEL)
    ends = store.ends(touched, frozenset({EdgeType.VERSION_OF}))
    groups = sorted({*(group for _, group in ends), *changed.of(Kind.REGISTERED_MODEL)})
    members = store.neighbours(groups, frozenset({EdgeType.VERSION_OF}))
    for gone in (group for group in groups if group not in members.nodes):
        yield f"pointers/{gone}", None
    groups = [group for group in groups if group in members.nodes]
    versions: dict[str, list[Node]] = defaultdict(list)
    for edge in (edge for edge in members.edges if edge.valid_to is None):
        versions[edge.dst].append(members.nodes[edge.src])
    every = sorted({version.id for group in versions.values() for version in group})
    pointing = store.edges(every, frozenset({EdgeType.ALIASED_AS, EdgeType.SERVED_BY}))
    pointed = {edge.src for edge in pointing if edge.valid_to is None}
    for group in groups:
        registered = members.nodes[group]
        yield f"pointers/{group}", resolve_pointers(registered, versions.get(group, ()), pointed)


def link_features(store: Store, changed: Changed) -> Outcome:
    """Models that changed, or whose run did."""
    models_changed = changed.of(Kind.MODEL)
    ends = store.ends(models_changed, MADE)
    made = models_made(store, _runs_concerned(changed, ends))
    models = {model.id: (model, run) for run, group in made.items() for model in group}
    made_by_some = {model for _, model in ends}
    for model_id in (model for model in models_changed if model not in made_by_some):
        yield f"features/{model_id}", None
    training: dict[str, list[str]] = defaultdict(list)
    for edge in store.edges(sorted(made), frozenset({EdgeType.READ_BY})):
        if edge.properties.get("role") in _TRAINED_ON and edge.dst in made:
            training[edge.dst].append(edge.src)
    read = sorted({dataset for group in training.values() for dataset in group})
    columns = {uid: columns_of(dataset) for uid, dataset in store.get(read).items()}
    owners = _column_owners(store, read)
    retrieved = _retrieved(store, sorted(made))
    for model_id, (model, run) in sorted(models.items()):
        pairs = [(owners.get(dataset, dataset), columns[dataset]) for dataset in training.get(run, ())]
        yield f"features/{model_id}", resolve_features(model, pairs, retrieved.get(run))


_TRAINED_ON = frozenset({Role.TRAINING.value, Role.UNSPECIFIED.value})


def _retrieved(store: Store, runs: Sequence[str]) -> dict[str, Features | None]:
    """Run -> the features that were retrieved for it, of those runs that say so."""
    named = sorted({mention.node for mention in store.mentioned(runs) if mention.key == RETRIEVED})
    return {run: features_of(node) for run, node in store.get(named).items()}


def _column_owners(store: Store, datasets: Sequence[str]) -> dict[str, str]:
    """Dataset -> the source whose columns it has; the dataset itself has them where there is none."""
    ends = store.ends(datasets, frozenset({EdgeType.HAS_VERSION}))
    return {dataset: source for source, dataset in reversed(ends)}


def link_content(store: Store, changed: Changed) -> Outcome:
    """Contents that a changed dataset has or had."""
    datasets = changed.of(Kind.DATASET)
    keys = {m.key for m in store.mentioned(datasets) if m.key.startswith("content:")}
    keys.update(_contents_linked(store, datasets))
    alike: dict[str, set[str]] = defaultdict(set)
    for mention in store.mentions(sorted(keys)):
        alike[mention.key].add(mention.node)
    several = {node for group in alike.values() if len(group) > 1 for node in group}
    nodes = store.get(sorted(several))
    sites = {origin.name: str(origin.settings.get("site") or "") for origin in store.state()[1]}
    for key in sorted(keys):
        by_site: dict[str, list[Node]] = defaultdict(list)
        for node in (nodes[each] for each in sorted(alike[key]) if each in nodes):
            for site in sorted({site for name, site in sites.items() if _is_of(node, name)}):
                by_site[site].append(node)
        yield f"content/{key}", resolve_content(key, [by_site[site] for site in sorted(by_site)])


def _is_of(node: Node, origin: str) -> bool:
    return any(record.startswith(f"{origin}/") for record in node.records)


def _contents_linked(store: Store, datasets: Sequence[str]) -> Iterator[str]:
    """Contents for which these datasets were linked: one that is gone mentions nothing any more."""
    folder = f"{ORIGIN}/content/"
    for edge in store.edges(datasets, frozenset({EdgeType.SAME_CONTENT})):
        for record in edge.records:
            if record.startswith(folder):
                yield record.removeprefix(folder)


def link_evaluations(store: Store, changed: Changed) -> Outcome:
    """Evaluations that name a model's uuid, or did, where either changed."""
    models_changed = changed.of(Kind.MODEL)
    concerned = set(changed.of(Kind.EVALUATION))
    concerned.update(judged for _, judged in store.ends(models_changed, frozenset({EdgeType.EVALUATED_IN})))
    uuids = {m.key for m in store.mentioned(models_changed) if m.key.startswith(_UUID)}
    concerned.update(m.node for m in store.mentions(sorted(uuids)) if kind_of(m.node) is Kind.EVALUATION)
    named: dict[str, list[str]] = defaultdict(list)
    for mention in store.mentioned(sorted(concerned)):
        if mention.key.startswith(_UUID):
            named[mention.node].append(mention.key)
    having: dict[str, list[str]] = defaultdict(list)
    for mention in store.mentions(sorted({key for keys in named.values() for key in keys})):
        if kind_of(mention.node) is Kind.MODEL:
            having[mention.key].append(mention.node)
    nodes = store.get(sorted({*named, *(model for models in having.values() for model in models)}))
    for evaluation in sorted(concerned):
        record = None
        if evaluation in named and evaluation in nodes:
            found = [[nodes[model] for model in having[key]] for key in named[evaluation]]
            record = resolve_evaluation(nodes[evaluation], found)
        yield f"evaluations/{evaluation}", record


_UUID = "model-uuid:"


def _runs_of(store: Store, changed: Changed) -> list[str]:
    """Runs that changed, and those that made a model that changed, but for runs that another batch is about."""
    return _runs_concerned(changed, store.ends(changed.of(Kind.MODEL), MADE))


def _runs_concerned(changed: Changed, ends: Sequence[tuple[str, str]]) -> list[str]:
    makers = {run for run, _ in ends}
    return sorted({*changed.of(Kind.RUN), *makers.difference(changed.in_round)})


def _recorded(node: Node) -> bool:
    """Whether a source still says it, not only a derived record."""
    return any(not record.startswith("resolve/") for record in node.records)


def _native(run: str) -> str:
    return run.split(":", 1)[1]


LEAVES: tuple[Callable[[Store, Changed], Outcome], ...] = (
    link_pointers,
    link_features,
    link_content,
    link_evaluations,
    link_hints,
)
"""Links on which no other link depends; `link_versions` comes before them."""
