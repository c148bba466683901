"""What is crawled is never written to, whatever it is; and one story gives the same answers out of every database."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import STORES, Cli
from tests.sources.mlflow.conftest import unchanged, write_scenario
from tests.support.servers import mariadb, postgres

DRAWN = re.compile(r"^[a-z]+-[a-z]+-\d+$")
"""A run's name where nobody gave it one, such as adorable-hog-39."""
READER, PASSWORD = "reader", "r3aderPa55"


@pytest.mark.parametrize("name", sorted(path.name for path in STORES.iterdir() if path.is_dir()))
def test_a_crawl_changes_no_byte_and_no_time(cli: Cli, store, name):
    path = store(name)
    with unchanged(path.parent):
        done = cli("ingest", "mlflow", path)
        assert (done.code, done.err) == (0, ""), done


def test_a_database_that_is_being_written_in_wal_mode(cli: Cli, store):
    """The newest rows lie in its log; no file beside it is made, changed or taken away."""
    path = store("wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE runs SET name = 'just now'")
        assert path.with_name("mlflow.db-wal").stat().st_size > 0
        with unchanged(path.parent):
            assert cli("ingest", "mlflow", path).code == 0
        assert json.loads(cli("search", "just now", "-o", "json").out)["nodes"]
        writer.execute("UPDATE runs SET name = 'and on'")


def test_a_folder_that_may_not_be_written(cli: Cli, store):
    path = store("wal")
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with unchanged(path.parent):
            assert cli("ingest", "mlflow", path).code == 0
    finally:
        path.parent.chmod(0o755)


@pytest.fixture(scope="module", params=[postgres, mariadb], ids=["postgresql", "mariadb"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A database that real MLflow wrote the story into: its owner's URL, and that of a user who may only read."""
    from sqlalchemy import create_engine, make_url, text

    folder = tmp_path_factory.mktemp("served")
    with request.param(folder / "data") as url:
        owner = url.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(owner)
        if request.param is mariadb:
            with engine.begin() as connection:
                # Its default has no ✓: the story would be another one.
                connection.execute(text("ALTER DATABASE CHARACTER SET utf8mb4"))
        write_scenario(owner, folder)
        grants = (
            [
                f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'",
                f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}",
            ]
            if request.param is postgres
            else [
                f"CREATE USER {READER}@'%' IDENTIFIED BY '{PASSWORD}'",
                f"GRANT SELECT ON *.* TO {READER}@'%'",
            ]
        )
        with engine.begin() as connection:
            for grant in grants:
                connection.execute(text(grant))
        engine.dispose()
        reader = make_url(url).set(username=READER, password=PASSWORD).render_as_string(hide_password=False)
        yield owner, reader


@pytest.fixture(scope="module")
def in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same story in SQLite."""
    folder = tmp_path_factory.mktemp("story")
    write_scenario(f"sqlite:///{folder}/mlflow.db", folder)
    return folder / "mlflow.db"


def checksums(url: str) -> dict[str, str]:
    """Of every table, whatever is in it."""
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(url)
    with engine.connect() as connection:
        found = {}
        for table in inspect(engine).get_table_names():
            rows = sorted(repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}")))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    engine.dispose()
    return found


@pytest.mark.slow  # MLflow takes half a minute to make its tables in each; the readers' tests have both in every run
@pytest.mark.server
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("mlflow-servers")
def test_a_database_server_is_only_read_and_answers_like_sqlite(cli: Cli, database, in_sqlite):
    owner, reader = database
    before = checksums(owner)
    assert len(before) > 20
    done = cli("ingest", "mlflow", reader, "--name", "shop", "-v")
    assert (done.code, done.err) == (0, ""), done
    assert PASSWORD not in done.out
    again = json.loads(cli("ingest", "mlflow", reader, "-o", "json").out)
    # Model files that could not be read are tried again each time.
    unread = sum(one["count"] for one in again["skipped"] if one["code"] == "signature-unreadable")
    assert again["records"]["written"] <= unread
    assert again["records"]["retracted"] == 0
    assert again["origin"]["name"] == "mlflow:shop"
    assert PASSWORD not in json.dumps(again)
    assert checksums(owner) == before
    local = cli.home / "local.db"
    assert cli("ingest", "mlflow", in_sqlite, "--name", "shop", "--store", local).code == 0
    for question in (
        ("upstream", "churn@champion"),
        ("downstream", "source:x.csv", "--include-evaluation"),
        ("upstream", "live/1", "--include-possible"),
        ("search", "churn"),
    ):
        served, known = (answered(cli, *question, "--store", graph) for graph in (cli.graph, local))
        for part in known:
            assert set(served[part]) ^ set(known[part]) == set(), (question, part)
        assert served == known, question
        assert served["nodes"]
    assert PASSWORD.encode() not in cli.graph.read_bytes()
    for wrong in (
        reader.replace(f"{READER}:", "nobody:"),
        reader.replace("/mlflow", "/elsewhere").replace("/postgres?", "/elsewhere?"),
    ):
        done = cli("ingest", "mlflow", wrong)
        assert (done.code, done.out) == (1, ""), done
        assert len(done.err.splitlines()) == 2, done.err
        assert PASSWORD not in done.err


def answered(cli: Cli, *question: object) -> dict[str, Any]:
    """An answer by names: ids are drawn anew for each store."""
    done = cli(*question, "-o", "json")
    assert (done.code, done.err) == (0, ""), done
    told = json.loads(done.out)
    names = {node["id"]: f"{node['kind']} {DRAWN.sub('(drawn)', node['name'])}" for node in told["nodes"]}
    return {
        "verdict": [told["verdict"]],
        "counts": sorted(told["counts"].items()),
        "nodes": sorted((names[node["id"]], node["hops"] or 0, node["state"]) for node in told["nodes"]),
        "edges": sorted(
            (names[edge["from"]], edge["type"], names[edge["to"]], edge["evidence"], edge["rule"])
            for edge in told["edges"]
        ),
        "gaps": sorted(gap["code"] for gap in told["gaps"]),
    }
