"""Answers come from what a store records, not from how things are called: real stores changed by SQL, and what must move with it.

Every change is made to a copy of a committed store; what must come of it is worked out from the graph before, or from the rows.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from lineage_graph import Lineage
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind
from tests.support import answers
from tests.support.databases import NAMES, changed_copy, committed, crawled
from tests.support.graphs import Graph, graph_of, inputs_of
from tests.support.input_rows import (
    InputRow,
    dataset_of,
    delete_row,
    flow_of,
    input_rows,
    lost_input,
    without_row,
)
from tests.support.renaming import Renaming

CONTEXT = "mlflow.data.context"
WITH_DATASETS = [store for store in NAMES if store != "old130"]
"""MLflow 1.30 has no datasets."""


@cache
def original(store: str) -> Lineage:
    return crawled(committed(store))


@cache
def graph_before(store: str) -> Graph:
    return graph_of(original(store))


@cache
def answers_before(store: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    return answers.ask_all(original(store))


# ---- other names, other ids


@pytest.mark.parametrize("store", NAMES)
def test_names_and_ids_decide_nothing(store, tmp_path):
    renaming = Renaming(seed=len(store))
    renamed = crawled(changed_copy(store, tmp_path / "renamed.db", renaming.rename))
    kept = _words_kept(store)
    assert not {run for run in _native_ids(renamed) if run in kept}
    assert answers.differing(answers_before(store), answers.ask_all(renamed, back=renaming.back)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("store", NAMES)
def test_names_and_ids_decide_nothing_whatever_is_drawn(store, seed, tmp_path):
    renaming = Renaming(seed)
    renamed = crawled(changed_copy(store, tmp_path / "renamed.db", renaming.rename))
    assert answers.differing(answers_before(store), answers.ask_all(renamed, back=renaming.back)) == []


def _words_kept(store: str) -> set[str]:
    """Native ids and names of the store as committed."""
    return _native_ids(original(store))


def _native_ids(lineage: Lineage) -> set[str]:
    """Ids of runs and models, names of registered models."""
    nodes = graph_of(lineage).nodes.values()
    named = {node.name for node in nodes if node.kind is Kind.REGISTERED_MODEL}
    return named | {
        str(node.properties[key])
        for node in nodes
        if node.properties
        for key in ("run_id", "model_id")
        if node.properties.get(key)
    } - {"d" * 32}


@pytest.mark.parametrize("store", NAMES)
def test_unrelated_work_moves_nothing(store, tmp_path):
    """All work of the store a second time, by other names and on other data: neither half knows of the other."""
    renaming = Renaming(seed=7)
    twofold = crawled(changed_copy(store, tmp_path / "twofold.db", lambda db: renaming.rename(db, keep=True)))
    before = {key: answer for key, answer in answers_before(store).items() if not _is_shared(answer)}
    mine = {id for id, _, _ in before}
    assert len(mine) > len({id for id, _, _ in answers_before(store)}) / 2
    assert answers.differing(before, _asked_as(before, twofold, answers.same)) == []
    theirs = [id for id in answers.flowing(twofold) if renaming.back(id) in mine and id not in mine]
    assert {renaming.back(id) for id in theirs} == mine
    again = {
        key: one for key, one in answers.ask_all(twofold, theirs, renaming.back).items() if key in before
    }
    assert answers.differing(before, again) == []


def _asked_as(
    before: dict[tuple[str, str, str], Any], lineage: Lineage, back: answers.Back
) -> dict[tuple[str, str, str], Any]:
    ids = list(dict.fromkeys(id for id, _, _ in before))
    return {key: answer for key, answer in answers.ask_all(lineage, ids, back).items() if key in before}


def _is_shared(answer: dict[str, Any]) -> bool:
    """Whether it tells of what has no name that could be another one: a server's address, a run that is nowhere recorded."""
    told = repr((sorted(answer["nodes"]), answer["possible"]))
    return any(word in told for word in UNNAMEABLE)


UNNAMEABLE = ("run:dddddddd", "hdfs://warehouse")


# ---- one row less


def every_row() -> Iterator[Any]:
    """One in three in the usual suite, at least one of each sort a store."""
    for store in WITH_DATASETS:
        seen: Counter[str] = Counter()
        for row in input_rows(store):
            usual = seen[row.destination_type] % 3 == 0
            seen[row.destination_type] += 1
            marks = () if usual else (pytest.mark.slow,)
            yield pytest.param(store, row, id=f"{store}-{row.destination_type}-{row.uuid[:8]}", marks=marks)


@pytest.mark.parametrize(("store", "row"), list(every_row()))
def test_without_a_row_its_paths_vanish_and_nothing_else(store, row, tmp_path):
    before = graph_before(store)
    after = graph_of(crawled(changed_copy(store, tmp_path / "less.db", lambda db: delete_row(db, row))))
    expected = without_row(store, row, before)
    assert _told(flow_of(after)) == _told(expected) | _roles_opened(row, before)
    lost = lost_input(store, row, before)
    assert inputs_of(before) - inputs_of(after) == lost
    assert inputs_of(after) <= inputs_of(before)
    assert _judgements(after, but=row.run) == _judgements(before, but=row.run)
    for id in _not_of(before, row.run) & after.nodes.keys():
        old, new = before.nodes[id], after.nodes[id]
        assert (old.kind, old.state, old.gaps) == (new.kind, new.state, new.gaps)


def _not_of(graph: Graph, run: str) -> set[str]:
    """What is neither the run nor its judgements; nor columns: whether their use is unknown hangs on who was trained on them."""
    return {
        id
        for id, node in graph.nodes.items()
        if node.kind is not Kind.FEATURE and node.properties.get("run_id") != run
    }


def _roles_opened(row: InputRow, before: Graph) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """Rule `model-input-only`: data of a run that only judged is unspecified, and flows, where no row says that it judged."""
    if row.destination_type != "MODEL_INPUT":
        return {}
    return {
        (edge.src, "READ_BY", f"run:{row.run}"): (
            Evidence.INFERRED,
            "unspecified",
            {"role": "unspecified", "context": None},
        )
        for edge in before.edges.values()
        if edge.rule == "model-input-only"
        and before.nodes[edge.dst].properties["run_id"] == row.run
        and before.nodes[edge.src].properties["name"] not in NAMES_WITH_A_ROLE
    }


NAMES_WITH_A_ROLE = ("holdout",)
"""Rule `dataset-name` comes after it."""


def _told(edges: dict[tuple[str, str, str], Edge]) -> dict[tuple[str, str, str], tuple[object, ...]]:
    return {
        key: (edge.evidence, edge.rule, {k: v for k, v in edge.properties.items() if k != "not_before"})
        for key, edge in edges.items()
    }


def _judgements(graph: Graph, but: str) -> dict[tuple[str, str, str], tuple[object, ...]]:
    return _told(
        {
            key: edge
            for key, edge in graph.edges.items()
            if edge.type is EdgeType.EVALUATED_IN and graph.nodes[edge.dst].properties["run_id"] != but
        }
    )


# ---- other contexts


def pairs() -> list[tuple[str, str, InputRow, InputRow]]:
    """Runs that have one input for training and one for evaluation, by their contexts."""
    found = []
    for store in WITH_DATASETS:
        graph = graph_before(store)
        by_run: dict[str, dict[str, list[InputRow]]] = {}
        for row in input_rows(store):
            if row.source_type == "DATASET":
                role = _role(graph, dataset_of(store, row, graph), row.run)
                by_run.setdefault(row.run, {}).setdefault(role, []).append(row)
        for run, roles in by_run.items():
            if sorted(roles) == ["evaluation", "training"] and all(len(each) == 1 for each in roles.values()):
                found.append((store, run, roles["training"][0], roles["evaluation"][0]))
    return found


def _role(graph: Graph, dataset: str, run: str) -> str:
    """The role that the context gives; empty where another rule gave it."""
    for edge in graph.edges.values():
        if edge.src == dataset and graph.nodes[edge.dst].properties.get("run_id") == run:
            judged = edge.type is EdgeType.EVALUATED_IN
            return (
                ("evaluation" if judged else str(edge.properties["role"])) if edge.rule == "context" else ""
            )
    raise AssertionError(dataset)


def test_swapped_contexts_swap_the_origins(tmp_path):
    swapped = 0
    for store, run, training, evaluation in pairs():
        before = graph_before(store)
        after = crawled(
            changed_copy(store, tmp_path / f"{run}.db", partial(swap, one=training, other=evaluation))
        )
        trained, judged = (dataset_of(store, row, before) for row in (training, evaluation))
        for model in (edge.dst for edge in before.edges.values() if edge[:1] == (f"run:{run}",)):
            if before.nodes[model].kind is not Kind.MODEL:
                continue
            swapped += 1
            assert _data_above(original(store), model) == {trained}
            assert _data_above(after, model) == {judged}
            assert _judged_on(original(store), run) == {judged}
            assert _judged_on(after, run) == {trained}
    assert swapped >= 2


def swap(db: sqlite3.Connection, one: InputRow, other: InputRow) -> None:
    said = dict(db.execute("SELECT input_uuid, value FROM input_tags WHERE name = ?", (CONTEXT,)).fetchall())
    for row, twin in ((one, other), (other, one)):
        db.execute(
            "UPDATE input_tags SET value = ? WHERE input_uuid = ? AND name = ?",
            (said[twin.uuid], row.uuid, CONTEXT),
        )


def _data_above(lineage: Lineage, model: str) -> set[str]:
    return {node.id for node in lineage.upstream(model).nodes if node.kind is Kind.DATASET}


def _judged_on(lineage: Lineage, run: str) -> set[str]:
    graph = graph_of(lineage)
    return {
        edge.src
        for edge in graph.edges.values()
        if edge.type is EdgeType.EVALUATED_IN
        and graph.nodes[edge.dst].properties["run_id"] == run
        and graph.nodes[edge.src].kind is Kind.DATASET
    }


@pytest.mark.parametrize("store", WITH_DATASETS)
def test_without_contexts_no_role_is_logged(store, tmp_path):
    def strip(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM input_tags WHERE name = ?", (CONTEXT,))

    before = graph_before(store)
    after = graph_of(crawled(changed_copy(store, tmp_path / "stripped.db", strip)))
    assert inputs_of(after) == inputs_of(before)
    reads = [edge for edge in after.edges.values() if edge.type is EdgeType.READ_BY]
    tests = [
        edge
        for edge in after.edges.values()
        if edge.type is EdgeType.EVALUATED_IN and after.nodes[edge.src].kind is Kind.DATASET
    ]
    assert {edge.properties["context"] for edge in [*reads, *tests]} <= {None}
    assert {edge.evidence for edge in reads} <= {Evidence.INFERRED}
    # Not roles of an input: a tag of the whole run, and a row that says which model was measured on it.
    assert {edge.rule for edge in tests if edge.evidence is Evidence.LOGGED} <= {"eval-run", "measured"}


def test_something_had_a_context(tmp_path: Path) -> None:
    del tmp_path
    logged = [
        edge
        for store in WITH_DATASETS
        for edge in graph_before(store).edges.values()
        if edge.rule == "context" and edge.evidence is Evidence.LOGGED
    ]
    assert len(logged) > 100
