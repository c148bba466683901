"""A question while a crawl writes: an answer of one state of the graph, or none."""

import time

import pytest

from lineage_graph.errors import QueryTimeout, StoreBusy
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Origin, Record
from lineage_graph.stores.mirror.console import MirrorConsole
from lineage_graph.stores.mirror.place import mirror_of
from lineage_graph.stores.sqlite.store import SqliteStore

MANY = 12
SEEN = "MATCH (n:Run) RETURN n.seen, count(*)"
EDGES = "MATCH (:Run)-[r:CHILD_OF]->(:Run) RETURN count(*)"


def record(number: int, version: int, *, parent: str = "") -> Record:
    run = NodeClaim(f"run:{number:03}", Kind.RUN, f"{number}", {"seen": version})
    edges = (EdgeClaim(run.id, parent, EdgeType.CHILD_OF, Evidence.LOGGED, ""),) if parent else ()
    return Record(f"runs/{number}", b"%d" % version, (run,), edges)


def write(store: SqliteStore, version: int, numbers=range(MANY), *, parent: str = "") -> None:
    with store.writing(Origin("mlflow:prod", "mlflow", read_at=1000 + version)) as session:
        session.write([record(number, version, parent=parent) for number in numbers])


class Followed(SqliteStore):
    """A store that another process writes, whenever this one has read a part."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.writes = 0
        self.parent = ""
        self.version = 0

    def edges(self, ids, types=frozenset()):
        found = super().edges(ids, types)
        if self.writes:
            self.writes -= 1
            self.version += 1
            other = SqliteStore(str(self.path))
            write(other, self.version, parent=self.parent and f"run:{self.version + 900}")
            if self.parent:
                write(other, self.version, [self.version + 900])
            other.close()
        return found


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr("lineage_graph.stores.mirror.shapes.CHUNK", 5)
    monkeypatch.setattr("lineage_graph.stores.mirror.console.PAUSES", (0.0, 0.01, 0.02, 0.03))
    made = Followed(str(tmp_path / "graph.db"))
    write(made, 0)
    yield made
    made.close()


@pytest.fixture
def console(store) -> MirrorConsole:
    return MirrorConsole(store, store.path)


def test_a_build_reads_one_state(store, console):
    store.writes = 1
    assert console.run(SEEN, {}).rows == ((1, MANY),)


def test_a_sync_reads_one_state(store, console):
    console.run(SEEN, {})
    write(store, 1, [0, MANY - 1])
    store.version, store.writes = 1, 1
    assert console.run(SEEN, {}).rows == ((2, MANY),)


def test_an_edge_whose_end_came_meanwhile_is_there(store, console):
    store.parent, store.writes = "yes", 1
    assert console.run(EDGES, {}).rows == ((MANY,),)


@pytest.mark.parametrize("before", [False, True], ids=["nothing", "a mirror"])
def test_who_writes_without_a_pause_is_said(before, store, console):
    if before:
        console.run(SEEN, {})
        write(store, 1, [0])
    store.version, store.writes = 1, 10**6
    with pytest.raises(StoreBusy) as caught:
        console.run(SEEN, {})
    assert "ask again when the ingest has ended" in caught.value.hint
    assert not list(mirror_of(store.path).parent.glob("*.mirror.*")), "what was begun is left"
    store.writes = 0
    assert console.run(SEEN, {}).rows == ((store.version, MANY),)


def test_a_build_is_within_the_time(store, console, monkeypatch):
    monkeypatch.setattr("lineage_graph.stores.mirror.console.PAUSES", (0.0, 60.0))
    store.writes = 10**6
    with pytest.raises(QueryTimeout) as caught:
        console.run(SEEN, {}, timeout=0.5)
    assert "the mirror was still being built" in caught.value.message
    store.writes = 0
    assert console.run(SEEN, {}, timeout=60).rows == ((store.version, MANY),)


def test_how_deep_the_graph_is_is_found_out_within_the_time(store, console):
    write(store, 1, range(1, MANY), parent="run:000")
    assert console.run(EDGES, {}).rows == ((MANY - 1,),)
    with pytest.raises(QueryTimeout) as caught:
        console.run("MATCH (a)-[*]->(b) RETURN a.id, b.id", {}, timeout=1e-9)
    assert "how deep the graph is was still being found out" in caught.value.message
    assert "--timeout" in caught.value.hint
    assert len(console.run("MATCH (a)-[*]->(b) RETURN a.id, b.id", {}, timeout=60).rows) == MANY - 1


def test_the_mirror_and_the_query_share_the_time(store, console, monkeypatch):
    monkeypatch.setattr("lineage_graph.stores.mirror.console.PAUSES", (0.0, 2.5))
    store.writes = 1
    slow = "UNWIND $l AS a UNWIND $l AS b UNWIND $l AS c UNWIND $l AS d RETURN sum(a * b + c * d)"
    began = time.monotonic()
    with pytest.raises(QueryTimeout):
        console.run(slow, {"l": list(range(400))}, timeout=3)
    assert time.monotonic() - began < 2.5 + 3
