"""Kill a crawl with SIGKILL at some moment, crawl again, and hold the graph against that of a crawl nobody disturbed.

Run as a program (`scripts/kill_test`), it does so many times and says where it struck. Every crawl is a real one, in a process
of its own; they are forked from this one, so that a kill costs no start of Python. The clock stands still, so that two equal
graphs are equal to the millisecond, and batches are small, so that there are many transactions to strike.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from lineage_graph import Lineage
from lineage_graph.stores.sqlite import store as sqlite_store
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.dump import dump
from tests.faults.stores import change_store, make_store

BATCHES = {
    "lineage_graph.sources.mlflow.database": 20,
    "lineage_graph.stores.sqlite.writing": 25,
    "lineage_graph.ingest.resolving": 100,
}
FIRST_DAY, SECOND_DAY = 1_900_000_000.0, 1_900_086_400.0
EVERY = 10
"""How often the whole dump is compared; otherwise what the records say."""


class Struck(NamedTuple):
    """How a crawl ended: `killed`, and inside what."""

    killed: bool
    where: str


def stand_still(now: float) -> None:
    """Let crawls see this time, and no other."""
    for name in ("lineage_graph.ingest.crawl", "lineage_graph.ingest.resolving"):
        import_module(name).time = SimpleNamespace(time=lambda: now, monotonic=time.monotonic)  # type: ignore[attr-defined]


def crawl(source: Path, graph: Path) -> None:
    with Lineage.open(str(graph)) as lineage:
        lineage.ingest("mlflow", str(source), name="busy")


def told(graph: Path, whole: bool) -> dict[str, object]:
    """What the graph says, without the change number, which tells how it came to be."""
    store = SqliteStore(str(graph))
    try:
        origins = store.state()[1]
        found: dict[str, object] = {
            "origins": [(o.name, o.type, o.uri, o.settings, o.read_at, o.complete) for o in origins],
            "crawl": [o.report for o in origins if o.type == "mlflow"],
            "caught up": [
                store.changes(int(str(o.report["through"]))).nodes for o in origins if o.type == "resolve"
            ],
            "records": {o.name: list(store.records(o.name)) for o in origins},
            "retracted": {o.name: list(store.retracted(o.name)) for o in origins},
            "nodes": store.info().nodes,
            "edges": store.info().edges,
            "gaps": store.info().gaps,
        }
        if whole:
            found["dump"] = {
                key: part for key, part in dump(store).items() if key not in ("origins", "state")
            }
    finally:
        store.close()
    with closing(sqlite3.connect(graph)) as back_door:
        found["integrity"] = back_door.execute("PRAGMA integrity_check").fetchall()
    return found


def fork(task: Callable[[int], None]) -> tuple[int, int]:
    """Run it in a process of its own: its id, and the end of a pipe that it may write to."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)
        task(writing)
        code = 0
    finally:
        os._exit(code)


def after_delay(source: Path, graph: Path, delay: float) -> Struck:
    """Kill a crawl by the clock."""
    child, reading = fork(lambda _: crawl(source, graph))
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    return Struck(os.WIFSIGNALED(status), "by the clock")


def at_statement(source: Path, graph: Path, number: int) -> Struck:
    """Kill a crawl right before its n-th statement to the graph; 0: never, and say how many there are in each phase."""

    def task(pipe: int) -> None:
        seen = watch_statements(number, pipe)
        crawl(source, graph)
        os.write(pipe, f"{seen['crawling']} {seen['resolving']}".encode())

    child, reading = fork(task)
    with os.fdopen(reading, "rb") as answer:
        where = answer.read().decode()
    _, status = os.waitpid(child, 0)
    return Struck(os.WIFSIGNALED(status), where)


def watch_statements(fatal: int, pipe: int) -> Counter[str]:
    """From now on, count the statements that writers run, and die at one of them."""
    seen, opened = Counter[str](), sqlite_store.open_writer  # type: ignore[attr-defined]

    def watched(path: Path) -> sqlite3.Connection:
        connection, during = opened(path), phase()

        def strike(_: str) -> None:
            seen[during] += 1
            if seen.total() == fatal:
                inside = "in a transaction" if connection.in_transaction else "between transactions"
                os.write(pipe, f"{during}, {inside}".encode())
                os.kill(os.getpid(), signal.SIGKILL)

        connection.set_trace_callback(strike)
        return connection

    sqlite_store.open_writer = watched  # type: ignore[attr-defined]
    return seen


def phase() -> str:
    names = {frame.name for frame in traceback.extract_stack(limit=20)}
    return "resolving" if "resolve_changes" in names else "crawling"


class Scene:
    """A store, a graph before the crawl that is to be killed, and what a crawl in peace makes of it."""

    def __init__(self, name: str, source: Path, before: Path | None, now: float, folder: Path) -> None:
        self.name, self._source, self._before, self._now, self._folder = name, source, before, now, folder
        stand_still(now)
        peace = self._fresh("peace.db")
        began = time.monotonic()
        after_all = at_statement(source, peace, 0)
        self.seconds = time.monotonic() - began
        self._crawling, self._resolving = map(int, after_all.where.split())
        self._expected = {whole: told(peace, whole) for whole in (False, True)}

    def _fresh(self, name: str) -> Path:
        graph = self._folder / f"{self.name}-{name}"
        for path in self._folder.glob(f"{graph.name}*"):
            path.unlink()
        if self._before is not None:
            shutil.copyfile(self._before, graph)
        return graph

    def _draw_statement(self, draw: random.Random) -> int:
        """Resolving is short, and as often struck as crawling."""
        if draw.random() < 0.5:
            return draw.randint(1, self._crawling)
        return self._crawling + draw.randint(1, self._resolving)

    def strike(self, draw: random.Random, turn: int) -> Struck:
        """One kill, by the clock or at a statement, another crawl, and the comparison."""
        stand_still(self._now)
        graph = self._fresh("killed.db")
        if turn % 2:
            struck = after_delay(self._source, graph, draw.uniform(0, self.seconds))
        else:
            struck = at_statement(self._source, graph, self._draw_statement(draw))
        crawl(self._source, graph)
        whole = turn % EVERY == 0
        found, expected = told(graph, whole), self._expected[whole]
        different = [part for part in expected if found[part] != expected[part]]
        assert not different, f"{self.name}, killed {struck.where}: {different} differ; kept: {graph}"
        return struck


def scenes(folder: Path, runs: int) -> list[Scene]:
    """A first crawl, and one on the day after much has changed."""
    source = make_store(folder / "mlflow.db", runs)
    stand_still(FIRST_DAY)
    first = Scene("first", source, None, FIRST_DAY, folder)
    changed, before = folder / "day" / "mlflow.db", folder / "before.db"
    changed.parent.mkdir()
    shutil.copyfile(source, changed)
    crawl(changed, before)
    change_store(changed)
    return [first, Scene("second", changed, before, SECOND_DAY, folder)]


def strike_often(folder: Path, kills: int, runs: int, seed: int) -> Counter[str]:
    """So many processes killed; where they were."""
    for module, size in BATCHES.items():
        import_module(module).BATCH = size  # type: ignore[attr-defined]
    draw, seen, turn = random.Random(seed), Counter[str](), 0
    both = scenes(folder, runs)
    while sum(seen.values()) < kills:
        scene = both[turn // 2 % 2]
        struck = scene.strike(draw, turn)
        turn += 1
        if struck.killed:
            seen[f"{scene.name} crawl, {struck.where}"] += 1
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=300, help="size of the store that is crawled")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    # In memory where there is such a place: a killed process leaves there what it leaves on a disk.
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="kill-test-", dir=memory if os.access(memory, os.W_OK) else None))
    began = time.monotonic()
    seen = strike_often(folder, chosen.kills, chosen.runs, chosen.seed)
    for where, count in sorted(seen.items()):
        print(f"{count:5d}  {where}")
    print(
        f"{sum(seen.values())} kills in {time.monotonic() - began:.0f} s, each followed by a crawl that made the graph whole"
    )
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
