"""An MLflow tracking database, read from its tables: exact, complete, and some fifty times faster than through MLflow.

Nothing is assumed of the schema: tables and columns that a revision hasn't got are nothing to read. Runs come in ranges of their
ids, so that memory stays flat and no query holds up MLflow's own writers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import blake2b

from lineage_graph.errors import SourceUnreadable
from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow.access import Access, Row, Within
from lineage_graph.sources.mlflow.dataset_rows import DatasetRows
from lineage_graph.sources.mlflow.measured_rows import read_measured
from lineage_graph.sources.mlflow.payload import (
    ExperimentPayload,
    ModelPayload,
    RegisteredModelPayload,
    RunPayload,
    VersionPayload,
)
from lineage_graph.sources.mlflow.reader import BATCH, MODEL_STATUS, UNFINISHED, Item, Reader, Selection
from lineage_graph.sources.mlflow.run_rows import RUN_COLUMNS, RunRows, texts_of
from lineage_graph.sources.mlflow.sourced_rows import read_sourced
from lineage_graph.sources.mlflow.unread import UnreadableSources

MODEL_COLUMNS = (
    "model_id", "experiment_id", "name", "status", "source_run_id", "artifact_location", "model_type",
    "creation_timestamp_ms", "last_updated_timestamp_ms", "lifecycle_stage",
)  # fmt: skip
VERSION_COLUMNS = (
    "name", "version", "source", "storage_location", "run_id", "current_stage", "status", "description", "user_id",
    "creation_time", "last_updated_time", "workspace",
)  # fmt: skip
DELETED_VERSION = "Deleted_Internal"
Key = tuple[str, ...]


class DatabaseReader(Reader):
    """A tracking database, through whichever `Access` fits it."""

    def __init__(self, access: Access, shown: str) -> None:
        self.report = Report()
        self._access = access
        if not (access.has("experiments") and access.has("runs")):
            access.close()
            raise SourceUnreadable(
                f"{shown} is a database, but holds no MLflow tables",
                hint="name the one that MLflow writes to",
            )

    def close(self) -> None:
        """See Reader."""
        self._access.close()

    def experiments(self) -> list[ExperimentPayload]:
        """See Reader."""
        columns = self._access.columns(
            "experiments", "experiment_id", "name", "lifecycle_stage", "artifact_location", "workspace"
        )
        tags = self._texts_by("experiment_tags", ("experiment_id",))
        return [
            ExperimentPayload(
                str(row[0]),
                row[1] or "",
                row[2] or "active",
                row[3] or "",
                tags.get((str(row[0]),), {}),
                row[4] or "default",
            )
            for row in self._access.rows(f"SELECT {columns} FROM experiments ORDER BY experiment_id")
        ]

    def totals(self, selection: Selection) -> Mapping[str, int]:
        """See Reader."""
        found = {"runs": self._count("runs", _wanted(selection, True))}
        if self._access.has("logged_models"):
            found["models"] = self._count("logged_models", _wanted(selection, False))
        for table, what in (("registered_models", "registered models"), ("model_versions", "versions")):
            if self._access.has(table):
                found[what] = self._count(table, "")
        return found

    def runs(self, selection: Selection) -> Iterator[list[Item[RunPayload]]]:
        """See Reader."""
        measured, sourced = read_measured(self._access), read_sourced(self._access)
        condition, datasets = _wanted(selection, True), DatasetRows(UnreadableSources(self.report))
        for rows, within in self._ranges("runs", "run_uuid", RUN_COLUMNS, condition):
            found = RunRows(self._access, within, measured, sourced, self.report, datasets)
            yield found.items(rows, selection)

    def models(self, selection: Selection) -> Iterator[list[Item[ModelPayload]]]:
        """See Reader."""
        if not self._access.has("logged_models"):
            return
        condition = _wanted(selection, False)
        for rows, within in self._ranges("logged_models", "model_id", MODEL_COLUMNS, condition):
            tags = self._access.texts("logged_model_tags", ("model_id", "tag_key", "tag_value"), within)
            params = self._access.texts(
                "logged_model_params", ("model_id", "param_key", "param_value"), within
            )
            yield [
                _model_item(row, tags.get(row[0], "{}"), params.get(row[0], "{}"), selection) for row in rows
            ]

    def registered_models(self) -> list[RegisteredModelPayload]:
        """See Reader."""
        if not self._access.has("registered_models"):
            return []
        columns = self._access.columns(
            "registered_models", "name", "description", "creation_time", "last_updated_time", "workspace"
        )
        tags = self._texts_by("registered_model_tags", ("workspace", "name"))
        aliases = self._texts_by("registered_model_aliases", ("workspace", "name"), "alias", "version")
        return [
            RegisteredModelPayload(
                row[0], row[1] or "", row[2], row[3],
                tags.get((row[4] or "default", row[0]), {}), aliases.get((row[4] or "default", row[0]), {}),
                row[4] or "default",
            )
            for row in self._access.rows(f"SELECT {columns} FROM registered_models ORDER BY name")
        ]  # fmt: skip

    def versions(self) -> Iterator[list[VersionPayload]]:
        """See Reader."""
        if not self._access.has("model_versions"):
            return
        columns = self._access.columns("model_versions", *VERSION_COLUMNS)
        key = [name for name in ("workspace", "name", "version") if self._access.has("model_versions", name)]
        tags = self._texts_by("model_version_tags", ("workspace", "name", "version"))
        last: Row | None = None
        while True:
            after = f"WHERE ({', '.join(key)}) > ({', '.join(':' + name for name in key)})" if last else ""
            at = {name: last[VERSION_COLUMNS.index(name)] for name in key} if last else {}
            rows = self._access.rows(
                f"SELECT {columns} FROM model_versions {after} ORDER BY {', '.join(key)} LIMIT {BATCH}", at
            )
            if not rows:
                return
            last = rows[-1]
            # MLflow keeps the row of a deleted version, emptied, so that its number is not given again.
            yield [_version(row, tags) for row in rows if row[5] != DELETED_VERSION]

    def _ranges(
        self, table: str, key: str, wanted: tuple[str, ...], condition: str
    ) -> Iterator[tuple[list[Row], Within]]:
        """Rows of a table in batches by key, with the range that each batch covers."""
        columns, low = self._access.columns(table, *wanted), ""
        where = f"AND {condition}" if condition else ""
        while True:
            rows = self._access.rows(
                f"SELECT {columns} FROM {table} WHERE {key} > :low {where} ORDER BY {key} LIMIT {BATCH}",
                {"low": low},
            )
            if not rows:
                return
            high = rows[-1][0]
            only = f"SELECT {key} FROM {table} WHERE {key} > :low AND {key} <= :high {where}" if where else ""
            yield rows, Within(low, high, only)
            low = high

    def _texts_by(
        self, table: str, owner: tuple[str, ...], key: str = "key", value: str = "value"
    ) -> dict[Key, dict[str, str]]:
        """A small table's keys and values by owner."""
        found: dict[Key, dict[str, str]] = {}
        if not self._access.has(table):
            return found
        columns = self._access.columns(table, *owner, key, value)
        for row in self._access.rows(f"SELECT {columns} FROM {table}"):
            where = tuple("default" if part is None else str(part) for part in row[:-2])
            found.setdefault(where, {})[str(row[-2])] = "" if row[-1] is None else str(row[-1])
        return found

    def _count(self, table: str, condition: str) -> int:
        where = f"WHERE {condition}" if condition else ""
        return int(self._access.rows(f"SELECT count(*) FROM {table} {where}")[0][0])


def _wanted(selection: Selection, runs: bool) -> str:
    """The condition that selects; ids and times are integers, so nothing foreign gets into the statement."""
    conditions = []
    if not selection.every:
        ids = ", ".join(str(int(key)) for key in selection.experiments) or "NULL"
        conditions.append(f"experiment_id IN ({ids})")
    if selection.since is not None:
        since = int(selection.since)
        unfinished = ", ".join(f"'{status}'" for status in sorted(UNFINISHED))
        conditions.append(
            f"(start_time >= {since} OR end_time >= {since} OR status IN ({unfinished}))"
            if runs
            else f"last_updated_timestamp_ms >= {since}"
        )
    return " AND ".join(conditions)


def _model_item(row: Row, tags: str, params: str, selection: Selection) -> Item[ModelPayload]:
    experiment = str(row[1])
    name, workspace = selection.name_of(experiment), selection.workspace_of(experiment)
    text = "\x1f".join(map(str, (*row, name, workspace, tags, params)))
    mark = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Item(row[0], mark, partial(_model, row, tags, params, name, workspace))


def _model(row: Row, tags: str, params: str, experiment_name: str, workspace: str) -> ModelPayload:
    return ModelPayload(
        model_id=row[0],
        experiment_id=str(row[1]),
        name=row[2] or "",
        status=MODEL_STATUS.get(row[3], "UNKNOWN"),
        source_run_id=row[4] or "",
        artifact_location=row[5] or "",
        model_type=row[6] or "",
        created=row[7],
        updated=row[8],
        lifecycle=row[9] or "active",
        tags=texts_of(tags),
        params=texts_of(params),
        experiment_name=experiment_name,
        workspace=workspace,
    )


def _version(row: Row, tags: Mapping[Key, Mapping[str, str]]) -> VersionPayload:
    workspace = row[11] or "default"
    source, storage = row[2] or "", row[3] or ""
    return VersionPayload(
        name=row[0],
        version=str(row[1]),
        source=source,
        # What says no more than the source is not kept: before 2.9 there was no such column.
        storage_location="" if storage == source else storage,
        run_id=row[4] or "",
        stage=row[5] or "None",
        status=row[6] or "READY",
        description=row[7] or "",
        user=row[8] or "",
        created=row[9],
        updated=row[10],
        tags=tags.get((workspace, row[0], str(row[1])), {}),
        workspace=workspace,
    )
