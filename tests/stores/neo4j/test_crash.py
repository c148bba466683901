"""A writer or a server that dies at any moment leaves a graph that the next crawl completes, as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import time

import pytest

from lineage_graph.stores.neo4j import lease
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.testing.dump import assert_same_dumps, dump
from tests.stores.inside import look_into_neo4j
from tests.stores.neo4j.crawling import SHORT, crawl, start_crawl
from tests.support.neo4j import connected, on_neo4j, running, wipe
from tests.support.servers import free_port

pytestmark = on_neo4j
RECORDS = 60
ORIGIN = "test:a"


@pytest.fixture(autouse=True)
def short_lease(monkeypatch):
    monkeypatch.setattr(lease, "LEASE_SECONDS", SHORT)


def tell(url: str) -> dict[str, object]:
    store = Neo4jStore(url)
    told = dump(store)
    store.close()
    return told


def test_a_killed_crawl_is_completed_by_the_next(neo4j_server, connection):
    url = neo4j_server.full_url
    crawl(url, ORIGIN, 0, RECORDS)
    crawl(url, ORIGIN, 1, RECORDS)
    whole = tell(url)
    wipe(connection)
    crawl(url, ORIGIN, 0, RECORDS)
    draw = random.Random(3)
    for lines in (1, 4, 8):
        child = start_crawl(url, ORIGIN, 1, RECORDS)
        assert child.stdout
        for _ in range(lines):
            child.stdout.readline()
        time.sleep(draw.random() / 10)
        child.kill()
        child.communicate()
        assert child.returncode == -signal.SIGKILL
        # Nothing is half written, and whoever asks now is told that the origin is not whole.
        look_into_neo4j(connection)
        store = Neo4jStore(url)
        assert [origin.complete for origin in store.state()[1]] == [False]
        store.close()
    crawl(url, ORIGIN, 1, RECORDS)
    assert_same_dumps(tell(url), whole)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_server_that_is_killed_and_comes_back(tmp_path):
    port = free_port()
    with running(home=tmp_path, port=port) as server:
        url = server.full_url
        crawl(url, ORIGIN, 0, RECORDS)
        child = start_crawl(url, ORIGIN, 1, RECORDS)
        assert child.stdout
        for _ in range(3):
            child.stdout.readline()
        os.kill(json.loads((tmp_path / "running.json").read_text())["pid"], signal.SIGKILL)
        child.communicate()
        assert child.returncode == 1
    with running(home=tmp_path, port=port), connected(server) as connection:
        look_into_neo4j(connection)
        crawl(url, ORIGIN, 1, RECORDS)
        told = tell(url)
        wipe(connection)
        crawl(url, ORIGIN, 0, RECORDS)
        crawl(url, ORIGIN, 1, RECORDS)
        assert_same_dumps(told, tell(url))
