"""Rows of datasets: MLflow keeps one for each experiment that read the data, thousands of them with the same content."""

from __future__ import annotations

import sys
from collections.abc import Collection
from hashlib import blake2b
from typing import Any, NamedTuple

from lineage_graph.sources.mlflow.access import Access, Row
from lineage_graph.sources.mlflow.unread import UnreadableSources, names_no_place

REMEMBERED = 50_000
"""Datasets that are kept: more than that are seldom read in turns."""
KEPT_BYTES = 32 * 2**20
"""Of the texts of what is kept: a schema of a thousand columns takes 50 kB. One that many have is kept once."""
CHUNK = 500
"""Of ids in a query: old SQLite binds no more than 999."""


class Content(NamedTuple):
    """What a row says of the data: its name, digest, source type, source, schema and profile."""

    recorded: tuple[str, str, str, str, str | None, str | None]
    mark: bytes
    """A digest of it all."""
    names_no_place: bool


class DatasetRow(NamedTuple):
    """A dataset as one experiment has it."""

    content: Content
    experiment_id: str


class DatasetRows:
    """Makes rows to datasets for a whole crawl; what has been seen is not looked at again, as long as it fits in memory."""

    def __init__(self, unread: UnreadableSources) -> None:
        self._unread = unread
        self._known: dict[str, DatasetRow] = {}
        self._contents: dict[tuple[Any, ...], Content] = {}
        self._schemas: dict[str, str] = {}
        self._bytes = 0

    def of(self, access: Access, uuids: Collection[str]) -> dict[str, DatasetRow]:
        """Those of these datasets that the store has; only what is not remembered is asked for."""
        found = {uuid: self._known[uuid] for uuid in uuids if uuid in self._known}
        missing = [uuid for uuid in uuids if uuid not in found]
        for start in range(0, len(missing), CHUNK):
            asked = {f"u{at}": uuid for at, uuid in enumerate(missing[start : start + CHUNK])}
            marks = ", ".join(f":{name}" for name in asked)
            sql = f"SELECT {_columns(access)} FROM datasets WHERE dataset_uuid IN ({marks})"
            for row in access.rows(sql, asked):
                found[row[0]] = self._remember(row)
        return {uuid: found[uuid] for uuid in uuids if uuid in found}

    def _remember(self, row: Row) -> DatasetRow:
        recorded = tuple(row[1:7])
        content = self._contents.get(recorded) or self._keep(recorded)
        experiment = str(row[7])
        if content.names_no_place:
            self._unread.look_at(experiment, *content.recorded[:4])
        if len(self._known) >= REMEMBERED:
            self._forget()
        self._known[row[0]] = made = DatasetRow(content, experiment)
        return made

    def _keep(self, row: tuple[Any, ...]) -> Content:
        schema = self._schemas.get(row[4], row[4])
        recorded = (*row[:4], schema, row[5])
        content, size = _content(*recorded), self._size(recorded)
        if self._bytes + size > KEPT_BYTES:
            self._forget()
            size = self._size(recorded)
        if size <= KEPT_BYTES:
            self._contents[recorded] = content
            self._schemas[schema] = schema
            self._bytes += size
        return content

    def _size(self, recorded: tuple[Any, ...]) -> int:
        return sum(sys.getsizeof(text) for text in recorded if text not in self._schemas)

    def _forget(self) -> None:
        """Datasets and contents together: a dataset holds its content."""
        self._known.clear()
        self._contents.clear()
        self._schemas.clear()
        self._bytes = 0


def _columns(access: Access) -> str:
    return access.columns(
        "datasets", "dataset_uuid", "name", "digest", "dataset_source_type", "dataset_source", "dataset_schema",
        "dataset_profile", "experiment_id",
    )  # fmt: skip


def _content(*row: Any) -> Content:
    name, digest, source_type, source, schema, profile = row
    recorded = (name, digest, source_type or "", source or "", schema or None, profile or None)
    mark = blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=16)
    return Content(recorded, mark.digest(), names_no_place(recorded[2], recorded[3]))
