"""What a crawl keeps of datasets is bounded by its size, and what is not kept is read again."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow import dataset_rows
from lineage_graph.sources.mlflow.access import Row
from lineage_graph.sources.mlflow.dataset_rows import DatasetRows
from lineage_graph.sources.mlflow.origins import read_origin
from lineage_graph.sources.mlflow.sqlite_access import SqliteAccess
from lineage_graph.sources.mlflow.unread import UnreadableSources

PLACE = '{"uri": "/data/train.csv"}'
NO_PLACE = "no place at all "
COLUMNS = "dataset_uuid, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile, experiment_id"


class Counting(SqliteAccess):
    """Counts the rows it is asked for."""

    asked = 0

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        found = super().rows(sql, parameters or {})
        self.asked += len(found)
        return found


@contextmanager
def store(tmp_path: Path, rows: list[tuple[str, ...]]) -> Iterator[Counting]:
    path = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(path)) as writer, writer:
        writer.execute(f"CREATE TABLE datasets ({COLUMNS})")
        writer.executemany("INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with closing(Counting(path, 5)) as access:
        yield access


def wide(count: int, source: str = PLACE, schema: int = 10_000) -> list[tuple[str, ...]]:
    return [
        (f"u{at}", f"d{at}", f"{at}", "local", source, f"{at}".ljust(schema, "x"), "{}", "1")
        for at in range(count)
    ]


def pages(rows: list[tuple[str, ...]]) -> Iterator[Collection[str]]:
    uuids = [row[0] for row in rows]
    return (uuids[start : start + 50] for start in range(0, len(uuids), 50))


def test_wide_schemas_are_kept_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_rows, "KEPT_BYTES", 1_000_000, raising=False)
    rows = wide(1_000)
    with store(tmp_path, rows) as access:
        known = DatasetRows(UnreadableSources(Report()))
        tracemalloc.start()
        for _ in range(2):
            for page in pages(rows):
                found = known.of(access, page)
                assert list(found) == list(page)
                schemas = [str(found[uuid].content.recorded[4]) for uuid in page]
                assert [schema[:4].rstrip("x") for schema in schemas] == [uuid[1:] for uuid in page]
                del found, schemas
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert kept < 1_600_000


def test_one_content_of_many_experiments_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_rows, "KEPT_BYTES", 100_000, raising=False)
    rows: list[tuple[str, ...]] = [(f"u{at}", *wide(1)[0][1:7], f"{at}") for at in range(1_000)]
    with store(tmp_path, rows) as access:
        known, before = DatasetRows(UnreadableSources(Report())), access.asked
        for _ in range(2):
            for page in pages(rows):
                found = known.of(access, page)
                assert [row.experiment_id for row in found.values()] == [uuid[1:] for uuid in page]
        assert access.asked - before == 1_000


def test_a_schema_of_many_datasets_is_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_rows, "KEPT_BYTES", 400_000, raising=False)
    schema = "x" * 10_000
    rows = [(*row[:5], schema, *row[6:]) for row in wide(1_000)]
    with store(tmp_path, rows) as access:
        known, before = DatasetRows(UnreadableSources(Report())), access.asked
        for _ in range(2):
            for page in pages(rows):
                assert len({id(row.content.recorded[4]) for row in known.of(access, page).values()}) == 1
        assert access.asked - before == 1_000


def test_a_content_larger_than_all_that_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_rows, "KEPT_BYTES", 5_000, raising=False)
    rows = wide(3)
    with store(tmp_path, rows) as access:
        known = DatasetRows(UnreadableSources(Report()))
        for _ in range(2):
            assert [row.content.recorded[0] for row in known.of(access, ["u0", "gone", "u2"]).values()] == [
                "d0",
                "d2",
            ]


def test_sources_that_name_no_place_are_told_once_and_not_kept(tmp_path: Path) -> None:
    rows: list[tuple[str, ...]] = [
        (f"u{at}", f"d{at}", f"{at}", "local", NO_PLACE + f"{at}".ljust(20_000, "x"), "", "", "1")
        for at in range(200)
    ]
    report = Report()
    unread = UnreadableSources(report)
    with store(tmp_path, rows) as access:
        tracemalloc.start()
        for page in [*pages(rows), *pages(rows)]:
            DatasetRows(unread).of(access, page)
        read_origin.cache_clear()
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert report.skipped == {"source-unreadable": 200}
    assert kept < 1_000_000
