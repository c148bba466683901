"""How MLflow's file stores keep things: folders with a `meta.yaml`, and folders of small files that are keys and values."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lineage_graph.sources.mlflow.signature import parse_yaml

META = "meta.yaml"
TRASH = ".trash"
REGISTRY = "models"
RESERVED = frozenset({"tags", "datasets", "traces", "models"})
"""Folders of an experiment that are no runs."""


class MetricLine(NamedTuple):
    """One line of a metric's file. On a logged model it names the run and, if any, the dataset."""

    step: int
    timestamp: int
    value: float
    run_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, by name; none where it is missing or closed to us."""
    try:
        with os.scandir(folder) as entries:
            return sorted(folder / entry.name for entry in entries if entry.is_dir())
    except OSError:
        return []


def read_meta(folder: Path) -> Mapping[str, Any] | None:
    """A folder's `meta.yaml`; None where it is missing, empty or broken."""
    try:
        content = parse_yaml((folder / META).read_bytes())
    except OSError:
        return None
    return content if isinstance(content, Mapping) else None


def read_values(folder: Path) -> dict[str, str]:
    """A folder of tags, params or aliases: a file a key, and a `/` in a key is a folder."""
    return {key: path.read_bytes().decode("utf-8", "replace") for key, path in _files(folder)}


def read_metrics(folder: Path) -> dict[str, list[MetricLine]]:
    """A folder of metrics: a file a metric, a line a value. Lines that are no metric's are left out."""
    found: dict[str, list[MetricLine]] = {}
    for key, path in _files(folder):
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
        parsed = [line for text in lines if (line := _metric_line(text)) is not None]
        if parsed:
            found[key] = parsed
    return found


def is_file_store(root: Path) -> bool:
    """Whether a folder is a file store: experiments, or a registry, or what is left of them."""
    places = [*folders_in(root), *folders_in(root / TRASH), *folders_in(root / REGISTRY)]
    left = (run for place in folders_in(root) if place.name != REGISTRY for run in run_folders(place))
    return any((place / META).is_file() for place in places) or any((run / "tags").is_dir() for run in left)


def is_experiment(folder: Path) -> bool:
    """Whether a folder is one: with a `meta.yaml`, or without one but with runs: those are read all the same."""
    return (folder / META).exists() or bool(run_folders(folder))


def run_folders(experiment: Path) -> list[Path]:
    """The runs of an experiment. They have a `meta.yaml`; without one, the folders that MLflow makes in every run show that it was one."""
    return [
        folder
        for folder in folders_in(experiment)
        if folder.name not in RESERVED and ((folder / META).exists() or _looks_like_run(folder))
    ]


def _looks_like_run(folder: Path) -> bool:
    return all((folder / part).is_dir() for part in ("metrics", "params", "tags"))


def _files(folder: Path, prefix: str = "") -> Iterator[tuple[str, Path]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        key = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _files(folder / entry.name, key + "/")
        elif entry.is_file():
            yield key, folder / entry.name


def _metric_line(text: str) -> MetricLine | None:
    """`time value [step [run [dataset digest]]]`; a dataset's name may have spaces in it."""
    parts = text.split(" ")
    try:
        timestamp, value = int(parts[0]), float(parts[1])
        step = int(parts[2]) if len(parts) > 2 else 0
    except (ValueError, IndexError):
        return None
    run = parts[3] if len(parts) > 3 else ""
    name = " ".join(parts[4:-1]) if len(parts) > 5 else ""
    return MetricLine(step, timestamp, value, run, name, parts[-1] if name else "")
