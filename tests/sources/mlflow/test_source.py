"""The source as ingest sees it: batches with keys and fingerprints, records of the same key, what is skipped."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lineage_graph.errors import NotFound
from lineage_graph.graph import Record
from lineage_graph.sources.base import Pending
from lineage_graph.sources.mlflow.source import MlflowSource
from lineage_graph.sources.table import open_source
from tests.sources.mlflow.conftest import STORES, unchanged


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop's store, with its artifacts where it says they are."""
    folder = Path(shutil.copytree(STORES / "shop", tmp_path / "shop"))
    columns = {
        "experiments": "artifact_location",
        "runs": "artifact_uri",
        "logged_models": "artifact_location",
    }
    with closing(sqlite3.connect(folder / "mlflow.db", isolation_level=None)) as writer:
        for table, column in columns.items():
            writer.execute(f"UPDATE {table} SET {column} = replace({column}, '/srv/shop', ?)", (str(folder),))
    return folder


def pending(target: Path | str, **options: Any) -> dict[str, Pending]:
    with MlflowSource(str(target), environ={}, **options) as source:
        return {one.key: one for batch in source.read() for one in batch}


def records(target: Path | str, **options: Any) -> dict[str, Record]:
    with MlflowSource(str(target), environ={}, **options) as source:
        return {one.key: one.map() for batch in source.read() for one in batch}


@pytest.mark.parametrize("store", sorted(path.parent.name for path in STORES.glob("*/truth.yaml")))
def test_every_store_gives_records_under_the_keys_that_were_announced(store: str) -> None:
    place = STORES / store / ("mlflow.db" if (STORES / store / "mlflow.db").exists() else "mlruns")
    with unchanged(STORES / store), open_source("mlflow", str(place), environ={}) as source:
        seen: set[str] = set()
        for batch in source.read():
            for one in batch:
                assert one.map().key == one.key
                assert one.key not in seen
                seen.add(one.key)
    assert any(key.startswith("runs/") for key in seen)


def test_reading_again_announces_the_same(folder: Path) -> None:
    first, second = pending(folder), pending(folder)
    assert {key: one.fingerprint for key, one in first.items()} == {
        k: one.fingerprint for k, one in second.items()
    }


@pytest.mark.parametrize("options", [{"site": "laptop"}, {"name": "other"}, {"artifacts": False}])
def test_settings_that_make_other_records_make_other_fingerprints(
    options: dict[str, Any], folder: Path
) -> None:
    before, after = pending(folder), pending(folder, **options)
    assert all(before[key].fingerprint != after[key].fingerprint for key in before if key in after)


def test_signatures_are_read_and_counted(folder: Path) -> None:
    with MlflowSource(str(folder), environ={}) as source:
        found = {one.key: one.map() for batch in source.read() for one in batch}
    models = [one.nodes[0] for key, one in found.items() if key.startswith("logged-models/")]
    states = sorted(str(model.properties["signature_state"]) for model in models)
    # Six were logged with a file; the one that failed has none.
    assert states == ["read"] * 6 + ["unreadable"]
    assert source.report.read["signatures"] == 6


def test_no_artifacts_means_that_none_are_read(folder: Path) -> None:
    shutil.rmtree(folder / "mlruns")
    with MlflowSource(str(folder), environ={}, artifacts=False) as source:
        found = {one.key: one.map() for batch in source.read() for one in batch}
    models = [one.nodes[0] for key, one in found.items() if key.startswith("logged-models/")]
    assert {model.properties["signature_state"] for model in models} == {"not-read"}
    assert not source.report.skipped


def test_a_signature_that_could_not_be_read_is_tried_again_by_the_next_crawl(folder: Path) -> None:
    whole = records(folder)
    shutil.move(folder / "mlruns", folder / "away")
    announced = pending(folder)
    lacking = {key: one.map() for key, one in announced.items() if key.startswith("logged-models/")}
    ready = [key for key, one in lacking.items() if one.nodes[0].properties["status"] == "READY"]
    assert ready
    assert all(lacking[key].fingerprint != announced[key].fingerprint for key in ready)
    assert all(whole[key].fingerprint == announced[key].fingerprint for key in ready)


def test_models_of_before_mlflow_3_get_the_signature_of_their_file() -> None:
    found = records(STORES / "files220" / "mlruns")
    models = [
        node
        for record in found.values()
        for node in record.nodes
        if node.kind == "Model" and node.properties.get("signature_state") == "read"
    ]
    assert models
    assert all(node.properties["signature"]["inputs"] for node in models)  # type: ignore[index]


def test_an_experiment_alone_brings_its_own_part_of_the_registry(folder: Path) -> None:
    found = records(folder, experiments=["stock"])
    assert {key for key in found if not key.startswith(("runs/", "logged-models/"))} == {
        "experiments/2",
        "model-versions/forecast/1",
        "registered-models/forecast",
    }
    assert sum(key.startswith("runs/") for key in found) == 1


@pytest.mark.parametrize("part", ["experiment", "since"])
def test_pointers_are_where_they_are_whatever_part_is_read(part: str, folder: Path) -> None:
    """`models:/churn/Production` is the newest version in it, whatever part of the store is read."""
    with closing(sqlite3.connect(folder / "mlflow.db")) as writer, writer:
        (run,) = writer.execute("SELECT run_id FROM model_versions WHERE name = 'forecast'").fetchone()
        churn = "name = 'churn' AND version"
        writer.execute(
            "INSERT INTO registered_model_aliases (alias, version, name) VALUES ('next', 2, 'churn')"
        )
        writer.execute(f"UPDATE model_versions SET current_stage = 'Production' WHERE {churn} IN (1, 2)")
        # The older one is of the experiment that is read, and was described anew lately.
        writer.execute(
            f"UPDATE model_versions SET source = '/x', storage_location = '', run_id = ?, last_updated_time = 4e12 WHERE {churn} = 1",
            (run,),
        )
    options: dict[str, Any] = {"experiments": ["stock"]} if part == "experiment" else {"since": 3 * 10**12}
    found = records(folder, **options)
    assert {"model-versions/churn/1"} == {key for key in found if key.startswith("model-versions/churn/")}
    for pointer in ("stages/churn/Production", "aliases/churn/next"):
        assert [edge.src for edge in found[pointer].edges] == ["modelversion:shop/default/churn/2"]


def test_an_experiment_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(NotFound) as raised:
        records(folder, experiments=["stok"])
    assert raised.value.candidates == ("stock",)


def test_a_part_of_a_store_is_known_to_be_one(folder: Path) -> None:
    assert not MlflowSource(str(folder)).partial
    assert MlflowSource(str(folder), experiments=["stock"]).partial
    assert MlflowSource(str(folder), since=1).partial


def test_prompts_are_counted_and_are_no_models() -> None:
    with MlflowSource(str(STORES / "versions"), environ={}) as source:
        found = [one.key for batch in source.read() for one in batch]
    assert source.report.skipped["prompt"] == 1
    prompt = source.report.examples["prompt"]
    assert not [key for key in found if f"/{prompt}" in key]


def test_progress_is_told_with_totals(folder: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    with MlflowSource(str(folder), environ={}, artifacts=False) as source:
        for _ in source.read(lambda *what: told.append(what)):
            pass
    assert ("runs", 9, 9) in told
    assert ("versions", 4, 4) in told


def test_no_credential_is_in_what_is_stored() -> None:
    source = MlflowSource("http://ana:s3cret@mlflow.shop.example:5000", environ={})
    assert "s3cret" not in json.dumps([source.origin.uri, source.origin.name, dict(source.origin.settings)])


def test_nothing_is_opened_before_it_is_read(tmp_path: Path) -> None:
    source = MlflowSource(str(tmp_path / "missing.db"), environ={})
    assert source.origin.name == "mlflow:missing"


def skipped(target: Path | str) -> dict[str, int]:
    with MlflowSource(str(target), environ={}) as source:
        for batch in source.read():
            for one in batch:
                one.map()
        return dict(source.report.skipped)


def test_a_dataset_whose_source_makes_no_sense_is_told_once(folder: Path) -> None:
    assert skipped(folder / "mlflow.db") == {}
    with closing(sqlite3.connect(folder / "mlflow.db", isolation_level=None)) as writer:
        shared = writer.execute(
            "SELECT source_id FROM inputs WHERE source_type = 'DATASET' GROUP BY source_id HAVING count(*) > 1"
        ).fetchone()
        writer.execute("UPDATE datasets SET dataset_source = 'not json' WHERE dataset_uuid = ?", shared)
    assert skipped(folder / "mlflow.db") == {"source-unreadable": 1}


def test_of_a_file_store_too(tmp_path: Path) -> None:
    store = next(path.parent for path in sorted(STORES.glob("*/mlruns/*/datasets"))).parent
    root = Path(shutil.copytree(store, tmp_path / "mlruns"))
    meta = next(root.glob("*/datasets/*/meta.yaml"))
    lines = [
        "source: '{no json'\n" if line.startswith("source:") else line
        for line in meta.read_text().splitlines(keepends=True)
    ]
    before = skipped(root)
    meta.write_text("".join(lines))
    assert skipped(root) == {**before, "source-unreadable": before.get("source-unreadable", 0) + 1}
