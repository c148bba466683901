"""Stores of what is to be tested: records drawn by hand, declarations written as text, and the graph that comes of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Node, NodeClaim, Origin, Record
from lineage_graph.ingest import crawl
from lineage_graph.sources.base import Pending, Progress, Report, Source, no_progress
from lineage_graph.sources.declared.source import DeclaredSource
from lineage_graph.stores.base import NodeFilter, Store

RUN = "9c04d2ab" * 4
EVAL = "40aa9be1" * 4
SCORE = "5c0e5c0e" * 4
MODEL = naming.model_id("m-1")
GROUP = naming.registered_model_id("shop", "default", "churn")
V1, V2 = (naming.model_version_id("shop", "default", "churn", number) for number in (1, 2))
CHAMPION = naming.alias_id("shop", "default", "churn", "champion")
PRODUCTION = naming.stage_id("shop", "default", "churn", "Production")
API = naming.deployment_id("k8s", "shop", "churn-api")

DEPLOYMENT = "deployments:\n  - {name: churn-api, platform: k8s, namespace: shop, serves: %s}\n"
DERIVED = "derivations:\n  - {output: clean.csv, from: raw.csv, by: clean.py}\n"
INPUTS = "inputs: [params.train-data-path]\n"


class Drawn(Source):
    """A source of records that a test draws."""

    def __init__(self, name: str, records: Sequence[Record], roots: Mapping[str, str] | None = None) -> None:
        self.origin = Origin(f"mlflow:{name}", "mlflow", settings={"roots": dict(roots or {})})
        self.report = Report()
        self.mapped: list[str] = []
        self._records = records

    def read(self, progress: Progress = no_progress) -> Iterator[Sequence[Pending]]:
        yield [Pending(record.key, record.fingerprint or b"1", self._map(record)) for record in self._records]

    def _map(self, record: Record) -> Callable[[], Record]:
        def make() -> Record:
            self.mapped.append(record.key)
            return record._replace(fingerprint=record.fingerprint or b"1")

        return make


def declare(store: Store, folder: Path, text: str, name: str = "team") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lineage.yaml"
    path.write_text("version: 1\n" + text, encoding="utf-8")
    with DeclaredSource(str(path), name=name) as source:
        crawl(store, source)


def draw(
    store: Store, records: Sequence[Record], name: str = "shop", roots: Mapping[str, str] | None = None
) -> Drawn:
    source = Drawn(name, records, roots)
    crawl(store, source)
    return source


def run(
    native: str,
    name: str,
    start: int = 0,
    end: int = 0,
    gaps: tuple[str, ...] = (),
    store: str = "shop",
    **properties: Any,
) -> Record:
    node_id = naming.run_id(native)
    known = {
        "run_id": native,
        "status": "FINISHED",
        "experiment": "churn",
        "start": start,
        "end": end,
        "metrics": {"auc": 0.9},
    }
    claim = NodeClaim(node_id, Kind.RUN, name, known | properties, gaps)
    group = NodeClaim(naming.experiment_id(store, "1"), Kind.EXPERIMENT, "churn")
    edge = logged(node_id, group.id, EdgeType.IN_EXPERIMENT)
    return Record(f"runs/{native}", b"", (claim, group), (edge,))


def logged(src: str, dst: str, edge_type: EdgeType, at: int | None = None, **properties: Any) -> EdgeClaim:
    return EdgeClaim(
        src,
        dst,
        edge_type,
        Evidence.LOGGED,
        "drawn",
        valid_from=at,
        properties=properties,
    )


def data(uri: str, digest: str, reader: str, at: int | None = None, role: str = "training") -> Record:
    """A located dataset and the run that read it, in one record."""
    source = naming.source_id(location(uri))
    dataset = naming.dataset_id(source, digest)
    nodes = (
        NodeClaim(source, Kind.SOURCE, uri, {"uri": location(uri).uri}),
        NodeClaim(
            dataset, Kind.DATASET, digest, {"digest": digest, "source": location(uri).uri, "token": digest}
        ),
    )
    read = logged(dataset, naming.run_id(reader), EdgeType.READ_BY, at=at, role=role)
    return Record(
        f"data/{uri}/{digest}/{reader}", b"", nodes, (logged(source, dataset, EdgeType.HAS_VERSION), read)
    )


def location(uri: str) -> naming.Location:
    found = naming.name_location(uri)
    assert found is not None
    return found


def registry(store: str = "shop") -> list[Record]:
    """A run that made a model, registered as churn/1 and churn/2, the second being champion and in Production."""
    model, group = naming.model_id("m-1"), naming.registered_model_id(store, "default", "churn")
    versions = [naming.model_version_id(store, "default", "churn", number) for number in (1, 2)]
    nodes = [
        NodeClaim(model, Kind.MODEL, "model", {"model_id": "m-1", "run_id": RUN, "path": "model"}),
        NodeClaim(group, Kind.REGISTERED_MODEL, "churn"),
    ]
    edges = [
        logged(naming.run_id(RUN), model, EdgeType.PRODUCED),
        logged(model, versions[1], EdgeType.REGISTERED_AS),
    ]
    for number, version in enumerate(versions, start=1):
        properties = {"model": "churn", "version": number, "run_id": "", "model_named": True}
        nodes.append(NodeClaim(version, Kind.MODEL_VERSION, f"churn/{number}", properties))
        edges.append(logged(version, group, EdgeType.VERSION_OF))
    for pointer, name in (
        (naming.alias_id(store, "default", "churn", "champion"), "churn@champion"),
        (naming.stage_id(store, "default", "churn", "Production"), "churn/Production"),
    ):
        nodes.append(NodeClaim(pointer, Kind.ALIAS, name, {"model": "churn"}))
        edges.append(logged(versions[1], pointer, EdgeType.ALIASED_AS))
    return [Record("registry", b"", tuple(nodes), tuple(edges))]


def recorded() -> list[Record]:
    """Three runs, the file that one of them read, and what it made."""
    evaluation = NodeClaim(
        naming.evaluation_id(EVAL), Kind.EVALUATION, "judge", {"run_id": EVAL}, ("evaluation-without-model",)
    )
    return [
        run(RUN, "train", 100, 200),
        run(EVAL, "judge", 300, 310)._replace(nodes=(*run(EVAL, "judge", 300, 310).nodes, evaluation)),
        run(SCORE, "score", 400, 410),
        data("/srv/orders.csv", "71fe0c35", RUN, 100),
        *registry(),
    ]


def edges_of(store: Store, node: str, edge_type: EdgeType) -> list[tuple[str, str, str]]:
    """(from, to, evidence) of the certain and possible edges of a type at a node."""
    around = store.neighbours([node], frozenset({edge_type}))
    return sorted((edge.src, edge.dst, edge.evidence.value) for edge in around.edges)


def node_of(store: Store, node: str) -> Node:
    return store.get([node])[node]


def with_gap(store: Store, gap: str = "reference-unresolved") -> list[Node]:
    return store.find(NodeFilter(gap=gap))


def snapshot(store: Store) -> dict[str, Any]:
    """All that a graph says, without when it was read."""
    nodes = {node.id: node for node in store.find(NodeFilter())}
    edges: dict[tuple[object, ...], object] = {}
    for edge in store.neighbours(sorted(nodes)).edges:
        shown = {key: value for key, value in edge.properties.items() if key != "not_before"}
        times = () if edge.type is EdgeType.ALIASED_AS else (edge.valid_from, edge.valid_to)
        edges[edge.key] = (
            edge.evidence,
            edge.rule,
            edge.records,
            times,
            repr(sorted(shown.items(), key=repr)),
        )
    shown_nodes = {
        id: (
            node.kind,
            node.name,
            node.state,
            repr(sorted(node.properties.items())),
            node.gaps,
            sorted(node.records),
        )
        for id, node in nodes.items()
    }
    return {"nodes": shown_nodes, "edges": edges}
