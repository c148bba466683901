"""What is gone from a store leaves nothing behind, and what comes back is as before."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lineage_graph import Lineage, naming
from lineage_graph.graph import EdgeType, Kind, Mention, NodeClaim, Record, State
from lineage_graph.ingest import crawl
from lineage_graph.sources.mlflow.source import MlflowSource
from lineage_graph.stores.base import NodeFilter, Store
from lineage_graph.stores.table import open_store
from tests.ingest.declaring import RUN, data, declare, draw, edges_of, logged, registry, run, snapshot

DATA = Path(__file__).parents[1] / "data" / "mlflow"
STORES = sorted(path.parent.name for path in DATA.glob("*/truth.yaml"))
KEYS = {
    "runs": "run_uuid",
    "logged_models": "model_id",
    "model_versions": "rowid",
    "inputs": "input_uuid",
    "datasets": "dataset_uuid",
    "registered_models": "rowid",
    "registered_model_aliases": "rowid",
}


def place_of(name: str) -> Path:
    database = DATA / name / "mlflow.db"
    return database if database.exists() else DATA / name / "mlruns"


def read(store: Store, place: Path) -> None:
    with MlflowSource(str(place), name="it", artifacts=False, environ={}) as source:
        crawl(store, source)


def past_of(store: Store) -> set[str]:
    """What only a closed interval still speaks of: the history of a pointer, which is kept."""
    claimed = {claim.id for record in store.retracted("mlflow:it") for claim in record.nodes}
    return {node.id for node in store.get(sorted(claimed)).values() if node.state is State.DELETED}


def shown(store: Store, without: set[str]) -> dict[str, Any]:
    """What is now."""
    nodes = {id: node for id, node in snapshot(store)["nodes"].items() if id not in without}
    edges = {
        edge.key: (edge.evidence, edge.rule, edge.records)
        for edge in store.neighbours(sorted(nodes)).edges
        if edge.valid_to is None
    }
    return {"nodes": nodes, "edges": edges}


@pytest.mark.parametrize("url", ["memory:", "graph.db"], ids=["memory", "sqlite"])
@pytest.mark.parametrize("name", STORES)
def test_a_forgotten_store_leaves_nothing(name: str, url: str, tmp_path: Path) -> None:
    with Lineage.open(url if url == "memory:" else str(tmp_path / url)) as lineage:
        lineage.ingest("mlflow", str(place_of(name)), name="it", artifacts=False)
        assert lineage.store.find(NodeFilter())
        lineage.forget("mlflow:it")
        assert lineage.store.find(NodeFilter()) == []


@pytest.mark.parametrize(("name", "other"), [("versions", "early31"), ("early31", "wal"), ("wal", "files3")])
def test_forgetting_one_store_leaves_the_other_as_if_alone(name: str, other: str) -> None:
    with Lineage.open("memory:") as both, Lineage.open("memory:") as alone:
        both.ingest("mlflow", str(place_of(name)), name=name, artifacts=False)
        for lineage in (both, alone):
            lineage.ingest("mlflow", str(place_of(other)), name=other, artifacts=False)
        both.forget(f"mlflow:{name}")
        assert snapshot(both.store) == snapshot(alone.store)


def deletions(connection: sqlite3.Connection) -> Iterator[str]:
    """One statement for each row that somebody, or `mlflow gc`, may take away."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table, key in KEYS.items():
        if table in tables:
            for (value,) in connection.execute(f"SELECT {key} FROM {table} ORDER BY {key}").fetchall():
                yield f"DELETE FROM {table} WHERE {key} = {value!r}"


@pytest.mark.parametrize("name", ["early31", "evaluations", "old130", "stages24", "versions"])
def test_a_crawl_after_a_deletion_is_as_the_first_crawl_of_what_is_left(name: str, tmp_path: Path) -> None:
    place = Path(shutil.copy(place_of(name), tmp_path / "mlflow.db"))
    whole = place.read_bytes()
    store = open_store("memory:")
    read(store, place)
    first = shown(store, set())
    with closing(sqlite3.connect(place)) as connection:
        statements = list(deletions(connection))
    for statement in statements:
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute(statement)
        anew = open_store("memory:")
        read(anew, place)
        read(store, place)
        past = past_of(store)
        assert shown(store, past) == shown(anew, past), statement
        place.write_bytes(whole)
        read(store, place)
        assert shown(store, set()) == first, f"after the return of: {statement}"


def test_a_version_whose_declared_deployment_is_gone_lacks_a_pointer_again(tmp_path: Path) -> None:
    (record,) = registry()
    pointers = {node.id for node in record.nodes if node.kind is Kind.ALIAS}
    bare = record._replace(
        nodes=tuple(node for node in record.nodes if node.id not in pointers),
        edges=tuple(edge for edge in record.edges if edge.dst not in pointers),
    )
    store = open_store("memory:")
    draw(store, [bare])
    before = snapshot(store)
    newest = naming.model_version_id("shop", "default", "churn", 2)
    assert before["nodes"][newest][4] == ("no-pointer",)
    declare(store, tmp_path, "deployments:\n  - {name: api, serves: [churn/2]}\n")
    assert snapshot(store)["nodes"][newest][4] == ()
    declare(store, tmp_path, "")
    assert snapshot(store) == before


def test_a_model_that_only_its_version_tells_of_goes_with_it() -> None:
    """Before MLflow 3 a version's source may be all that says that a run made a model."""
    version = naming.model_version_id("shop", "default", "churn", 1)
    said = {"model": "churn", "version": 1, "run_id": RUN, "source_path": "model"}
    node = NodeClaim(version, Kind.MODEL_VERSION, "churn/1", said)
    registered = Record("version", b"", (node,), (), (Mention(f"run:{RUN}", version),))
    trained = [run(RUN, "train", 100, 200), data("/srv/clean.csv", "c1ea4", RUN, 100)]
    store = open_store("memory:")
    draw(store, trained)
    before = snapshot(store)
    draw(store, [*trained, registered])
    assert naming.model_id_before_3(RUN, "model") in snapshot(store)["nodes"]
    draw(store, trained)
    assert snapshot(store) == before


def test_a_copy_has_its_run_while_what_it_was_copied_from_is_unknown() -> None:
    copy, original = (naming.model_version_id("shop", "default", name, 1) for name in ("live", "churn"))
    nodes = [
        NodeClaim(each, Kind.MODEL_VERSION, each, {"model": each, "version": 1, "run_id": RUN})
        for each in (copy, original)
    ]
    copied = logged(original, copy, EdgeType.COPIED_TO)
    records = [
        run(RUN, "train", 100, 200),
        Record("live", b"", (nodes[0],), (copied,), (Mention(f"run:{RUN}", copy),)),
        Record(
            "churn", b"", (nodes[1],), (logged(naming.model_id("m-1"), original, EdgeType.REGISTERED_AS),)
        ),
    ]
    store = open_store("memory:")
    for known in (records, records[:2], records):
        draw(store, known)
        above = [edge[0] for edge in edges_of(store, copy, EdgeType.REGISTERED_AS)]
        assert above == ([] if records[2] in known else [naming.run_id(RUN)])
