"""Crawled again after whatever people do to a store: the graph of a fresh crawl, and beside it the past that MLflow forgets."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage_graph import Lineage
from lineage_graph.graph import EdgeType, Evidence
from lineage_graph.query.answer import Answer
from tests.support.clock import NOON, clock
from tests.support.databases import committed, copy_of, edited
from tests.support.dumps import now, parts_that_differ

MINUTE = 60_000
STORES = ("shop", "stages24", "evaluations", "versions")

Change = Callable[[sqlite3.Connection, int], object]
"""Done to a store; the number chooses what it is done to."""


def _one(db: sqlite3.Connection, sql: str, number: int) -> tuple[Any, ...] | None:
    found = db.execute(f"{sql} ORDER BY 1, 2").fetchall()
    return found[number % len(found)] if found else None


def _run(db: sqlite3.Connection, number: int) -> str:
    found = _one(db, "SELECT run_uuid, 0 FROM runs", number)
    assert found is not None
    return str(found[0])


def tag_late(db: sqlite3.Connection, number: int) -> None:
    said = (("team", f"t{number}"), ("mlflow.run.isEval", "true"), ("data", f"s3://lake/{number}.csv"))
    key, value = said[number % len(said)]
    db.execute(
        "INSERT OR REPLACE INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", (key, value, _run(db, number))
    )


def untag(db: sqlite3.Connection, number: int) -> None:
    tags = "SELECT key, run_uuid FROM tags WHERE key NOT LIKE 'mlflow.source%'"
    if (found := _one(db, tags, number)) is not None:
        db.execute("DELETE FROM tags WHERE key = ? AND run_uuid = ?", found)


def judge_late(db: sqlite3.Connection, number: int) -> None:
    """The tag by which MLflow's evaluation names the model that it judged."""
    if (model := _one(db, "SELECT model_id, 0 FROM logged_models", number)) is not None:
        judged = json.dumps([{"name": "late", "hash": "0" * 32, "model": model[0]}])
        db.execute(
            "INSERT OR REPLACE INTO tags (key, value, run_uuid) VALUES ('mlflow.datasets', ?, ?)",
            (judged, _run(db, number // 3)),
        )


def end_run(db: sqlite3.Connection, number: int) -> None:
    status = ("RUNNING", "FINISHED", "FAILED")[number % 3]
    db.execute("UPDATE runs SET status = ? WHERE run_uuid = ?", (status, _run(db, number // 3)))


def delete_run(db: sqlite3.Connection, number: int) -> None:
    db.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ?", (_run(db, number),))


def restore_run(db: sqlite3.Connection, number: int) -> None:
    deleted = _one(db, "SELECT run_uuid, 0 FROM runs WHERE lifecycle_stage = 'deleted'", number)
    if deleted is not None:
        db.execute("UPDATE runs SET lifecycle_stage = 'active' WHERE run_uuid = ?", deleted[:1])


def purge_run(db: sqlite3.Connection, number: int) -> None:
    """As `mlflow gc` does."""
    run = (_run(db, number),)
    db.execute("DELETE FROM inputs WHERE source_id = ? OR destination_id = ?", run * 2)
    for table in ("tags", "params", "metrics", "latest_metrics", "runs"):
        db.execute(f"DELETE FROM {table} WHERE run_uuid = ?", run)


def delete_experiment(db: sqlite3.Connection, number: int) -> None:
    stage = ("deleted", "active")[number % 2]
    db.execute("UPDATE experiments SET lifecycle_stage = ? WHERE experiment_id = 1", (stage,))


def delete_model(db: sqlite3.Connection, number: int) -> None:
    stage = ("deleted", "active")[number % 2]
    if (model := _one(db, "SELECT model_id, 0 FROM logged_models", number // 2)) is not None:
        db.execute("UPDATE logged_models SET lifecycle_stage = ? WHERE model_id = ?", (stage, model[0]))


def move_alias(db: sqlite3.Connection, number: int) -> None:
    version = _one(
        db, "SELECT name, version FROM model_versions WHERE current_stage != 'Deleted_Internal'", number
    )
    assert version is not None
    alias = ("champion", "live", "next")[number % 3]
    db.execute("DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", (version[0], alias))
    db.execute(
        "INSERT INTO registered_model_aliases (alias, name, version) VALUES (?, ?, ?)", (alias, *version)
    )


def drop_alias(db: sqlite3.Connection, number: int) -> None:
    if (alias := _one(db, "SELECT name, alias FROM registered_model_aliases", number)) is not None:
        db.execute("DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", alias)


def move_stage(db: sqlite3.Connection, number: int) -> None:
    version = _one(
        db, "SELECT name, version FROM model_versions WHERE current_stage != 'Deleted_Internal'", number
    )
    assert version is not None
    stage = ("Production", "Staging", "Archived", "None")[number % 4]
    db.execute(
        "UPDATE model_versions SET current_stage = ? WHERE name = ? AND version = ?", (stage, *version)
    )


def delete_version(db: sqlite3.Connection, number: int) -> None:
    live = "SELECT name, version FROM model_versions WHERE current_stage != 'Deleted_Internal'"
    if len(db.execute(live).fetchall()) > 1 and (version := _one(db, live, number)) is not None:
        db.execute("DELETE FROM registered_model_aliases WHERE name = ? AND version = ?", version)
        db.execute(
            "UPDATE model_versions SET current_stage = 'Deleted_Internal', run_id = 'REDACTED-RUN-ID',"
            " source = 'REDACTED-SOURCE-PATH' WHERE name = ? AND version = ?",
            version,
        )


def drop_input(db: sqlite3.Connection, number: int) -> None:
    if (row := _one(db, "SELECT input_uuid, 0 FROM inputs", number)) is not None:
        db.execute("DELETE FROM inputs WHERE input_uuid = ?", row[:1])


def change_context(db: sqlite3.Connection, number: int) -> None:
    """No client does; a store that was moved or mended may."""
    if (row := _one(db, "SELECT input_uuid, name FROM input_tags", number)) is not None:
        context = ("training", "validation", "prediction", "raw")[number % 4]
        db.execute("UPDATE input_tags SET value = ? WHERE input_uuid = ? AND name = ?", (context, *row))


CHANGES: tuple[Change, ...] = (
    change_context,
    tag_late,
    untag,
    judge_late,
    end_run,
    delete_run,
    restore_run,
    purge_run,
    delete_experiment,
    delete_model,
    move_alias,
    drop_alias,
    move_stage,
    delete_version,
    drop_input,
)
NEED_MODELS = (judge_late, delete_model)
"""Before MLflow 3 there is no table of logged models."""
STEPS = st.tuples(st.sampled_from(CHANGES), st.integers(0, 40))


def crawl(lineage: Lineage, path: Path, at: int) -> None:
    with clock(at):
        lineage.ingest("mlflow", str(path), name="shop", artifacts=False)


def assert_as_fresh(store: str, crawls: list[list[tuple[Change, int]]], folder: Path, url: str) -> None:
    """What is crawled after each group of changes is what a first crawl of the last state gives."""
    path = Path(shutil.copyfile(committed(store), folder / "mlflow.db"))
    with Lineage.open(url) as lineage, Lineage.open("memory:") as fresh:
        crawl(lineage, path, NOON)
        for turn, changes in enumerate(crawls, start=1):
            with edited(path) as db:
                has_models = db.execute(
                    "SELECT count(*) FROM sqlite_master WHERE name = 'logged_models'"
                ).fetchone()[0]
                for change, number in changes:
                    if has_models or change not in NEED_MODELS:
                        change(db, number)
            crawl(lineage, path, NOON + turn * MINUTE)
        crawl(fresh, path, NOON)
        assert parts_that_differ(now(lineage), now(fresh)) == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("store", STORES)
def test_a_change_is_caught(store, change, tmp_path):
    for number in (0, 1, 6):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert_as_fresh(store, [[(change, number)]], folder, "memory:")


@settings(max_examples=15)
@given(st.sampled_from(STORES), st.lists(st.lists(STEPS, max_size=4), min_size=1, max_size=4))
def test_any_changes_are_caught(tmp_path_factory, store, crawls):
    assert_as_fresh(store, crawls, tmp_path_factory.mktemp("any"), "memory:")


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(STORES), st.lists(st.lists(STEPS, max_size=6), min_size=1, max_size=6))
def test_many_changes_are_caught_in_a_file(tmp_path_factory, store, crawls):
    folder = tmp_path_factory.mktemp("many")
    assert_as_fresh(store, crawls, folder, f"sqlite:///{folder}/graph.db")


# ---- what MLflow doesn't keep


@pytest.fixture(params=["memory", "sqlite"])
def graph(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lineage]:
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/graph.db"
    with Lineage.open(url) as lineage:
        yield lineage


CHAMPION = "alias:shop/default/churn@champion"


def intervals(lineage: Lineage) -> list[tuple[str, int, int | None]]:
    """(version, from, to) of the champion, in minutes after the first crawl."""
    found = [edge for edge in lineage.show(CHAMPION).edges if edge.type is EdgeType.ALIASED_AS]
    assert {edge.evidence for edge in found} <= {Evidence.LOGGED}
    minutes = [
        (edge.src.rpartition("/")[2], _minute(edge.valid_from), _minute(edge.valid_to)) for edge in found
    ]
    return sorted(((version, since or 0, until) for version, since, until in minutes), key=lambda one: one[1])


def _minute(at: int | None) -> int | None:
    return None if at is None else (at - NOON) // MINUTE


def versions_above(answer: Answer) -> list[str]:
    return [node.name for node in answer.nodes if node.kind == "ModelVersion"]


def let_champion_be(path: Path, version: int | None) -> None:
    with edited(path) as db:
        db.execute("DELETE FROM registered_model_aliases WHERE alias = 'champion'")
        if version is not None:
            db.execute(
                "INSERT INTO registered_model_aliases (alias, name, version) VALUES ('champion', 'churn', ?)",
                (version,),
            )


def test_the_past_of_an_alias_is_kept(graph, tmp_path):
    path = copy_of("shop", tmp_path)

    def crawl_at(minute: int, version: int | None) -> None:
        let_champion_be(path, version)
        crawl(graph, path, NOON + minute * MINUTE)

    crawl_at(0, 3)
    assert intervals(graph) == [("3", 0, None)]
    crawl_at(10, 3)
    assert intervals(graph) == [("3", 0, None)]
    crawl_at(20, 1)
    assert intervals(graph) == [("3", 0, 20), ("1", 20, None)]
    crawl_at(30, 3)
    crawl_at(40, None)
    past = [("3", 0, 20), ("1", 20, 30), ("3", 30, 40)]
    assert intervals(graph) == past
    crawl_at(50, None)
    assert intervals(graph) == past
    crawl_at(60, 2)
    assert intervals(graph) == [*past, ("2", 60, None)]
    stood = {
        0: "churn/3",
        19: "churn/3",
        20: "churn/1",
        29: "churn/1",
        30: "churn/3",
        39: "churn/3",
        60: "churn/2",
    }
    for minute, version in stood.items():
        assert versions_above(graph.upstream(CHAMPION, as_of=NOON + minute * MINUTE)) == [version]
    for minute in (-1, 40, 59):
        answer = graph.upstream(CHAMPION, as_of=NOON + minute * MINUTE)
        assert versions_above(answer) == []
        assert answer.verdict != "none"
        assert answer.gaps
    assert versions_above(graph.upstream(CHAMPION)) == ["churn/2"]


def test_the_past_of_an_alias_outlives_its_version(graph, tmp_path):
    path = copy_of("shop", tmp_path)
    crawl(graph, path, NOON)
    with edited(path) as db:
        db.execute("DELETE FROM registered_model_aliases WHERE version = 3")
        db.execute("DELETE FROM model_versions WHERE name = 'churn' AND version = 3")
    crawl(graph, path, NOON + MINUTE)
    assert versions_above(graph.upstream(CHAMPION, as_of=NOON)) == ["churn/3"]
    above = graph.upstream(CHAMPION, as_of=NOON)
    assert {node.name for node in above.nodes if node.kind == "Run"} == {"train-3"}
    assert {node.name for node in above.nodes if node.kind == "Source"} >= {
        "file:///srv/shop/data/orders.csv"
    }
    graph.forget("mlflow:shop")
    crawl(graph, path, NOON + 2 * MINUTE)
    assert "churn/3" not in {node.name for node in graph.search("churn").nodes}
