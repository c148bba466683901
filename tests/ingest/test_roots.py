"""A root gives one graph, whoever says it and whenever; taken back, it is as if it had never been given."""

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lineage_graph import naming
from lineage_graph.graph import Kind
from lineage_graph.ingest import IngestReport, crawl, resolve_changes
from lineage_graph.ingest.rooting import apply_roots
from lineage_graph.sources.table import open_source
from lineage_graph.stores.base import NodeFilter, Store
from lineage_graph.stores.table import open_store
from tests.ingest.declaring import declare, snapshot

REAL = Path(__file__).parents[1] / "data" / "mlflow"


@pytest.fixture(scope="module")
def relative(tmp_path_factory):
    """A copy of the store with relative paths in two experiments, the database alone."""
    folder = tmp_path_factory.mktemp("sources")
    shutil.copy(REAL / "sources" / "mlflow.db", folder)
    return f"sqlite:///{folder}/mlflow.db"


def experiments(store: Store) -> list[str]:
    """Those that have relative paths."""
    scopes = {str(node.properties["scope"]) for node in store.find(NodeFilter(gap="relative-path"))}
    assert len(scopes) > 1
    return sorted(scope.partition("/")[2] for scope in scopes)


def mlflow(store: Store, uri: str, **options: object) -> IngestReport:
    with open_source("mlflow", uri, name="shop", **options) as source:
        return crawl(store, source)


def without_declarations(store: Store) -> dict[str, Any]:
    """The graph less the nodes that declarations themselves are."""
    shown = snapshot(store)
    nodes = {id: node for id, node in shown["nodes"].items() if not id.startswith("job:declared:")}
    return {"nodes": nodes, "edges": shown["edges"]}


def opened(kind: str, folder: Path, number: int) -> Store:
    return open_store("memory:" if kind == "memory" else str(folder / f"{number}.db"))


@pytest.fixture(params=["memory", "sqlite"])
def make(request, tmp_path):
    made: list[Store] = []

    def one():
        made.append(opened(request.param, tmp_path, len(made)))
        return made[-1]

    yield one
    for store in made:
        store.close()


def test_the_option_and_the_declaration_give_one_graph_in_any_order(make, relative, tmp_path):
    by_option, declared_before, declared_after, taken_back, plain = (make() for _ in range(5))
    mlflow(plain, relative)
    named = experiments(plain)
    folders = {name: f"/srv/{name}" for name in named}
    text = "store: shop\nroots:\n" + "".join(f"  {name}: /srv/{name}\n" for name in named)

    mlflow(by_option, relative, roots=folders)
    declare(declared_before, tmp_path / "a", text)
    mlflow(declared_before, relative)
    mlflow(declared_after, relative)
    declare(declared_after, tmp_path / "a", text)
    mlflow(taken_back, relative)
    declare(taken_back, tmp_path / "a", text)
    declare(taken_back, tmp_path / "a", "")

    expected = without_declarations(by_option)
    places = [id for id in expected["nodes"] if id.startswith("source:")]
    assert any(id.startswith("source:file:///srv/") and id.endswith("/data/near.csv") for id in places)
    assert not [id for id in places if id.startswith("source:relative:")]
    assert without_declarations(declared_before) == expected
    assert without_declarations(declared_after) == expected
    assert without_declarations(taken_back) == without_declarations(plain)
    assert without_declarations(plain) != expected


def test_a_root_that_changed_and_one_for_one_experiment(make, relative, tmp_path):
    twice, once = make(), make()
    mlflow(once, relative)
    first, *_ = experiments(once)
    declare(once, tmp_path / "a", f"roots: {{{first}: /new}}\n")
    declare(twice, tmp_path / "a", f"roots: {{{first}: /old}}\n")
    mlflow(twice, relative)
    declare(twice, tmp_path / "a", f"roots: {{{first}: /new}}\n")
    assert without_declarations(twice) == without_declarations(once)


def test_the_next_crawl_has_nothing_to_map_again(make, relative, tmp_path):
    store = make()
    mlflow(store, relative)
    declare(
        store, tmp_path / "a", "roots: {" + ", ".join(f"{name}: /srv" for name in experiments(store)) + "}\n"
    )
    change = store.state()[0]
    assert mlflow(store, relative).seen.written == 0
    assert store.state()[0] == change


def test_a_changed_option_moves_what_an_earlier_one_placed(make, relative):
    moved, fresh = make(), make()
    mlflow(moved, relative)
    folders = dict.fromkeys(experiments(moved), "/srv/b")
    mlflow(moved, relative, roots=dict.fromkeys(folders, "/srv/a"))
    mlflow(moved, relative, roots=folders)
    mlflow(fresh, relative, roots=folders)
    assert snapshot(moved) == snapshot(fresh)


def test_a_root_is_relative_to_the_file_that_says_it(make, relative, tmp_path):
    store = make()
    mlflow(store, relative)
    named = experiments(store)
    declare(store, tmp_path / "a", "roots: {" + ", ".join(f"{name}: ../b" for name in named) + "}\n")
    location = naming.name_location(str(tmp_path / "b" / "data" / "near.csv"))
    assert location is not None
    assert naming.source_id(location) in store.get([naming.source_id(location)])


def test_an_experiment_that_is_none_is_a_gap(make, relative, tmp_path):
    store = make()
    mlflow(store, relative)
    declare(store, tmp_path / "a", "roots: {sorces: /srv}\n")
    (node,) = store.find(NodeFilter(gap="reference-unresolved"))
    assert node.properties["unresolved"] == ["sorces: no experiment goes by that name"]


def test_two_files_that_differ_place_nothing(make, relative, tmp_path):
    store = make()
    mlflow(store, relative)
    first, *_ = experiments(store)
    before = without_declarations(store)
    declare(store, tmp_path / "a", f"roots: {{{first}: /a}}\n", name="a")
    declare(store, tmp_path / "b", f"roots: {{{first}: /b}}\n", name="b")
    assert without_declarations(store) == before
    store.forget("declared:b")
    resolve_changes(store)
    assert without_declarations(store) != before


def test_what_is_crawled_while_roots_wait_for_the_lock_stays(make, relative, tmp_path, monkeypatch):
    """Whoever held the lock before wrote newer records: they are moved, not those that were read before waiting."""
    store = make()
    mlflow(store, relative)
    name = experiments(store)[0]
    run = next(
        node
        for node in store.find(NodeFilter(kinds=frozenset({Kind.RUN})))
        if node.properties["experiment"] == name
    )
    (record,) = store.records("mlflow:shop", [f"runs/{run.properties['run_id']}"])
    renamed = record._replace(
        nodes=tuple(node._replace(name="renamed") if node.id == run.id else node for node in record.nodes),
        fingerprint=b"2",
    )
    waiting = [True]
    real = type(store).writing

    @contextmanager
    def writing(self, origin):
        if waiting and origin.name == "mlflow:shop":
            waiting.clear()
            (now,) = (each for each in store.state()[1] if each.name == origin.name)
            with real(self, replace(now, read_at=now.read_at + 1_000)) as session:
                session.write([renamed])
                session.finish(retract=False)
        with real(self, origin) as session:
            yield session

    monkeypatch.setattr(type(store), "writing", writing)
    before = store.state()[1]
    apply_roots(store, {"shop": {name: f"/srv/{name}"}}, {})
    assert not waiting
    assert store.get([run.id])[run.id].name == "renamed"
    (after,) = (each for each in store.state()[1] if each.name == "mlflow:shop")
    assert after.read_at == next(each for each in before if each.name == "mlflow:shop").read_at + 1_000
    assert name not in {
        str(node.properties["scope"]).partition("/")[2]
        for node in store.find(NodeFilter(gap="relative-path"))
    }
