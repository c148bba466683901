"""Odd content in a store: the rest of the crawl goes on, what was not read is said, and no output carries it raw."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lineage_graph.graph import Kind
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.sqlite.store import SqliteStore
from tests.faults.commands import asked_of_all, run
from tests.faults.conftest import CONTROL

ODD = "'quote\" \r\n two\tlines \x1b[31mred\x1b]0;title\x07 \u202etxt.exe \u2066 \x9b1m \x00 \U0001f98a"
WIDE = json.dumps(
    {
        "mlflow_colspec": [
            {"type": "double", "name": f"column_{n}_{'x' * 80}", "required": True} for n in range(9_000)
        ]
    }
)


def change(path: Path, *statements: tuple[str, tuple[object, ...]]) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for sql, values in statements:
            database.execute(sql, values)
    return path


def set_dataset(column: str, name: str, value: object) -> tuple[str, tuple[object, ...]]:
    return f"UPDATE datasets SET {column} = ? WHERE name = ?", (value, name)


def test_what_cannot_be_read_is_named_and_the_rest_is_there(cli, store):
    path = store("sources")
    assert len(WIDE) > 1_000_000
    change(
        path,
        set_dataset("dataset_schema", "gcs", WIDE),
        set_dataset("dataset_schema", "sftp", '{"mlflow_colspec": [{"type": "dou'),
        set_dataset("dataset_schema", "http", "[" * 100_000),
        set_dataset("dataset_source", "http", "x" * 1_000_000),
        (
            "UPDATE datasets SET dataset_source = CAST(? AS TEXT) WHERE name = 'postgres'",
            (b"\xff\xfe\x80 no text",),
        ),
        set_dataset("dataset_profile", "gcs", "[[[[{{"),
        ("INSERT INTO tags SELECT 'mlflow.datasets', '[{{{', run_uuid FROM runs", ()),
        ("UPDATE runs SET start_time = 9223372036854775807, end_time = -1 WHERE name = 'gcs'", ()),
        ("UPDATE runs SET start_time = NULL WHERE name = 'sftp'", ()),
    )
    done = cli("ingest", "mlflow", path, "-o", "json")
    assert (done.code, done.err) == (0, ""), done
    assert json.loads(done.out)["read"]["runs"] == 39
    for run_name in ("gcs", "sftp", "s3a", "abfss"):
        found = cli("upstream", f"run:{run_name}", "-o", "json")
        assert json.loads(found.out)["verdict"] == "found", found
    http = json.loads(cli("upstream", "run:http", "-o", "json").out)
    assert http["verdict"] == "unreadable"
    assert {gap["code"] for gap in http["gaps"]} == {"source-unreadable"}
    (told,) = [
        one
        for one in json.loads(cli("status", "-o", "json").out)["graph"]["origins"]
        if one["type"] == "mlflow"
    ]
    # In the store as it was committed: text that isn't JSON, a list, and two more that name no place.
    assert told["gaps"]["source-unreadable"] >= 4
    doctor = cli("doctor", "source-unreadable")
    assert "http@" in doctor.out
    assert "not_json@" in doctor.out


def test_what_was_skipped_is_in_the_report_and_in_status(cli, store):
    path = change(store("shop"), ("DELETE FROM datasets WHERE name = 'stock'", ()))
    done = cli("ingest", "mlflow", path, "-o", "json", "--strict")
    assert done.code == 3
    skipped = {one["code"]: one for one in json.loads(done.out)["skipped"]}
    assert skipped["dataset-missing"]["count"] == 1
    assert "stock" in skipped["dataset-missing"]["example"] or "run" in skipped["dataset-missing"]["example"]
    (told,) = [
        one
        for one in json.loads(cli("status", "-o", "json").out)["graph"]["origins"]
        if one["type"] == "mlflow"
    ]
    assert {one["code"]: one["count"] for one in told["skipped"]} == {
        code: one["count"] for code, one in skipped.items()
    }
    assert "dataset-missing" in cli("status").out
    assert "dataset-missing" in cli("ingest", "mlflow", path).out


def odd_everywhere(path: Path) -> Path:
    """Whatever a user can name has a name that is trouble."""
    return change(
        path,
        ("UPDATE experiments SET name = ? || experiment_id", (ODD,)),
        ("UPDATE runs SET name = ? || name, user_id = ?", (ODD, ODD)),
        (
            "UPDATE tags SET value = ? WHERE key IN ('mlflow.runName', 'mlflow.user', 'mlflow.source.name')",
            (ODD,),
        ),
        ("INSERT INTO tags SELECT ?, ?, run_uuid FROM runs", (ODD, ODD)),
        ("INSERT INTO params SELECT ?, ?, run_uuid FROM runs", (ODD + "path", "/srv/" + ODD + ".csv")),
        (
            "UPDATE datasets SET dataset_schema = replace(dataset_schema, 'amount', ?)",
            (json.dumps(ODD)[1:-1],),
        ),
        (
            "UPDATE datasets SET dataset_source = replace(dataset_source, 'orders', ?)",
            (json.dumps(ODD)[1:-1],),
        ),
        ("UPDATE input_tags SET value = value || ?", (ODD,)),
        ("UPDATE logged_models SET name = ? || name, model_type = ?", (ODD, ODD)),
        ("UPDATE model_versions SET description = ?, user_id = ?, source = source || ?", (ODD, ODD, ODD)),
        ("UPDATE registered_models SET description = ?", (ODD,)),
        ("UPDATE registered_model_aliases SET alias = alias || ?", (ODD,)),
    )


@pytest.mark.parametrize("name", ["names", "shop"])
def test_no_control_character_in_any_output(cli, store, name):
    path = store(name)
    if name == "shop":
        odd_everywhere(path)
    for format in ("table", "json"):
        done = cli("ingest", "mlflow", path, "-v", "-o", format, "--name", name)
        assert done.code == 0, done
        assert not CONTROL.search(done.out + done.err)
    ids = telling_nodes(cli.graph)
    seen = 0
    for what, code, text in asked_of_all(cli.graph, ids):
        assert code in (0, 1), (what, text)
        assert "defect" not in text, (what, text)
        assert not CONTROL.search(text), what
        seen += 1
    assert seen > 300
    for reference in (ODD, f"source:{ODD}", f"models:/{ODD}/1", f"{ODD}@{ODD}".replace("\x00", "")):
        for format in ("table", "json"):
            code, text = run("upstream", reference, "--store", cli.graph, "-o", format)
            assert code in (0, 1, 2)
            assert not CONTROL.search(text)


def telling_nodes(graph: Path) -> list[str]:
    """Of each kind two nodes, odd ones before others."""
    with_name: dict[Kind, list[tuple[bool, str]]] = {}
    store = SqliteStore(str(graph))
    try:
        for node in store.find(NodeFilter()):
            odd = bool(CONTROL.search(node.name + str(node.properties))) or "\U0001f98a" in node.name
            with_name.setdefault(node.kind, []).append((not odd, node.id))
    finally:
        store.close()
    assert any(not plain for found in with_name.values() for plain, _ in found)
    return [uid for found in with_name.values() for _, uid in sorted(found)[:2]]


def test_a_record_that_cannot_be_mapped_is_skipped_and_verbose_says_where(cli, store):
    path = change(store("shop"), ("UPDATE runs SET name = ? WHERE name = 'forecast-1'", (b"\xff\x80",)))
    done = cli("ingest", "mlflow", path, "--strict")
    assert done.code == 3
    assert "skipped 1 × record-unreadable, such as runs/" in done.out
    assert "Traceback" not in done.err
    told = cli("ingest", "mlflow", path, "-v")
    assert told.code == 0
    assert "Traceback" in told.err
    assert "sources/mlflow" in told.err
