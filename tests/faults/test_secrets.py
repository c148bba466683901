"""No credential of a store, a server, a declaration or the environment is in any byte that we write or show."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.sqlite.store import SqliteStore
from tests.faults.commands import asked_of_all
from tests.faults.conftest import STORES, Cli, Done
from tests.support.web import Asked, Reply, web

TRUTH = yaml.safe_load((STORES / "sources" / "truth.yaml").read_text(encoding="utf-8"))
IN_ADDRESS, IN_ENVIRONMENT, IN_DECLARATION = "addr3ssPa55", "env1r0nPa55", "decl4redPa55"
SECRETS = [*TRUTH["secrets"], IN_ADDRESS, IN_ENVIRONMENT, IN_DECLARATION]
DECLARED = f"""
version: 1
derivations:
  - output: s3://ana:{IN_DECLARATION}@lake/orders.parquet
    from: [https://ana:{IN_DECLARATION}@files.shop.example/raw.csv?sig={IN_DECLARATION}]
    by: clean.py --token {IN_DECLARATION}
"""


def test_the_committed_store_has_secrets():
    content = (STORES / "sources" / "mlflow.db").read_bytes()
    assert TRUTH["secrets"]
    assert [secret for secret in TRUTH["secrets"] if secret.encode() not in content] == []


@pytest.fixture
def everything(cli: Cli, store) -> list[Done]:
    """A graph of all that has secrets; what was said meanwhile."""
    cli.environ |= {
        "MLFLOW_TRACKING_USERNAME": "ana",
        "MLFLOW_TRACKING_PASSWORD": IN_ENVIRONMENT,
        "LINEAGE_GRAPH_TRACEBACK": "1",
    }
    path = store("sources")
    said = [cli("ingest", "mlflow", path, "-vv"), cli("ingest", "mlflow", path, "-vv", "-o", "json")]
    with web(answer) as server:
        address = server.address.replace("://", f"://ana:{IN_ADDRESS}@")
        said.append(cli("ingest", "mlflow", address, "-vv"))
        said.append(cli("ingest", "mlflow", server.address, "-vv", "--name", "by-environment"))
        assert {
            "ana" in str(asked.headers) or asked.headers.get("authorization", "") != ""
            for asked in server.asked
        } == {True}
    (cli.home / "lineage.yaml").write_text(DECLARED, encoding="utf-8")
    said.append(cli("ingest", "declared", "lineage.yaml", "-v"))
    assert [done.code for done in said] == [0] * len(said), said
    return said


def answer(asked: Asked) -> Reply:
    """A small MLflow server whose run has a secret in its source."""
    import json

    if "experiments" in asked.path:
        return Reply('{"experiments": [{"experiment_id": "1", "name": "e"}]}')
    if "runs/search" not in asked.path:
        return Reply("{}")
    source = json.dumps({"uri": f"https://ana:{IN_ADDRESS}@files.shop.example/{'a'}.csv?sig={IN_ADDRESS}"})
    dataset = {"name": "a", "digest": "aaaa1111", "source_type": "http", "source": source}
    run = {
        "info": {"run_id": "4" * 32, "experiment_id": "1", "start_time": "5", "status": "FINISHED"},
        "inputs": {
            "dataset_inputs": [
                {"dataset": dataset, "tags": [{"key": "mlflow.data.context", "value": "training"}]}
            ]
        },
    }
    return Reply(json.dumps({"runs": [run]}))


def assert_none(text: str | bytes, where: object) -> None:
    content = text.encode() if isinstance(text, str) else text
    assert [secret for secret in SECRETS if secret.encode() in content] == [], where


def test_no_secret_anywhere(cli: Cli, everything, tmp_path: Path):
    for done in everything:
        assert_none(done.out + done.err, done)
    assert cli("backup", tmp_path / "kept" / "copy.db").code in (0, 1)
    (tmp_path / "copies").mkdir()
    assert cli("backup", tmp_path / "copies" / "copy.db").code == 0
    files = [*cli.home.rglob("*"), *(tmp_path / "copies").iterdir()]
    ours = [path for path in files if path.is_file() and path.name != "lineage.yaml"]
    assert {"graph.db", "copy.db"} <= {path.name for path in ours}
    for path in ours:
        assert_none(path.read_bytes(), path)
    graph = SqliteStore(str(cli.graph))
    ids = [node.id for node in graph.find(NodeFilter()) if node.kind in ("Source", "Dataset", "Run")]
    graph.close()
    assert len(ids) > 60
    for what, code, text in asked_of_all(cli.graph, ids[::6] + ids[-3:]):
        assert code in (0, 1), what
        assert "defect" not in text, text
        assert_none(text, what)
    for what, _, text in asked_of_all(cli.graph, ids, ["json"]):
        assert_none(text, what)


def test_no_secret_in_what_is_said_of_failures(cli: Cli, tmp_path: Path):
    cli.environ |= {
        "LINEAGE_GRAPH_TRACEBACK": "1",
        "MLFLOW_TRACKING_USERNAME": "ana",
        "MLFLOW_TRACKING_PASSWORD": IN_ENVIRONMENT,
    }
    refusing = Reply(
        '{"message": "no, not even with https://ana:' + IN_ADDRESS + "@host/x?sig=" + IN_ADDRESS + '"}', 400
    )
    with web(lambda _: refusing) as server:
        for uri in (
            server.address.replace("://", f"://ana:{IN_ADDRESS}@"),
            f"http://ana:{IN_ADDRESS}@127.0.0.1:1",
            f"http://ana:{IN_ADDRESS}@nowhere.invalid",
            f"postgresql://ana:{IN_ADDRESS}@127.0.0.1:1/mlflow",
            f"mysql://ana:{IN_ADDRESS}@127.0.0.1:1/mlflow",
            f"mssql://ana:{IN_ADDRESS}@127.0.0.1:1/mlflow",
            f"sqlite:///{tmp_path}/none.db?password={IN_ADDRESS}",
        ):
            both = [
                cli.start("ingest", "mlflow", uri, "--timeout", "1", *how) for how in (["-v"], ["-o", "json"])
            ]
            for process in both:
                out, err = process.communicate(timeout=90)
                assert process.returncode in (1, 2), err
                assert_none(out + err, uri)
    for store in (f"neo4j://ana:{IN_ADDRESS}@127.0.0.1:1", f"mongodb://ana:{IN_ADDRESS}@host/x"):
        done = cli("status", "--store", store)
        assert done.code in (1, 2)
        assert_none(done.out + done.err, store)
    (cli.home / "lineage.yaml").write_text(
        f"version: 1\nderved:\n  - dat: s3://ana:{IN_DECLARATION}@x\n", encoding="utf-8"
    )
    done = cli("ingest", "declared", "lineage.yaml", "-v")
    assert done.code in (1, 2)
    assert_none(done.out + done.err, "declaration")


def test_the_store_that_is_asked_first_keeps_no_secret(cli: Cli, store):
    with web(answer) as server:
        address = server.address.replace("://", f"://ana:{IN_ADDRESS}@")
        done = cli("upstream", "run:" + "4" * 32, "--from", address, "-vv")
    assert done.code == 0, done
    assert_none(done.out + done.err, "answer")
    kept = [path for path in (cli.home / ".cache").rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert_none(path.read_bytes() + str(path).encode(), path)
