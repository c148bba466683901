"""The file store, from its folders: what MLflow itself stumbles over is read, or skipped and counted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lineage_graph.errors import SourceUnreadable
from lineage_graph.sources.mlflow.files import FilesReader
from tests.sources.mlflow.conftest import STORES, unchanged
from tests.support.payloads import read_everything

EXPERIMENT = "834909143038360767"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORES / "files220" / "mlruns", tmp_path / "mlruns"))


def test_a_store_is_read_whole_and_left_alone(root: Path) -> None:
    with unchanged(root):
        payloads = read_everything(FilesReader(root))
    # Seven of churn, one of the experiment without a meta.yaml, one of the deleted experiment.
    assert len(payloads["runs"]) == 9
    deleted = [one.name for one in payloads["experiments"] if one.lifecycle == "deleted"]
    assert len(deleted) == 1
    churn = next(one for one in payloads["registered"] if one.name == "churn")
    assert churn.aliases == {"live": "2"}
    assert {one.version: one.stage for one in payloads["versions"] if one.name == "churn"}["1"] == "Archived"


def test_runs_of_an_experiment_without_meta_are_read(root: Path) -> None:
    (root / EXPERIMENT / "meta.yaml").unlink()
    reader = FilesReader(root)
    payloads = read_everything(reader)
    runs = [run for run in payloads["runs"] if run.experiment_id == EXPERIMENT]
    assert len(runs) == 7
    assert {run.experiment_name for run in runs} == {""}
    assert str(root / EXPERIMENT) in {reader.report.examples["experiment-without-meta"]} | {
        str(root / EXPERIMENT)
    }
    assert reader.report.skipped["experiment-without-meta"] == 2


@pytest.mark.parametrize("content", ["", "a: [", "just text", "- a list", "\x00\x01"])
def test_a_broken_meta_is_skipped_and_counted(content: str, root: Path) -> None:
    run = next(root.glob(f"{EXPERIMENT}/*/inputs")).parent
    before = len(read_everything(FilesReader(root))["runs"])
    (run / "meta.yaml").write_text(content)
    reader = FilesReader(root)
    assert len(read_everything(reader)["runs"]) == before - 1
    assert reader.report.skipped["run-without-meta"] == 1
    assert reader.report.examples["run-without-meta"] == str(run)


def test_an_input_whose_dataset_is_lost_is_counted(root: Path) -> None:
    whole = read_everything(FilesReader(root))
    dataset = next(root.glob(f"{EXPERIMENT}/datasets/*"))
    lost = sum(dataset.name in path.read_text() for path in root.glob(f"{EXPERIMENT}/*/inputs/*/meta.yaml"))
    shutil.rmtree(dataset)
    reader = FilesReader(root)
    payloads = read_everything(reader)
    assert reader.report.skipped["dataset-missing"] == lost > 0
    kept = sum(len(run.inputs) for run in payloads["runs"])
    assert kept == sum(len(run.inputs) for run in whole["runs"]) - lost


def test_keys_with_a_slash_and_values_of_any_kind(root: Path) -> None:
    run = next(root.glob(f"{EXPERIMENT}/*/inputs")).parent
    (run / "params" / "data").mkdir(parents=True)
    (run / "params" / "data" / "path").write_text("s3://b/x\nline two")
    (run / "params" / "raw").write_bytes(b"\xff\xfe")
    (run / "metrics").mkdir(exist_ok=True)
    (run / "metrics" / "loss").write_text("10 0.5 1\n9 0.25 2\nnot a metric\n8 0.125\n")
    payload = next(one for one in read_everything(FilesReader(root))["runs"] if one.run_id == run.name)
    assert payload.params["data/path"] == "s3://b/x\nline two"
    assert payload.params["raw"] == "\ufffd\ufffd"
    assert payload.metrics["loss"] == 0.25


def test_what_a_run_measured_in_another_experiment_than_the_models(
    scenario_files: Path, tmp_path: Path
) -> None:
    # MLflow writes it into a folder of the run's experiment that has no meta.yaml, and then cannot read its own store.
    root = Path(shutil.copytree(scenario_files, tmp_path / "mlruns"))
    (model,) = (path.parent.parent for path in root.glob("*/models/*/metrics/f1"))
    other = next(
        path for path in root.iterdir() if (path / "meta.yaml").exists() and path != model.parent.parent
    )
    (other / "models" / model.name / "metrics").mkdir(parents=True)
    line = "1700000200000 0.5 0 0123456789abcdef0123456789abcdef quarter two 44444444\n"
    (other / "models" / model.name / "metrics" / "f2").write_text(line)
    run_id = "0123456789abcdef" * 2
    shutil.copytree(next(root.glob("*/*/inputs")).parent, other / run_id)
    shutil.rmtree(other / run_id / "inputs")
    reader = FilesReader(root)
    payloads = read_everything(reader)
    run = next(one for one in payloads["runs"] if one.run_id == run_id)
    assert [(one.model_id, one.dataset_name, one.dataset_digest, one.metrics) for one in run.measured] == [
        (model.name, "quarter two", "44444444", {"f2": 0.5})
    ]
    assert not reader.report.skipped


def test_a_store_that_was_moved_still_gives_its_artifacts(root: Path) -> None:
    reader = FilesReader(root)
    (file,) = list(root.glob(f"{EXPERIMENT}/*/artifacts/model/MLmodel"))[:1]
    run = file.parent.parent.parent
    for location in (
        f"file:///srv/shop/mlruns/{EXPERIMENT}/{run.name}/artifacts",
        f"/gone/{EXPERIMENT}/{run.name}/artifacts",
    ):
        assert reader.artifact(location, "model/MLmodel") == file.read_bytes()
    assert reader.artifact(f"/gone/{EXPERIMENT}/../../artifacts", "model/MLmodel") is None
    assert reader.artifact("s3://bucket/x", "model/MLmodel") is None


@pytest.mark.parametrize("make", ["nothing", "empty", "other", "file"])
def test_what_is_no_file_store_is_refused(make: str, tmp_path: Path) -> None:
    root = tmp_path / "mlruns"
    if make == "file":
        root.write_text("x")
    elif make != "nothing":
        (root / "src").mkdir(parents=True) if make == "other" else root.mkdir()
    with pytest.raises(SourceUnreadable) as raised:
        FilesReader(root)
    assert raised.value.hint
