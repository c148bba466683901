"""Rows of datasets: MLflow keeps one for each experiment that read the data, thousands of them with the same content."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from lineage_graph.sources.mlflow.access import Access, Row
from lineage_graph.sources.mlflow.unread import UnreadableSources, names_no_place

REMEMBERED = 20_000
"""Contents that are kept: more datasets than that are seldom read in turns."""


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
        self._content = lru_cache(maxsize=REMEMBERED)(_content)

    @staticmethod
    def columns(access: Access) -> str:
        """What to ask for."""
        return access.columns(
            "datasets", "dataset_uuid", "name", "digest", "dataset_source_type", "dataset_source", "dataset_schema",
            "dataset_profile", "experiment_id",
        )  # fmt: skip

    def read(self, rows: list[Row]) -> dict[str, DatasetRow]:
        """The datasets by their uuid."""
        found = {}
        for row in rows:
            content, experiment = self._content(*row[1:7]), str(row[7])
            if content.names_no_place:
                self._unread.look_at(experiment, *content.recorded[:4])
            found[row[0]] = DatasetRow(content, experiment)
        return found


def _content(*row: Any) -> Content:
    name, digest, source_type, source, schema, profile = row
    recorded = (name, digest, source_type or "", source or "", schema or None, profile or None)
    mark = blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=16)
    return Content(recorded, mark.digest(), names_no_place(recorded[2], recorded[3]))
