"""Rows of datasets: MLflow keeps one for each experiment that read the data, thousands of them with the same content."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from lineage_graph.sources.mlflow.access import Access, Row
from lineage_graph.sources.mlflow.unread import UnreadableSources, names_no_place

REMEMBERED = 20_000
"""Datasets and contents that are kept: more than that are seldom read in turns."""
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
    """Makes rows to datasets for a whole crawl; what has been seen is not looked at again."""

    def __init__(self, unread: UnreadableSources) -> None:
        self._unread = unread
        self._known: dict[str, DatasetRow] = {}
        self._content = lru_cache(maxsize=REMEMBERED)(_content)

    def of(self, access: Access, uuids: Collection[str]) -> dict[str, DatasetRow]:
        """Those of these datasets that the store has; only what is not remembered is asked for."""
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        missing = [uuid for uuid in uuids if uuid not in known]
        for start in range(0, len(missing), CHUNK):
            asked = {f"u{at}": uuid for at, uuid in enumerate(missing[start : start + CHUNK])}
            marks = ", ".join(f":{name}" for name in asked)
            sql = f"SELECT {_columns(access)} FROM datasets WHERE dataset_uuid IN ({marks})"
            self._remember(access.rows(sql, asked))
        return {uuid: known[uuid] for uuid in uuids if uuid in known}

    def _remember(self, rows: list[Row]) -> None:
        for row in rows:
            content, experiment = self._content(*row[1:7]), str(row[7])
            if content.names_no_place:
                self._unread.look_at(experiment, *content.recorded[:4])
            self._known[row[0]] = DatasetRow(content, experiment)


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
