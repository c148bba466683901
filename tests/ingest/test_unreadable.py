"""One record of which the content is beyond us is left out and named; all others are crawled."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import SourceUnreadable
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Record
from lineage_graph.ingest import IngestReport, crawl
from lineage_graph.sources.base import Report
from lineage_graph.sources.unreadable import attempt
from lineage_graph.stores.base import NodeFilter
from tests.ingest.declaring import Drawn
from tests.support.databases import copy_of, crawled, edited

BYTES = b"\xff\x00\x80 no text"
PLACES = [
    ("runs", "name", "record-unreadable"),
    ("runs", "run_uuid", "record-unreadable"),
    ("params", "value", None),
    ("tags", "value", None),
    ("latest_metrics", "value", "metric-unreadable"),
    ("inputs", "source_id", "dataset-missing"),
    ("input_tags", "value", "record-unreadable"),
    ("datasets", "name", "record-unreadable"),
    ("logged_models", "name", "record-unreadable"),
    ("logged_models", "source_run_id", "record-unreadable"),
    ("logged_model_params", "param_value", None),
    ("experiments", "name", "record-unreadable"),
    ("registered_models", "description", "record-unreadable"),
    ("registered_model_aliases", "alias", None),
    ("model_versions", "source", "record-unreadable"),
    ("model_versions", "name", "record-unreadable"),
    ("model_versions", "creation_time", "record-unreadable"),
]


def put_bytes(path: Path, table: str, column: str) -> None:
    with edited(path) as database:
        database.execute(
            f"UPDATE {table} SET {column} = ? WHERE rowid = (SELECT min(rowid) FROM {table})", (BYTES,)
        )


NOBODY: dict[str, str] = {}


def skipped(report: IngestReport) -> dict[object, object]:
    return {one["code"]: one["count"] for one in report.skipped}


@pytest.mark.parametrize(("table", "column", "code"), PLACES, ids=[f"{one[0]}.{one[1]}" for one in PLACES])
def test_bytes_in_a_column_of_text_cost_one_record(
    table: str, column: str, code: str, tmp_path: Path
) -> None:
    path = copy_of("shop", tmp_path)
    with crawled(path) as clean:
        whole = len(clean.store.find(NodeFilter()))
    put_bytes(path, table, column)
    with Lineage.open(str(tmp_path / "graph.db")) as lineage:
        report = lineage.ingest("mlflow", str(path), name="shop", artifacts=False)
        assert set(skipped(report)) == ({code} if code else set())
        (origin,) = (one for one in lineage.store.state()[1] if one.name == "mlflow:shop")
        assert origin.report["skipped"] == [dict(one) for one in report.skipped]
        assert len(lineage.store.find(NodeFilter())) >= whole * 0.8


TIMES = ["no number", 1.5, b"\x00", 2**63, -(2**63) - 1, True]


@pytest.mark.parametrize("time", TIMES, ids=repr)
def test_a_time_that_is_none_costs_one_record(time: object) -> None:
    edge = EdgeClaim("dataset:d@1", "run:a", EdgeType.READ_BY, Evidence.LOGGED, "context", "x", time)  # type: ignore[arg-type]
    good, bad = Record("runs/b", b"1", ()), Record("runs/a", b"1", (), (edge,))
    with Lineage.open("memory:") as lineage:
        report = crawl(lineage.store, Drawn("shop", [bad, good]))
        assert skipped(report) == {"record-unreadable": 1}
        assert report.seen.written == 1


def test_a_text_where_a_run_began_costs_that_run(tmp_path: Path) -> None:
    path = copy_of("shop", tmp_path)
    with edited(path) as database:
        database.execute(
            "UPDATE runs SET start_time = 'no number' WHERE rowid = (SELECT min(rowid) FROM runs)"
        )
    with crawled(path) as lineage:
        (origin,) = (one for one in lineage.store.state()[1] if one.name == "mlflow:shop")
        told: Any = origin.report["skipped"]
        assert [one["code"] for one in told] == ["record-unreadable"]


def test_what_was_known_of_it_stays(tmp_path: Path) -> None:
    path = copy_of("shop", tmp_path)
    with crawled(path) as lineage:
        before = lineage.store.info().nodes
        for table, column in (
            ("registered_models", "description"),
            ("runs", "name"),
            ("experiments", "artifact_location"),
            ("model_versions", "source"),
        ):
            put_bytes(path, table, column)
        for _ in range(2):
            report = lineage.ingest("mlflow", str(path), name="shop", artifacts=False)
            assert skipped(report) == {"record-unreadable": 4}
            assert report.seen.retracted == 0
            assert lineage.store.info().nodes == before
        assert before[Kind.ALIAS]


def test_a_dry_run_says_the_same(tmp_path: Path) -> None:
    path = copy_of("shop", tmp_path)
    put_bytes(path, "runs", "name")
    with Lineage.open("memory:") as lineage:
        report = lineage.ingest("mlflow", str(path), artifacts=False, dry_run=True)
    assert skipped(report) == {"record-unreadable": 1}


def test_a_fault_of_the_mapping_can_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    report = Report()
    with caplog.at_level(logging.DEBUG, "lineage_graph"):
        assert (
            attempt(lambda: NOBODY["gone"], "runs/a token=ghp_012345678901234567890123456789012345", report)
            is None
        )
    assert "KeyError: 'gone'" in caplog.text
    assert "ghp_" not in caplog.messages[0] + str(report.examples)
    assert report.examples["record-unreadable"].endswith("(KeyError)")


URI = "https://ana:s3cret@host/x"


def _fails_with_a_cause() -> None:
    try:
        int(URI)
    except ValueError as error:
        raise KeyError(f"password={URI}\x1b[31m\n1970-01-01 INFO all is well\u2028so it is") from error


@pytest.mark.parametrize("make", [lambda: int(URI), _fails_with_a_cause], ids=["alone", "with a cause"])
def test_what_can_be_seen_of_a_fault_is_cleaned(
    make: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "lineage_graph"):
        attempt(make, "runs/a", Report())
    assert "invalid literal for int() with base 10: 'https://host/x'" in caplog.text
    assert "s3cret" not in caplog.text
    assert not {"\x1b", "\u2028"} & set(caplog.text)
    assert [record.exc_info for record in caplog.records] == [None]
    # No line of it looks like one of the log's own.
    first, *rest = caplog.messages[0].split("\n")
    assert first == "runs/a cannot be mapped"
    assert all(line.startswith("    ") for line in rest)


def test_a_source_that_is_gone_is_no_record_to_skip() -> None:
    def gone() -> None:
        raise SourceUnreadable("the server is gone")

    with pytest.raises(SourceUnreadable):
        attempt(gone, "runs/a", Report())
