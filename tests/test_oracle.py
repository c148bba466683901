"""The package against a second opinion in plain SQL, on every committed database: version, its run, the run's data with its role."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.graph import Edge, EdgeType, Kind, Node
from lineage_graph.query.answer import Answer
from lineage_graph.stores.base import NodeFilter
from tests import oracle
from tests.oracle import VersionInput
from tests.support.databases import NAMES, changed_copy, committed, crawled

MADE = (EdgeType.PRODUCED, EdgeType.REGISTERED_AS, EdgeType.COPIED_TO)


def version_inputs(lineage: Lineage) -> set[VersionInput]:
    """What the package says, asked as anybody would: upstream of each version, then what is around its run."""
    found = set()
    for version in lineage.store.find(NodeFilter(kinds=frozenset({Kind.MODEL_VERSION}))):
        model, number = str(version.properties["model"]), version.properties["version"]
        assert isinstance(number, int)
        for run in _runs(lineage.upstream(version.id), version.id):
            native = _native(run)
            found |= {VersionInput(model, number, native, *row) for row in run_inputs(lineage, native)}
    return found


def run_inputs(lineage: Lineage, run: str) -> set[tuple[str, str, str | None]]:
    """(name, digest, role if its context says one) of each row by which the run had data."""
    return {_said(record, edge) for record, edge in _rows(lineage, run)}


def _runs(answer: Answer, version: str) -> list[Node]:
    """The run that the version leads to, over models and copies alone."""
    reached, nodes = {version}, {node.id: node for node in answer.nodes}
    for _ in nodes:
        reached |= {edge.src for edge in answer.edges if edge.dst in reached and edge.type in MADE}
    return [nodes[id] for id in sorted(reached) if nodes[id].kind is Kind.RUN]


def _native(run: Node) -> str:
    return run.id.removeprefix("run:")


def _rows(lineage: Lineage, run: str) -> Iterator[tuple[str, Edge]]:
    """What the run had for itself, or to judge a model on."""
    of_run = NodeFilter(kinds=frozenset({Kind.EVALUATION}), properties={"run_id": run})
    for node in (f"run:{run}", *(judgement.id for judgement in lineage.store.find(of_run))):
        for edge in lineage.show(node).edges:
            if edge.dst == node and edge.type in (EdgeType.READ_BY, EdgeType.EVALUATED_IN):
                yield from ((record, edge) for record in edge.records if f"/inputs/{run}/" in record)


def _said(record: str, edge: Edge) -> tuple[str, str, str | None]:
    name, digest = record.split("/", 3)[3].rsplit("@", 1)
    role = "evaluation" if edge.type is EdgeType.EVALUATED_IN else str(edge.properties["role"])
    return name, digest, role if edge.rule == "context" else None


def shown(text: str) -> str:
    """As every output shows a name: what a terminal would obey is spelt out."""
    return re.sub(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069]", lambda found: ascii(found[0])[1:-1], text)


def as_shown(name: str, digest: str, role: str | None) -> tuple[str, str, str | None]:
    return shown(name), digest, role


@pytest.fixture(scope="module", params=NAMES)
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def lineage(store: str) -> Iterator[Lineage]:
    with crawled(committed(store)) as lineage:
        yield lineage


def test_versions_lead_to_the_same_runs_and_data(store, lineage):
    expected = {
        VersionInput(shown(row.model), row.version, row.run_id, *as_shown(*row[3:]))
        for row in oracle.version_inputs(committed(store))
    }
    assert version_inputs(lineage) == expected


def test_runs_had_the_same_data(store, lineage):
    runs = [_native(run) for run in lineage.store.find(NodeFilter(kinds=frozenset({Kind.RUN})))]
    with closing(sqlite3.connect(f"file:{committed(store)}?mode=ro&immutable=1", uri=True)) as database:
        expected = {run: oracle.run_inputs(database, run) for run in runs}
    for run in runs:
        assert run_inputs(lineage, run) == {as_shown(*row) for row in expected[run]}, run


def test_versions_without_data_lead_to_the_same_runs(store, lineage):
    check_version_runs(committed(store), lineage)


def check_version_runs(path: Path, lineage: Lineage) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        expected: dict[tuple[object, object], str | None] = {
            (shown(model), number): run for (model, number), run in oracle.version_runs(database).items()
        }
    found = {
        (version.properties["model"], version.properties["version"]): version.id
        for version in lineage.store.find(NodeFilter(kinds=frozenset({Kind.MODEL_VERSION})))
    }
    assert found.keys() == expected.keys()
    for key, version in found.items():
        runs = [_native(run) for run in _runs(lineage.upstream(version), version)]
        assert runs == [expected[key]] * (expected[key] is not None), key


def misname_runs(database: sqlite3.Connection) -> None:
    """Every version names another run than its source does, and no place where it lies: the source says more."""
    if "storage_location" in oracle.columns(database, "model_versions"):
        database.execute("UPDATE model_versions SET storage_location = source")
    database.execute(
        "UPDATE model_versions SET run_id = (SELECT max(run_uuid) FROM runs)"
        " WHERE run_id IS NOT NULL AND run_id != 'REDACTED-RUN-ID'"
    )


@pytest.mark.parametrize("name", NAMES)
def test_versions_lead_to_the_same_runs_where_run_ids_lie(name, tmp_path):
    path = changed_copy(name, tmp_path / "lies.db", misname_runs)
    with crawled(path) as lineage:
        check_version_runs(path, lineage)
