"""The mirror follows its graph: by what changed, by building anew, and after any accident."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from lineage_graph.errors import StoreMissing
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Origin, Record, State
from lineage_graph.stores.mirror.building import build as real_build
from lineage_graph.stores.mirror.console import MirrorConsole
from lineage_graph.stores.mirror.place import mirror_of
from lineage_graph.stores.table import open_store
from tests.stores.mirror.graphs import DAY, T0, records, write

EVERYTHING = (
    "MATCH (n:LineageNode) RETURN n.id, n.name, n.state, n.status, n.rows, n.names ORDER BY n.id",
    "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, r.valid_from, r.valid_to, r.role, r.records",
)


def see(console):
    return [sorted(map(repr, console.run(query, {}).rows)) for query in EVERYTHING]


def fresh(store):
    """As a mirror made from nothing sees it."""
    console = MirrorConsole(store)
    try:
        return see(console)
    finally:
        console.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "graph.db"


@pytest.fixture
def builds(monkeypatch):
    made: list[object] = []

    def build(*arguments):
        made.append(arguments)
        return real_build(*arguments)

    monkeypatch.setattr("lineage_graph.stores.mirror.console.build", build)
    return made


def changed(made: list[Record]) -> list[Record]:
    """One run renamed, one dataset gone, one run and its edge come."""
    kept = [record for record in made if record.key != "dataset:d6"]
    run = next(record for record in kept if record.key == "run:r2")
    claim = run.nodes[0]._replace(name="renamed", properties={**run.nodes[0].properties, "status": "KILLED"})
    new = NodeClaim("run:r99", Kind.RUN, "new", {"run_id": "r99", "status": "RUNNING", "experiment": "e0"})
    edge = EdgeClaim("run:r99", "run:r1", EdgeType.CHILD_OF, Evidence.LOGGED, "", "ref/r99")
    return [
        *(
            record if record.key != "run:r2" else record._replace(fingerprint=b"2", nodes=(claim,))
            for record in kept
        ),
        Record("run:r99", b"1", (new,), (edge,)),
    ]


def test_a_few_changes_are_followed_without_building_anew(path, builds):
    store = write(path, records(cyclic=False))
    console = MirrorConsole(store, path)
    see(console)
    assert len(builds) == 1
    write(path, changed(records(cyclic=False)), T0 + 31 * DAY)
    after = see(console)
    assert len(builds) == 1
    assert after == fresh(store)
    assert any("renamed" in row for row in after[0])
    assert not any("dataset:d6" in row for row in after[0] + after[1])


def test_an_alias_that_moved_leaves_an_interval(path):
    made = records(cyclic=False)
    store = write(path, made)
    console = MirrorConsole(store, path)
    query = "MATCH (v:ModelVersion)-[r:ALIASED_AS]->(a:Alias {alias: 'challenger'}) RETURN v.name, r.valid_to IS NULL AS now ORDER BY v.name"
    assert console.run(query, {}).rows == (("churn/4", True),)
    moved = []
    for record in made:
        edges = tuple(edge for edge in record.edges if edge.dst != "alias:p/default/churn@challenger")
        if record.key == "modelversion:p/default/churn/5":
            edge = EdgeClaim(
                record.key, "alias:p/default/churn@challenger", EdgeType.ALIASED_AS, Evidence.LOGGED, ""
            )
            edges = (*edges, edge)
        moved.append(record._replace(fingerprint=b"1" if edges == record.edges else b"2", edges=edges))
    write(path, moved, T0 + 40 * DAY)
    assert console.run(query, {}).rows == (("churn/4", False), ("churn/5", True))
    assert see(console) == fresh(store)


def test_what_is_gone_is_not_live(path):
    made = records(cyclic=False)
    store = write(path, made)
    console = MirrorConsole(store, path)
    see(console)
    gone = ("modelversion:p/default/churn/4", "alias:p/default/churn@challenger")
    write(path, [record for record in made if record.key not in gone], T0 + 40 * DAY)
    states = list(
        console.run(
            "MATCH (n:LineageNode) WHERE n.id IN $gone RETURN n.id, n.state", {"gone": list(gone)}
        ).rows
    )
    assert {state for _, state in states} <= {State.DELETED.value}
    assert see(console) == fresh(store)


def test_a_new_property_builds_anew(path, builds):
    made = records(cyclic=False)
    store = write(path, made)
    console = MirrorConsole(store, path)
    see(console)
    claim = made[0].nodes[0]._replace(properties={**made[0].nodes[0].properties, "colour": 7})
    write(path, [made[0]._replace(fingerprint=b"2", nodes=(claim,)), *made[1:]])
    assert console.run("MATCH (n:Source) RETURN sum(n.colour)", {}).rows == ((7,),)
    assert len(builds) == 2


def test_another_graph_in_its_place_is_seen(path):
    store = write(path, records(cyclic=False))
    console = MirrorConsole(store, path)
    assert console.run("MATCH (n:Run) RETURN count(n.status)", {}).rows == ((8,),)
    store.close()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    other = write(
        path, [record for record in records(cyclic=False) if record.key not in ("run:r7", "run:r6")]
    )
    assert MirrorConsole(other, path).run("MATCH (n:Run) RETURN count(n.status)", {}).rows == ((6,),)


@pytest.mark.parametrize("damage", ["torn", "empty", "noise", "folder-less"])
def test_a_damaged_mirror_is_made_again(damage, path):
    store = write(path, records(cyclic=False))
    console = MirrorConsole(store, path)
    before = see(console)
    target = mirror_of(path)
    content = target.read_bytes()
    target.write_bytes(
        {"torn": content[: len(content) // 2], "empty": b"", "noise": os.urandom(100_000)}.get(
            damage, content
        )
    )
    if damage == "folder-less":
        target.unlink()
    assert see(console) == before


def test_a_question_to_no_graph_makes_nothing(path):
    with pytest.raises(StoreMissing):
        MirrorConsole(open_store(str(path)), path).run("MATCH (n:Run) RETURN n", {})
    assert not path.exists()
    assert not mirror_of(path).exists()


def test_a_graph_in_memory(path):
    store = open_store("memory:")
    source = write(path, records(cyclic=False))
    with store.writing(Origin("mlflow:prod", "mlflow", read_at=T0)) as session:
        session.write(records(cyclic=False))
        session.finish(retract=True)
    assert fresh(store)[0] == fresh(source)[0]


def test_two_processes_at_once(path):
    write(path, records(cyclic=False)).close()
    command = [
        sys.executable, "-m", "lineage_graph.cli", "cypher", "--store", str(path), "MATCH (n:Run) RETURN count(*)", "-o", "csv",
    ]  # fmt: skip
    with ThreadPoolExecutor(3) as pool:
        runs = [
            pool.submit(subprocess.run, command, capture_output=True, text=True, check=False)
            for _ in range(3)
        ]
    assert {(run.result().stdout, run.result().stderr) for run in runs} == {("count(*)\n8\n", "")}


@pytest.mark.parametrize(
    "name", ["o'brien", "back\\slash", "both\\'", "sp ace", "Ünï-字", "br[a]cket", "st*r?", 'qu"ote']
)
@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_cache_of_any_name(name, path, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
    store = write(path, records(cyclic=False))
    assert MirrorConsole(store, path).run("MATCH (n:Run) RETURN count(*)", {}).rows == ((8,),)
    assert list((tmp_path / name).rglob("*.mirror")), "the mirror lies elsewhere"
    store.close()


def test_who_watches_is_told_how_far_it_is(path):
    with closing(write(path, records(cyclic=False))) as store:
        told: list[tuple[str, int, int | None]] = []
        console = MirrorConsole(store, path)
        console.watch = lambda *each: told.append(each)
        see(console)
        ends = {what: (done, total) for what, done, total in told}
        assert sorted(ends) == ["nodes into the mirror", "tables of the mirror"]
        assert all(done == total for done, total in ends.values())
        # What is up to date already is not made.
        told.clear()
        see(console)
        assert told == []
