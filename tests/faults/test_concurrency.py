"""Two crawls at once, and questions beside a crawl: no error, nothing torn, nothing lost."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from lineage_graph import Lineage
from lineage_graph.graph import Kind
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.sqlite.store import SqliteStore
from tests.faults.conftest import Cli
from tests.faults.hanging import hanging_crawl


def records(graph: Path) -> dict[str, list[tuple[str, bytes]]]:
    store = SqliteStore(str(graph))
    try:
        return {
            origin.name: [(one.key, one.fingerprint) for one in store.records(origin.name)]
            for origin in store.state()[1]
            if origin.complete
        }
    finally:
        store.close()


def stats(cli: Cli, graph: Path) -> dict[str, object]:
    told = json.loads(cli("stats", "-o", "json", "--store", graph).out)
    return {key: told[key] for key in ("counts", "edges")}


@pytest.mark.parametrize("others", ["same origin", "two origins", "two origins into nothing"])
def test_two_crawls_at_once(cli: Cli, store, large: Path, others):
    first = ("ingest", "mlflow", large, "--name", "large")
    second = first if others == "same origin" else ("ingest", "mlflow", store("shop"), "--name", "shop")
    if others != "two origins into nothing":
        assert cli("ingest", "mlflow", store("sources"), "--name", "earlier").code == 0
    one_by_one = cli.home / "sequential.db"
    if cli.graph.exists():
        one_by_one.write_bytes(cli.graph.read_bytes())
    both = [cli.start(*command) for command in (first, second)]
    for process in both:
        _, err = process.communicate(timeout=90)
        assert (process.returncode, err) == (0, b"")
    for command in (first, second):
        assert cli(*command, "--store", one_by_one).code == 0
    assert records(cli.graph) == records(one_by_one)
    assert stats(cli, cli.graph) == stats(cli, one_by_one)


def test_the_second_waits_for_the_first(cli: Cli, store):
    """While somebody holds the store's lock nothing is written; when it is let go, the crawl goes on by itself."""
    cli.graph.parent.mkdir(exist_ok=True)
    lock = os.open(f"{cli.graph}-lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    process = cli.start("ingest", "mlflow", store("shop"))
    time.sleep(3)
    assert process.poll() is None
    assert not cli.graph.exists() or cli("status").code == 1
    os.close(lock)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_questions_beside_a_crawl(cli: Cli, shop_graph: Path, large: Path):
    """In this process, back to back, for as long as another one crawls, withdraws and crawls again."""
    expected = answer(shop_graph, "churn@champion")
    turns = 0
    for name in ("large", "other"):
        process = cli.start("ingest", "mlflow", large, "--name", name)
        while process.poll() is None:
            turns += 1
            assert answer(shop_graph, "churn@champion") == expected
            check_state(shop_graph)
        assert process.communicate()[1] == b""
    process = cli.start("forget", "mlflow:large")
    while process.poll() is None:
        assert answer(shop_graph, "churn@champion") == expected
        check_state(shop_graph)
    assert process.communicate()[0] == b""
    assert process.returncode == 0
    assert turns >= 10
    check_state(shop_graph)


def answer(graph: Path, ref: str) -> dict[str, object]:
    with Lineage.open(str(graph)) as lineage:
        told = lineage.upstream(ref).to_dict()
    assert isinstance(told["graph"], dict)
    mine = [one for one in told["graph"]["origins"] if one["name"] == "shop"]
    return {**{key: told[key] for key in ("verdict", "nodes", "edges", "gaps", "counts")}, "mine": mine}


def check_state(graph: Path) -> None:
    """What one look sees hangs together, and says whether it is whole."""
    with Lineage.open(str(graph)) as lineage:
        versions = lineage.store.find(NodeFilter(kinds=frozenset({Kind.MODEL_VERSION})))
        for version in [one.id for one in versions if "/model-" in one.id][-3:]:
            told: dict[str, Any] = dict(lineage.upstream(version).to_dict())
            nodes = {node["id"] for node in told["nodes"]}
            assert {edge[end] for edge in told["edges"] for end in ("from", "to")} <= nodes
            assert sum(told["counts"].values()) == len(nodes)
            crawled = next((one for one in told["graph"]["origins"] if f":{one['name']}/" in version), None)
            if crawled is not None and crawled["complete"]:
                assert told["verdict"] == "found", told


def test_a_question_beside_a_crawl_says_that_more_may_come(cli: Cli, shop_graph: Path):
    """A crawl that hangs in the middle: answers of what was there before are whole, and say what is not."""
    with hanging_crawl(cli, "slow"):
        done = cli("upstream", "churn@champion", "-o", "json")
        told = json.loads(done.out)
        assert (done.code, told["verdict"]) == (0, "found")
        assert {
            one["name"]: one["complete"] for one in told["graph"]["origins"] if one["type"] == "mlflow"
        } == {
            "shop": True,
            "slow": False,
        }
        assert "slow" in cli("upstream", "churn@champion").out
