"""A store keeps its name and settings from crawl to crawl, and never gets those of another."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import UsageError
from lineage_graph.graph import Record
from lineage_graph.ingest.opening import open_for
from lineage_graph.query.parts import part_of
from lineage_graph.stores.table import open_store

REAL = Path(__file__).parents[1] / "data" / "mlflow"


@pytest.fixture
def two(tmp_path):
    """Two stores whose folders have one name."""
    for place, store in (("a", "shop"), ("b", "sources")):
        (tmp_path / place / "same").mkdir(parents=True)
        shutil.copy(REAL / store / "mlflow.db", tmp_path / place / "same")
    return tmp_path / "a" / "same", tmp_path / "b" / "same"


def map_part(origin):
    part = part_of(origin)
    return part and part.to_dict()


def names(lineage):
    return sorted(origin.name for origin in lineage.store.state()[1] if origin.type == "mlflow")


@pytest.mark.parametrize("options", [{}, {"name": ""}, {"name": None}], ids=["none", "empty", "null"])
def test_a_derived_name_is_never_that_of_another_store(two, options):
    with Lineage.open("memory:") as lineage:
        for folder in two:
            report = lineage.ingest("mlflow", str(folder / "mlflow.db"), artifacts=False, **options)
            assert report.seen.retracted == 0
        assert names(lineage) == ["mlflow:same", "mlflow:same-2"]


@pytest.mark.parametrize("spelling", ["{0}/../same/mlflow.db", "sqlite:///{0}//mlflow.db", "{0}/./"])
def test_one_store_in_another_spelling_is_the_same_store(two, spelling):
    with Lineage.open("memory:") as lineage:
        lineage.ingest("mlflow", str(two[0] / "mlflow.db"), artifacts=False)
        report = lineage.ingest("mlflow", spelling.format(two[0]), artifacts=False)
        assert (names(lineage), report.seen.written) == (["mlflow:same"], 0)


def test_a_root_is_added_to_those_of_before_and_taken_away_by_none(two):
    with Lineage.open("memory:") as lineage:

        def roots(**given):
            lineage.ingest("mlflow", str(two[1] / "mlflow.db"), artifacts=False, **given)
            return next(o.settings["roots"] for o in lineage.store.state()[1] if o.type == "mlflow")

        assert roots(roots={"sources": "/srv/shop", "none": ""}) == {"sources": "/srv/shop"}
        assert roots(roots={"elsewhere": "/srv/b"}) == {"sources": "/srv/shop", "elsewhere": "/srv/b"}
        assert roots() == {"sources": "/srv/shop", "elsewhere": "/srv/b"}
        assert roots(roots={"sources": "/srv/other"}) == {"sources": "/srv/other", "elsewhere": "/srv/b"}
        assert roots(roots={"sources": "", "elsewhere": ""}) == {}
        assert roots() == {}


@pytest.mark.parametrize("store", ["memory:", "{0}/graph.db"], ids=["memory", "sqlite"])
def test_a_part_of_a_store_is_not_the_whole(two, store):
    """Until all was read once, a nothing can't be trusted."""
    with Lineage.open(store.format(two[0])) as lineage:

        def complete(**given):
            lineage.ingest("mlflow", str(two[0] / "mlflow.db"), artifacts=False, **given)
            return next(o.complete for o in lineage.store.state()[1] if o.type == "mlflow")

        assert not complete(experiments=["Default"])
        assert not complete(since=4_000_000_000_000)
        assert complete()
        assert complete(experiments=["Default"])


@pytest.mark.parametrize("url", ["memory:", "{0}/graph.db"], ids=["memory", "sqlite"])
def test_what_was_read_of_a_part_is_kept_until_the_next_crawl(two, url):
    with Lineage.open(url.format(two[0])) as lineage:

        def told():
            return next(map_part(origin) for origin in lineage.store.state()[1] if origin.type == "mlflow")

        def part(**given):
            lineage.ingest("mlflow", str(two[0] / "mlflow.db"), artifacts=False, **given)
            return told()

        assert part(experiments=["Default"]) == {"experiments": ["Default"], "since": None}
        assert part(since=0) == {"experiments": [], "since": "1970-01-01T00:00:00.000Z"}
        assert part() is None
        assert part(experiments=["Default"]) == {"experiments": ["Default"], "since": None}
        (origin,) = (each for each in lineage.store.state()[1] if each.type == "mlflow")
        assert origin.complete
        with lineage.store.writing(replace(origin, read_at=(origin.read_at or 0) + 1)) as session:
            session.write([Record("x", b"1")])
        assert told() is None


def test_each_workspace_of_a_server_is_an_origin_of_its_own():
    """A crawl of one sees nothing of the others, and would take them back."""

    def opened(workspace, **given):
        source = open_for(
            store,
            "mlflow",
            "http://mlflow.example:5000",
            {"environ": {"MLFLOW_WORKSPACE": workspace}, **given},
        )
        with store.writing(source.origin) as session:
            session.finish(retract=True)
        return source.origin.name, source.origin.uri

    store = open_store("memory:")
    usual = ("mlflow:mlflow.example-5000", "http://mlflow.example:5000")
    eu = ("mlflow:mlflow.example-5000-eu", "http://mlflow.example:5000#workspace=eu")
    assert [opened(workspace) for workspace in ("", "eu", "default", "eu")] == [usual, eu, usual, eu]
    with pytest.raises(UsageError, match="is another workspace, or all, of that server"):
        opened("us", name="mlflow.example-5000")


def test_a_relative_root_is_one_of_the_working_directory_or_refused(two, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    whole = {"a": "/srv/shop", "b": "s3://shop/raw", "c": "file:///srv", "d": "C:\\shop", "e": "dbfs:/shop"}
    given = {**whole, "f": "data", "g": Path("data"), "h": ".", "i": "~/data", "j": ""}
    here = {
        "f": str(tmp_path / "data"),
        "g": str(tmp_path / "data"),
        "h": str(tmp_path),
        "i": str(tmp_path / "data"),
    }
    store = open_store("memory:")
    with open_for(store, "mlflow", str(two[0] / "mlflow.db"), {"roots": given}) as source:
        assert source.origin.settings["roots"] == whole | here
    for folder in ("rel", "./rel", "file:data", " ", "~/rel", "mlflow.db", "a\nb"):
        with pytest.raises(UsageError, match=r"^--root sources=.*absolute path or a URI$"):
            open_for(store, "mlflow", str(two[0] / "mlflow.db"), {"roots": {"sources": folder}})
