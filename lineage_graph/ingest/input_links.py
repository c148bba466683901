"""The runs whose params or tags a declaration makes origins of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node, Record, Role
from lineage_graph.ingest.declared_links import Said
from lineage_graph.ingest.finding import Finder
from lineage_graph.resolve.declared_inputs import (
    INPUT,
    NOT_JUDGED,
    DeclaredInput,
    Judged,
    resolve_inputs,
    role_of,
)
from lineage_graph.resolve.references import is_known
from lineage_graph.resolve.roots import Roots
from lineage_graph.stores.base import NodeFilter, Store

Outcome = Iterator[tuple[str, Record | None]]
_RUNS = frozenset({Kind.RUN})
_AROUND = frozenset({EdgeType.READ_BY, EdgeType.PRODUCED})
BATCH = 500


def link_inputs(
    store: Store,
    declarations: Sequence[Said],
    finder: Finder,
    folders: Mapping[str, Mapping[str, str]],
    changed: Sequence[str] | None,
) -> Outcome:
    """The runs that changed, or, with None, every run that has such a param or tag."""
    inputs = [said for said in declarations if said.fields.get("section") == "inputs"]
    if not inputs:
        for node in sorted({mention.node for mention in store.mentions([INPUT])}):
            yield f"declared-inputs/{node}", None
        return
    if changed is None:
        runs = _runs_with(store, inputs)
        before = {mention.node for mention in store.mentions([INPUT])}
    else:
        runs = store.get(changed)
        before = set(changed)
    for gone in sorted(before - runs.keys()):
        yield f"declared-inputs/{gone}", None
    ordered = [runs[run] for run in sorted(runs)]
    for start in range(0, len(ordered), BATCH):
        yield from _link_batch(store, ordered[start : start + BATCH], inputs, finder, folders)


def _runs_with(store: Store, inputs: Sequence[Said]) -> dict[str, Node]:
    wanted = dict.fromkeys((str(said.fields["key"]), said.fields.get("experiment")) for said in inputs)
    found: dict[str, Node] = {}
    for key, experiment in wanted:
        properties = {"experiment": experiment} if experiment else {}
        runs = store.find(NodeFilter(kinds=_RUNS, has=key, properties=properties))
        found.update((run.id, run) for run in runs)
    return found


def _link_batch(
    store: Store,
    runs: Sequence[Node],
    inputs: Sequence[Said],
    finder: Finder,
    folders: Mapping[str, Mapping[str, str]],
) -> Outcome:
    concerned = {run.id: _inputs_of(run, inputs, finder) for run in runs}
    wanted = [run.id for run in runs if concerned[run.id]]
    around = store.neighbours(wanted, _AROUND)
    logged = _logged(around.edges, around.nodes)
    made = _made(around.edges, around.nodes)
    for run in runs:
        given = concerned[run.id]
        record = None
        if given:
            name = finder.store_of(run)
            site = str(finder.origins[name].settings.get("site") or "")
            roots = Roots(name, site, folders.get(name, {}))
            judged = NOT_JUDGED
            if any((each.role or role_of(each.key)) == Role.EVALUATION for each in given):
                judged = Judged(_recorded_evaluations(finder, run), tuple(sorted(made[run.id])))
            record = resolve_inputs(run, given, roots, frozenset(logged[run.id]), judged)
        yield f"declared-inputs/{run.id}", record


def _inputs_of(run: Node, inputs: Sequence[Said], finder: Finder) -> list[DeclaredInput]:
    """The declarations that concern a run; one for its experiment goes before one for the whole store."""
    name = finder.store_of(run)
    if not name or not is_known(run):
        return []
    chosen: dict[str, DeclaredInput] = {}
    for said in sorted(inputs, key=lambda said: (not said.fields.get("experiment"), said.origin, said.ref)):
        experiment = said.fields.get("experiment")
        if experiment and experiment != run.properties.get("experiment"):
            continue
        if finder.only_store(said.fields) != name:
            continue
        key, role = str(said.fields["key"]), said.fields.get("role")
        chosen.setdefault(key, DeclaredInput(key, str(role) if role else None, said.ref))
    return list(chosen.values())


def _recorded_evaluations(finder: Finder, run: Node) -> tuple[str, ...]:
    """Those that a source tells of: not those that an earlier round of this very link made."""
    own = f"resolve/declared-inputs/{run.id}"
    return tuple(
        node.id for node in finder.evaluations_of(run) if any(record != own for record in node.records)
    )


def _logged(edges: Sequence[Edge], nodes: Mapping[str, Node]) -> dict[str, set[str]]:
    """Run -> the locations of data that its own record says it read."""
    logged: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.type is EdgeType.READ_BY and edge.evidence in (Evidence.LOGGED, Evidence.INFERRED):
            logged[edge.dst].add(str(nodes[edge.src].properties.get("source")))
    return logged


def _made(edges: Sequence[Edge], nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge.type is EdgeType.PRODUCED and is_known(nodes[edge.dst]):
            made[edge.src].append(edge.dst)
    return made
