"""A small crawl that can be run in a process of its own: `python -m tests.stores.neo4j.crawling URL ORIGIN GENERATION RECORDS`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lineage_graph.graph import Origin
from lineage_graph.stores.neo4j import lease
from lineage_graph.stores.neo4j.store import Neo4jStore
from tests.stores.sqlite.crawling import records_of

SHORT = 2.0
"""Seconds after which a writer that fell silent is given up: a test waits for it."""


def crawl(url: str, origin: str, generation: int, count: int, batch: int = 7) -> None:
    """Bring the store to a generation, a small batch at a time, from wherever it is."""
    records = records_of(generation, count)
    store = Neo4jStore(url)
    with store.writing(Origin(origin, "test", read_at=1000 * (generation + 1))) as writing:
        for start in range(0, len(records), batch):
            found = records[start : start + batch]
            fresh = writing.fresh([(record.key, record.fingerprint) for record in found])
            writing.write([record for record in found if record.key in fresh])
            print(start, flush=True)
        writing.finish(retract=True)
    store.close()


def start_crawl(url: str, origin: str, generation: int, count: int) -> subprocess.Popen[str]:
    """A crawl in a process of its own, which prints how far it came."""
    arguments = [url, origin, str(generation), str(count)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.stores.neo4j.crawling", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


if __name__ == "__main__":
    lease.LEASE_SECONDS = SHORT
    crawl(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
