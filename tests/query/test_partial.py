"""What a crawl has not read is not missing: only a store that was read whole can lack a run."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.query.answer import Verdict
from lineage_graph.query.coverage import read_coverage
from lineage_graph.query.show import show
from lineage_graph.query.traversal import upstream
from tests.query.graphs import ORIGIN, draw, edge, node

RUN, VERSION, MODEL = "run:9c04d2ab", "modelversion:prod/default/churn/1", "model:m-1"
UNREAD = replace(ORIGIN, uri="sqlite:///mlflow.db", complete=False)
STORE = Path(__file__).parents[1] / "data" / "mlflow" / "shop" / "mlflow.db"
VERSION_OF_A_RUN = (node(VERSION, name="churn/1"), edge(RUN, "reg", VERSION))


def test_a_run_that_a_whole_store_lacks_is_missing() -> None:
    store = draw(*VERSION_OF_A_RUN)
    answer = upstream(store, VERSION)
    assert [(gap.code, gap.node) for gap in answer.gaps] == [("run-missing", RUN)]
    assert answer.verdict is Verdict.NOT_CAPTURED
    (group,) = read_coverage(store).gaps
    assert (group.code, group.count, group.examples) == ("run-missing", 1, ("run:9c04d2ab",))
    assert [gap.code for gap in read_coverage(store, "run-missing").gaps] == ["run-missing"]


def test_a_run_that_was_left_out_is_unread() -> None:
    store = draw(*VERSION_OF_A_RUN, origins=(UNREAD,))
    answer = upstream(store, VERSION)
    (gap,) = answer.gaps
    assert (gap.code, gap.node) == ("source-unreadable", RUN)
    assert gap.message == "run 9c04d2ab is named and was not read: mlflow:prod was not read whole"
    assert gap.fix == "lineage-graph ingest mlflow sqlite:///mlflow.db   # all of it"
    assert answer.verdict is Verdict.UNREADABLE
    assert [group.code for group in read_coverage(store).gaps] == ["source-unreadable"]
    assert [gap.code for gap in show(store, RUN).gaps] == ["source-unreadable"]


@pytest.mark.parametrize(("origin", "code"), [(ORIGIN, "no-run"), (UNREAD, "source-unreadable")])
def test_a_model_that_only_others_name(origin, code) -> None:
    store = draw(node(VERSION, name="churn/1"), edge(MODEL, "reg", VERSION), origins=(origin,))
    assert [(gap.code, gap.node) for gap in upstream(store, VERSION).gaps] == [(code, MODEL)]


def test_a_recent_version_of_an_older_run(tmp_path: Path) -> None:
    place = Path(shutil.copy(STORE, tmp_path / "mlflow.db"))
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("UPDATE model_versions SET last_updated_time = 4e12 WHERE name = 'churn'")
    with Lineage.open("memory:") as lineage:
        lineage.ingest("mlflow", str(place), name="shop", since=3 * 10**12, artifacts=False)
        answer = lineage.upstream("churn/1")
        assert answer.verdict is Verdict.UNREADABLE
        assert {gap.code for gap in answer.gaps} == {"source-unreadable"}
        lineage.ingest("mlflow", str(place), name="shop", artifacts=False)
        assert lineage.upstream("churn/1").verdict is Verdict.FOUND


def test_an_alias_that_moved_out_of_the_part_that_is_read(tmp_path: Path) -> None:
    """The version is not known yet; the one that it left is not the champion any more, and something says what is live."""
    place = Path(shutil.copy(STORE, tmp_path / "mlflow.db"))
    with closing(sqlite3.connect(place)) as connection, connection:
        (run,) = connection.execute("SELECT run_id FROM model_versions WHERE name = 'forecast'").fetchone()
        statement = "UPDATE model_versions SET source = '/x', storage_location = '', run_id = ? WHERE name = 'churn' AND version = 1"
        connection.execute(statement, (run,))
        connection.execute("DELETE FROM registered_model_aliases")
        connection.execute(
            "INSERT INTO registered_model_aliases (alias, version, name) VALUES ('top', 1, 'churn')"
        )
    with Lineage.open("memory:") as lineage:

        def crawl_and_ask() -> tuple[list[str], set[str]]:
            lineage.ingest("mlflow", str(place), name="shop", experiments=["stock"], artifacts=False)
            answer = lineage.upstream("churn@top")
            versions = [each.id for each in answer.nodes if each.id.startswith("modelversion:")]
            return versions, {gap.code for gap in lineage.downstream("churn/1").gaps} & {"no-pointer"}

        assert crawl_and_ask() == (["modelversion:shop/default/churn/1"], set())
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute("UPDATE registered_model_aliases SET version = 2")
        assert crawl_and_ask() == (["modelversion:shop/default/churn/2"], set())
        gaps = lineage.upstream("churn@top").gaps
        assert [gap.code for gap in gaps] == ["source-unreadable"]
