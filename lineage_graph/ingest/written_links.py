"""What reads go on from, at every source that something is known to write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node, Record, Subgraph
from lineage_graph.naming import run_id as name_run
from lineage_graph.resolve.writes import CONTINUED, WRITTEN, Read, Write, resolve_writes
from lineage_graph.stores.base import Store

Outcome = Iterator[tuple[str, Record | None]]
_AT = frozenset({EdgeType.HAS_VERSION})
_AROUND = frozenset({EdgeType.WROTE, EdgeType.READ_BY, EdgeType.EVALUATED_IN})


def link_writes(store: Store, changed: Collection[str]) -> Outcome:
    """Written sources of which something changed; None for those that nothing writes any more."""
    written = {mention.node for mention in store.mentions([WRITTEN])}
    continued = {mention.node for mention in store.mentions([CONTINUED])}
    for source in sorted(continued - written):
        yield f"writes/{source}", None
    for source in sorted(written):
        versions = _versions(store, source)
        if source in changed or not versions.keys().isdisjoint(changed):
            yield f"writes/{source}", _resolve(store, source, versions)


def _versions(store: Store, source: str) -> dict[str, Node]:
    """The versions of a source that are certain."""
    around = store.neighbours([source], _AT)
    return {
        edge.dst: around.nodes[edge.dst]
        for edge in around.edges
        if edge.src == source and edge.evidence is not Evidence.POSSIBLE and edge.valid_to is None
    }


def _resolve(store: Store, source: str, versions: Mapping[str, Node]) -> Record | None:
    around = store.neighbours(sorted(versions), _AROUND)
    edges = [edge for edge in around.edges if edge.evidence is not Evidence.POSSIBLE]
    writes = [
        Write(versions[edge.dst], edge.src, _time(around.nodes[edge.src], "end"), _is_declared(edge))
        for edge in edges
        if edge.type is EdgeType.WROTE and edge.dst in versions
    ]
    return resolve_writes(source, writes, _reads(edges, around, versions))


def _reads(edges: list[Edge], around: Subgraph, versions: Mapping[str, Node]) -> list[Read]:
    """What runs read, to judge a model or otherwise. Of several times the first counts: by then the version was there."""
    readers: dict[str, set[str]] = defaultdict(set)
    times: dict[str, list[int]] = defaultdict(list)
    for edge in edges:
        if edge.type is not EdgeType.WROTE and edge.src in versions:
            reader = around.nodes[edge.dst]
            readers[edge.src].add(_run_of(reader))
            began = edge.valid_from if edge.valid_from is not None else _time(reader, "start")
            times[edge.src] += [] if began is None else [began]
    return [
        Read(versions[dataset], frozenset(runs), min(times[dataset], default=None))
        for dataset, runs in readers.items()
    ]


def _run_of(reader: Node) -> str:
    run = reader.properties.get("run_id")
    return name_run(str(run)) if reader.kind is Kind.EVALUATION and run else reader.id


def _time(run: Node, name: str) -> int | None:
    value = run.properties.get(name)
    return value if isinstance(value, int) and run.kind is Kind.RUN else None


def _is_declared(edge: Edge) -> bool:
    return edge.evidence is Evidence.DECLARED
