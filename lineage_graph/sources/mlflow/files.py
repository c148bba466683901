"""MLflow's file store (`./mlruns`), read from its YAML and small files, without MLflow, which would make folders in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lineage_graph.errors import SourceUnreadable
from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow.artifacts import read_local
from lineage_graph.sources.mlflow.folders import (
    REGISTRY,
    TRASH,
    MetricLine,
    folders_in,
    is_experiment,
    is_file_store,
    read_meta,
    read_metrics,
    read_values,
    run_folders,
)
from lineage_graph.sources.mlflow.measured import MeasuredMetrics
from lineage_graph.sources.mlflow.payload import (
    DatasetInput,
    ExperimentPayload,
    ModelPayload,
    RegisteredModelPayload,
    RunPayload,
    VersionPayload,
)
from lineage_graph.sources.mlflow.reader import (
    MODEL_STATUS,
    UNFINISHED_MODEL,
    Item,
    Reader,
    Selection,
    batched,
    loaded,
)
from lineage_graph.sources.mlflow.unread import UnreadableSources

RUN_STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
DELETED_VERSION = "Deleted_Internal"


class FilesReader(Reader):
    """A folder of experiments."""

    def __init__(self, root: Path) -> None:
        self.report = Report()
        self.root = root.absolute()
        if not self.root.is_dir():
            raise SourceUnreadable(
                f"{root} is not a directory", hint="name the mlruns folder that MLflow writes to"
            )
        self._measured = MeasuredMetrics()
        self._unfinished: set[str] = set()
        self._sourced: dict[str, list[str]] = {}
        """Run -> logged models that say that it made them."""
        if not is_file_store(self.root):
            raise SourceUnreadable(
                f"{root} holds no MLflow experiments",
                hint="name the mlruns folder: its subfolders have a meta.yaml",
            )

    def experiments(self) -> list[ExperimentPayload]:
        """See Reader."""
        found = []
        for folder in self._experiment_folders():
            meta = read_meta(folder)
            if meta is None:
                self.report.skip("experiment-without-meta", str(folder))
                continue
            found.append(
                ExperimentPayload(
                    experiment_id=folder.name,
                    name=_text(meta, "name"),
                    lifecycle=_text(meta, "lifecycle_stage") or "active",
                    artifact_location=_text(meta, "artifact_location"),
                    tags=self._values(folder / "tags"),
                )
            )
        return found

    def totals(self, selection: Selection) -> Mapping[str, int]:
        """See Reader."""
        folders = self._selected(selection)
        return {
            "runs": sum(len(run_folders(folder)) for folder in folders),
            "models": sum(len(folders_in(folder / REGISTRY)) for folder in folders),
        }

    def models(self, selection: Selection) -> Iterator[list[Item[ModelPayload]]]:
        """See Reader."""
        yield from batched(self._models(selection))

    def runs(self, selection: Selection) -> Iterator[list[Item[RunPayload]]]:
        """See Reader."""
        yield from batched(self._runs(selection))

    def registered_models(self) -> list[RegisteredModelPayload]:
        """See Reader."""
        return [
            RegisteredModelPayload(
                name=_text(meta, "name") or folder.name,
                description=_text(meta, "description"),
                created=_number(meta, "creation_timestamp"),
                updated=_number(meta, "last_updated_timestamp"),
                tags=self._values(folder / "tags"),
                aliases=self._values(folder / "aliases"),
            )
            for folder, meta in self._registry()
        ]

    def versions(self) -> Iterator[list[VersionPayload]]:
        """See Reader."""
        yield from batched(self._versions())

    def artifact(self, location: str, path: str) -> bytes | None:
        """See Reader. A store that was moved keeps its old absolute locations: then the file is looked for in it."""
        content = read_local(location, path)
        if content is not None:
            return content
        parts = location.replace("\\", "/").rstrip("/").split("/")
        for start, part in enumerate(parts[:-1]):
            for parent in (self.root, self.root / TRASH):
                if part and ".." not in parts[start:] and (parent / part / parts[start + 1]).is_dir():
                    return read_local(str(parent.joinpath(*parts[start:])), path)
        return None

    def _experiment_folders(self) -> list[Path]:
        active = [path for path in folders_in(self.root) if path.name not in (TRASH, REGISTRY)]
        return [path for path in active + folders_in(self.root / TRASH) if is_experiment(path)]

    def _selected(self, selection: Selection) -> list[Path]:
        folders = self._experiment_folders()
        return (
            folders if selection.every else [path for path in folders if path.name in selection.experiments]
        )

    def _models(self, selection: Selection) -> Iterator[Item[ModelPayload]]:
        for experiment in self._selected(selection):
            for folder in folders_in(experiment / REGISTRY):
                metrics = read_metrics(folder / "metrics")
                self._measured.add(folder.name, metrics)
                # MLflow writes what a run measured into that run's experiment, where the model itself need not be.
                meta = read_meta(folder) if metrics else self._meta(folder, "model-without-meta")
                if meta is None:
                    continue
                payload = self._model(folder, meta, experiment.name, selection)
                if payload.status in UNFINISHED_MODEL:
                    self._unfinished.add(payload.model_id)
                if payload.source_run_id:
                    self._sourced.setdefault(payload.source_run_id, []).append(payload.model_id)
                if selection.since is None or (payload.updated or 0) >= selection.since:
                    yield loaded(payload.model_id, payload)

    def _model(
        self, folder: Path, meta: Mapping[str, Any], experiment: str, selection: Selection
    ) -> ModelPayload:
        return ModelPayload(
            model_id=folder.name,
            experiment_id=experiment,
            name=_text(meta, "name"),
            status=_model_status(meta.get("status")),
            source_run_id=_text(meta, "source_run_id"),
            artifact_location=_text(meta, "artifact_location"),
            model_type=_text(meta, "model_type"),
            created=_number(meta, "creation_timestamp"),
            updated=_number(meta, "last_updated_timestamp"),
            lifecycle=_text(meta, "lifecycle_stage") or "active",
            tags=self._values(folder / "tags"),
            params=self._values(folder / "params"),
            experiment_name=selection.name_of(experiment),
        )

    def _runs(self, selection: Selection) -> Iterator[Item[RunPayload]]:
        unread = UnreadableSources(self.report)
        for experiment in self._selected(selection):
            datasets: dict[str, DatasetInput | None] = {}
            for folder in run_folders(experiment):
                meta = self._meta(folder, "run-without-meta")
                if meta is None:
                    continue
                status = _status(meta.get("status"))
                if selection.wants(_number(meta, "start_time"), _number(meta, "end_time"), status):
                    payload = self._run(folder, meta, datasets, selection)
                    unread.look_at_inputs(payload)
                    yield loaded(folder.name, payload)

    def _run(
        self,
        folder: Path,
        meta: Mapping[str, Any],
        datasets: dict[str, DatasetInput | None],
        selection: Selection,
    ) -> RunPayload:
        experiment, tags = folder.parent.name, self._values(folder / "tags")
        inputs, model_inputs = self._inputs(folder, datasets)
        outputs = self._outputs(folder)
        named = [model for model, _ in outputs]
        others = sorted(model for model in self._sourced.get(folder.name, ()) if model not in named)
        return RunPayload(
            run_id=folder.name,
            experiment_id=experiment,
            experiment_name=selection.name_of(experiment),
            # Before 1.30 the name was only a tag, and the field empty.
            name=_text(meta, "run_name") or _text(meta, "name") or tags.get("mlflow.runName", ""),
            user=_text(meta, "user_id") or tags.get("mlflow.user", ""),
            status=_status(meta.get("status")),
            start=_number(meta, "start_time"),
            end=_number(meta, "end_time"),
            lifecycle=_text(meta, "lifecycle_stage") or "active",
            artifact_uri=_text(meta, "artifact_uri"),
            params=self._values(folder / "params"),
            metrics={key: _last(lines).value for key, lines in read_metrics(folder / "metrics").items()},
            tags=tags,
            inputs=inputs,
            model_inputs=model_inputs,
            model_outputs=outputs,
            measured=self._measured.of(folder.name),
            unfinished_outputs=tuple(model for model in (*named, *others) if model in self._unfinished),
            source_models=tuple(others),
        )

    def _inputs(
        self, run: Path, datasets: dict[str, DatasetInput | None]
    ) -> tuple[tuple[DatasetInput, ...], tuple[str, ...]]:
        """Datasets and models that a run read. Only the folder says which run: `destination_id` is the dataset's."""
        found, models = [], []
        for folder in folders_in(run / "inputs"):
            meta = self._meta(folder, "input-without-meta") or {}
            source = _text(meta, "source_id")
            if meta.get("source_type") == "MODEL":
                models.append(source)
            elif meta.get("source_type") == "DATASET":
                if source not in datasets:
                    datasets[source] = _dataset(run.parent / "datasets" / source)
                dataset = datasets[source]
                if dataset is None:
                    self.report.skip(
                        "dataset-missing", f"run {run.name} read dataset {source}, which the store lacks"
                    )
                    continue
                tags = meta.get("tags")
                found.append(dataset._replace(tags={str(k): str(v) for k, v in tags.items()} if tags else {}))
        return tuple(sorted(found, key=lambda one: (one.name, one.digest))), tuple(sorted(models))

    def _outputs(self, run: Path) -> tuple[tuple[str, int | None], ...]:
        found = []
        for folder in folders_in(run / "outputs"):
            meta = self._meta(folder, "output-without-meta") or {}
            if meta.get("destination_type") == "MODEL_OUTPUT":
                found.append((_text(meta, "source_id") or folder.name, _number(meta, "step")))
        return tuple(sorted(found))

    def _registry(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        for folder in folders_in(self.root / REGISTRY):
            meta = self._meta(folder, "registered-model-without-meta")
            if meta is not None:
                yield folder, meta

    def _versions(self) -> Iterator[VersionPayload]:
        for model, about in self._registry():
            folders = (path for path in folders_in(model) if path.name.startswith("version-"))
            for folder in sorted(folders, key=lambda path: (len(path.name), path.name)):
                meta = self._meta(folder, "version-without-meta")
                if meta is not None and meta.get("current_stage") != DELETED_VERSION:
                    yield self._version(folder, meta, _text(about, "name") or model.name)

    def _version(self, folder: Path, meta: Mapping[str, Any], name: str) -> VersionPayload:
        source, storage = _text(meta, "source"), _text(meta, "storage_location")
        return VersionPayload(
            name=name,
            version=folder.name.removeprefix("version-"),
            source=source,
            storage_location="" if storage == source else storage,
            run_id=_text(meta, "run_id"),
            stage=_text(meta, "current_stage") or "None",
            status=_text(meta, "status") or "READY",
            description=_text(meta, "description"),
            user=_text(meta, "user_id"),
            created=_number(meta, "creation_timestamp"),
            updated=_number(meta, "last_updated_timestamp"),
            tags=self._values(folder / "tags"),
        )

    def _meta(self, folder: Path, code: str) -> Mapping[str, Any] | None:
        """The folder's `meta.yaml`; where it is missing or broken, the folder is counted as skipped."""
        meta = read_meta(folder)
        if meta is None:
            self.report.skip(code, str(folder))
        return meta

    def _values(self, folder: Path) -> dict[str, str]:
        try:
            return read_values(folder)
        except OSError as error:
            self.report.skip("unreadable-file", f"{error.filename}: {error.strerror}")
            return {}


def _dataset(folder: Path) -> DatasetInput | None:
    meta = read_meta(folder)
    if meta is None:
        return None
    return DatasetInput(
        _text(meta, "name"),
        _text(meta, "digest"),
        _text(meta, "source_type"),
        _text(meta, "source"),
        _text(meta, "schema") or None,
        _text(meta, "profile") or None,
    )


_rank: Callable[[MetricLine], tuple[int, int, float]] = lambda line: line[:3]  # noqa: E731


def _last(lines: list[MetricLine]) -> MetricLine:
    """The value that MLflow shows: of the highest step, of those the latest, of those the greatest."""
    return max(lines, key=_rank)


def _status(recorded: object) -> str:
    """Run states are numbers here. https://mlflow.org/docs/latest/api_reference/rest-api.html (RunStatus)."""
    if isinstance(recorded, int):
        return RUN_STATUS.get(recorded, "RUNNING")
    return str(recorded) if recorded else "RUNNING"


def _model_status(recorded: object) -> str:
    if isinstance(recorded, int):
        return MODEL_STATUS.get(recorded, "UNKNOWN")
    return str(recorded) if recorded else "UNKNOWN"


def _text(meta: Mapping[str, Any], key: str) -> str:
    value = meta.get(key)
    return "" if value is None else str(value)


def _number(meta: Mapping[str, Any], key: str) -> int | None:
    value = meta.get(key)
    return value if isinstance(value, int) else None
