"""One batch of runs of a tracking database: what hangs on each, its fingerprint, and its payload when that is new."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from hashlib import blake2b
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow.access import Access, Row, Within
from lineage_graph.sources.mlflow.dataset_rows import DatasetRow, DatasetRows
from lineage_graph.sources.mlflow.measured_rows import MeasuredByRun
from lineage_graph.sources.mlflow.payload import DatasetInput, RunPayload
from lineage_graph.sources.mlflow.reader import MODEL_STATUS, UNFINISHED_MODEL, Item, Selection
from lineage_graph.sources.mlflow.sourced_rows import SourcedByRun

RUN_COLUMNS = (
    "run_uuid", "experiment_id", "name", "user_id", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri",
)  # fmt: skip
Context = dict[str, dict[str, str]]
"""Dataset's uuid -> the tags of its input."""


class _ModelRow(NamedTuple):
    kind: str
    """RUN_OUTPUT: made by the run. RUN_INPUT: a metric of the run named it. SOURCE_RUN: only the model says who made it."""
    model_id: str
    step: int | None
    unfinished: bool


class RunRows:
    """What the tables hold on the runs of one range."""

    def __init__(
        self,
        access: Access,
        within: Within,
        measured: MeasuredByRun,
        sourced: SourcedByRun,
        report: Report,
        dataset_rows: DatasetRows,
    ) -> None:
        self._access, self._within, self._report = access, within, report
        self._measured, self._sourced = measured, sourced
        self._params = self._texts("params")
        self._tags = self._texts("tags")
        self._metric_table = "latest_metrics" if access.has("latest_metrics") else "metrics"
        nan = (
            "CASE WHEN is_nan THEN NULL ELSE value END"
            if access.has(self._metric_table, "is_nan")
            else "value"
        )
        self._metrics = self._texts(self._metric_table, nan)
        self._inputs = self._read_inputs()
        self._datasets = self._read_datasets(dataset_rows)
        self._models = self._read_models()

    def items(self, rows: Sequence[Row], selection: Selection) -> list[Item[RunPayload]]:
        """The runs, unbuilt."""
        return [self._item(row, selection) for row in rows]

    def _item(self, row: Row, selection: Selection) -> Item[RunPayload]:
        run, experiment = row[0], str(row[1])
        inputs, models, measured = self._inputs.get(run), self._models_of(run), self._measured.get(run)
        name, workspace = selection.name_of(experiment), selection.workspace_of(experiment)
        params, tags, metrics = self._params.get(run, ""), self._tags.get(run, ""), self._metrics.get(run, "")
        text = f"{row!r}{name}\x1f{workspace}\x1f{models or ''}\x1f{measured or ''}\x1f{params}\x1f{tags}\x1f{metrics}"
        mark = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
        for uuid, about in sorted(inputs.items(), key=_by_text) if inputs else ():
            found = self._datasets.get(uuid)
            if found is None:
                self._report.skip("dataset-missing", f"run {run} read dataset {uuid}, which the store lacks")
                continue
            if found.experiment_id != experiment:
                # Up to MLflow 3.9 a dataset of equal name and digest was looked for in the whole store.
                self._report.read["inputs of another experiment's dataset"] += 1
            mark.update(found.content.mark)
            mark.update(_tags_as_bytes(tuple(about.items())))
        return Item(run, mark.digest(), partial(self._load, row, name, workspace))

    def _load(self, row: Row, experiment_name: str, workspace: str) -> RunPayload:
        run = row[0]
        tags = texts_of(self._tags.get(run))
        models = self._models_of(run)
        return RunPayload(
            run_id=run,
            experiment_id=str(row[1]),
            experiment_name=experiment_name,
            name=row[2] or tags.get("mlflow.runName", ""),
            user=row[3] or tags.get("mlflow.user", ""),
            status=row[4] or "RUNNING",
            start=row[5],
            end=row[6],
            lifecycle=row[7] or "active",
            artifact_uri=row[8] or "",
            params=texts_of(self._params.get(run)),
            metrics=self._exact_metrics.get(run, {}),
            tags=tags,
            inputs=self._inputs_of(run),
            measured=tuple(self._measured.get(run, ())),
            workspace=workspace,
            **(_named_models(models) if models else {}),
        )

    def _models_of(self, run: str) -> list[_ModelRow]:
        rows = self._models.get(run, [])
        if run not in self._sourced:
            return rows
        return rows + [_ModelRow("SOURCE_RUN", model, None, late) for model, late in self._sourced[run]]

    def _inputs_of(self, run: str) -> tuple[DatasetInput, ...]:
        datasets = self._datasets
        found = [
            DatasetInput(*datasets[uuid].content.recorded, tags)
            for uuid, tags in self._inputs.get(run, {}).items()
            if uuid in datasets
        ]
        if len(found) > 1:
            found.sort(key=itemgetter(0, 1))  # name and digest
        return tuple(found)

    def _texts(self, table: str, value: str = "value") -> dict[str, str]:
        if not self._access.has(table):
            return {}
        return self._access.texts(table, ("run_uuid", '"key"', value), self._within)

    @cached_property
    def _exact_metrics(self) -> dict[str, dict[str, float]]:
        """Metrics to the last bit, read only for a batch with something new in it: JSON made by SQLite has 15 digits."""
        table, found = self._metric_table, dict[str, dict[str, float]]()
        if not self._access.has(table):
            return found
        nan = "is_nan" if self._access.has(table, "is_nan") else "0"
        sql = f'SELECT run_uuid, "key", value, {nan} FROM {table} WHERE {self._within.on("run_uuid")}'
        if table == "metrics":
            # All that was ever measured: the last one counts.
            sql += f" ORDER BY {'step, ' if self._access.has(table, 'step') else ''}timestamp, value"
        last, of_run = None, dict[str, float]()
        for run, key, value, is_nan in self._access.rows(sql, self._within.parameters):
            if run != last:
                last, of_run = run, found.setdefault(run, {})
            number = value if type(value) is float else _number(value)
            if is_nan:
                of_run[key] = float("nan")
            elif number is None:
                self._report.skip("metric-unreadable", f"metric {key} of run {run}")
            else:
                of_run[key] = number
        return found

    def _read_inputs(self) -> dict[str, Context]:
        found: dict[str, Context] = {}
        if not self._access.has("inputs"):
            return found
        sql = (
            "SELECT i.destination_id, i.source_id, t.name, t.value FROM inputs i "
            "LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid "
            "WHERE i.destination_type = 'RUN' AND i.source_type = 'DATASET' AND "
            + self._within.on("i.destination_id")
        )
        for run, dataset, name, value in self._access.rows(sql, self._within.parameters):
            tags = found.setdefault(run, {}).setdefault(dataset, {})
            if name is not None:
                tags[name] = value
        return found

    def _read_datasets(self, dataset_rows: DatasetRows) -> dict[str, DatasetRow]:
        wanted = {uuid for inputs in self._inputs.values() for uuid in inputs}
        return dataset_rows.of(self._access, wanted)

    def _read_models(self) -> dict[str, list[_ModelRow]]:
        """Models that a run made, or that a metric of it named."""
        found: dict[str, list[_ModelRow]] = {}
        if not self._access.has("inputs"):
            return found
        models = self._access.has("logged_models")
        sql = (
            f"SELECT source_id, source_type, destination_id, {self._access.columns('inputs', 'step')}, "
            f"{'m.status' if models else 'NULL'} FROM inputs "
            f"{'LEFT JOIN logged_models m ON m.model_id = inputs.destination_id ' if models else ''}"
            "WHERE ((source_type = 'RUN_INPUT' AND destination_type = 'MODEL_INPUT')"
            " OR (source_type = 'RUN_OUTPUT' AND destination_type = 'MODEL_OUTPUT')) "
            f"AND {self._within.on('source_id')} ORDER BY source_type, destination_id"
        )
        for run, kind, model, step, status in self._access.rows(sql, self._within.parameters):
            unfinished = MODEL_STATUS.get(status) in UNFINISHED_MODEL
            found.setdefault(run, []).append(_ModelRow(kind, model, step, unfinished))
        return found


@lru_cache(maxsize=1024)
def _tags_as_bytes(tags: tuple[tuple[str, str], ...]) -> bytes:
    return str(sorted(tags)).encode("utf-8", "surrogatepass")


def _named_models(models: Sequence[_ModelRow]) -> dict[str, Any]:
    return {
        "model_inputs": tuple(row.model_id for row in models if row.kind == "RUN_INPUT"),
        "model_outputs": tuple((row.model_id, row.step) for row in models if row.kind == "RUN_OUTPUT"),
        "unfinished_outputs": tuple(
            row.model_id for row in models if row.kind != "RUN_INPUT" and row.unfinished
        ),
        "source_models": tuple(row.model_id for row in models if row.kind == "SOURCE_RUN"),
    }


def _by_text(item: tuple[str, object]) -> str:
    """SQLite keeps bytes in a column of text, which has no order with others."""
    return str(item[0])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None


def texts_of(text: str | None) -> dict[str, str]:
    """Keys and values out of the text of a JSON object; a NULL value is an empty text."""
    if not text:
        return {}
    try:
        found: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError:  # half a character, or a number that no float holds
        found = json.loads(text)
    if ":null" in text:
        return {key: "" if value is None else value for key, value in found.items()}
    return found
