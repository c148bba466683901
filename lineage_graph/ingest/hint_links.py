"""Runs whose params or tags name another run, or a model by URI: possible links, made again where either end changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Evidence, Kind, Node, Record
from lineage_graph.ingest.changed import Changed
from lineage_graph.ingest.made import models_made
from lineage_graph.resolve.hints import resolve_hints
from lineage_graph.stores.base import Store

RUN, URI = "run:", "model-uri:"


def link_hints(store: Store, changed: Changed) -> Iterator[tuple[str, Record | None]]:
    """The hints of runs that changed, and of runs that name something that changed."""
    concerned = sorted(
        {
            *changed.of(Kind.RUN),
            *(m.node for m in store.mentions(_keys(store, changed)) if m.node.startswith(RUN)),
            *_linked(store, changed),
        }
    )
    wanted: dict[str, list[str]] = defaultdict(list)
    for mention in store.mentioned(concerned):
        if mention.key.startswith((RUN, URI)):
            wanted[mention.node].append(mention.key)
    runs = store.get(sorted(wanted))
    made = models_made(
        store, sorted({naming.run_id(k[4:]) for keys in wanted.values() for k in keys if k.startswith(RUN)})
    )
    named = _named(store, runs, wanted)
    for run in concerned:
        if run not in runs:
            yield f"hints/{run}", None
            continue
        models = {key[4:]: made.get(naming.run_id(key[4:]), ()) for key in wanted[run] if key.startswith(RUN)}
        yield f"hints/{run}", resolve_hints(runs[run], models, named.get(run, {}))


def _linked(store: Store, changed: Changed) -> Iterator[str]:
    """Runs that were linked to what changed: what is gone has no name any more to look for in mentions."""
    loadable = changed.of(Kind.ALIAS, Kind.MODEL_VERSION, Kind.MODEL)
    for edge in store.edges(loadable, frozenset({EdgeType.LOADED_BY})):
        if edge.evidence is Evidence.POSSIBLE:
            yield edge.dst


def _keys(store: Store, changed: Changed) -> list[str]:
    """How params and tags of runs would name what changed."""
    keys = [f"{RUN}{run.split(':', 1)[1]}" for run in changed.of(Kind.RUN)]
    pointers = changed.of(Kind.ALIAS, Kind.MODEL_VERSION, Kind.MODEL)
    for node in store.get(pointers).values():
        keys += [f"{URI}{uri}" for uri in _uris(node)]
    return keys


def _uris(node: Node) -> list[str]:
    properties = node.properties
    match node.kind:
        case Kind.ALIAS:
            mark = "@" if properties.get("pointer") == "alias" else "/"
            return [f"models:/{properties.get('model')}{mark}{properties.get('alias')}"]
        case Kind.MODEL_VERSION:
            return [f"models:/{properties.get('model')}/{properties.get('version')}"]
        case _:
            model = properties.get("model_id")
            return [f"models:/{model}"] if model else []


def _named(
    store: Store, runs: Mapping[str, Node], wanted: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Node]]:
    ids = {
        (run, key[len(URI) :]): _id_of(key[len(URI) :], runs[run])
        for run in runs
        for key in wanted[run]
        if key.startswith(URI)
    }
    nodes = store.get(sorted({node_id for node_id in ids.values() if node_id}))
    named: dict[str, dict[str, Node]] = defaultdict(dict)
    for (run, uri), node_id in ids.items():
        if node_id in nodes and not nodes[node_id].stub:
            named[run][uri] = nodes[node_id]
    return named


def _id_of(uri: str, run: Node) -> str:
    """The id of what a `models:/` URI names, in the store that the run is of."""
    model = naming.logged_model_of(uri)
    if model:
        return naming.model_id(model)
    reference = naming.version_of_uri(uri)
    if reference is None:
        return ""
    record = next((r for r in run.records if r.startswith("mlflow:")), "")
    place = (
        record.removeprefix("mlflow:").rpartition("/runs/")[0],
        str(run.properties.get("workspace") or "default"),
    )
    if reference.alias is not None:
        return naming.alias_id(*place, reference.name, reference.alias)
    if reference.version is not None:
        return naming.model_version_id(*place, reference.name, reference.version)
    return naming.stage_id(*place, reference.name, reference.stage) if reference.stage else ""
