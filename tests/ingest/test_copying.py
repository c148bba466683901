"""Moving a graph between stores: nothing is lost on the way, and both stores prove it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import StoreError, UsageError
from lineage_graph.graph import EdgeType, Origin, Record
from lineage_graph.ingest import resolve_changes
from lineage_graph.ingest.copying import copy_graph, digest_store
from lineage_graph.stores.base import Direction, Follow, Store
from lineage_graph.stores.table import open_store
from lineage_graph.testing.drawing import alias, draw, edge, ingest, mention, node
from lineage_graph.testing.dump import assert_same
from tests.support.clock import NOON, clock
from tests.support.dumps import now

Opener = Callable[[str], Store]
CHAMPION = "alias:champion"
COLUMNS = draw("source:s HAS_COLUMN feature:s#a", key="schemas/1")


def version(number: str, **properties: object) -> Record:
    name = f"modelversion:{number}"
    link = edge(f"run:{number}", "REGISTERED_AS", name)
    about = mention(f"run:{number}", name)
    return Record(
        f"model-versions/{number}", repr(properties).encode(), (node(name, **properties),), (link,), (about,)
    )


def write_history(store: Store) -> None:
    """Three crawls: the champion moves from 1 to 2, version 1 changes its stage and is deleted; two runs share a schema."""
    runs = [draw(f"dataset:d READ_BY run:{n}", key=f"runs/{n}")._replace(shared=(COLUMNS,)) for n in "12"]
    ingest(store, [*runs, version("1", stage="Staging"), alias("modelversion:1")], at=10)
    second = version("1", stage="Production", tags={"note": "\ud800 ☕"}), version("2")
    ingest(store, [*runs, *second, alias("modelversion:1")], at=20)
    ingest(store, [runs[1], version("2"), alias("modelversion:2")], at=30)
    ingest(store, [draw("deployment:x FEEDS consumer:mails")], at=25, origin="declared:b", complete=False)


def write_next(store: Store) -> None:
    """What a later crawl does depends on what was kept: the interval's bound, the past, what is shared."""
    ingest(store, [version("3"), alias("modelversion:3")], at=40)


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    return lambda name: open_store("memory:" if name == "memory" else str(tmp_path / f"{name}.db"))


WAYS = [("sqlite", "other"), ("sqlite", "memory"), ("memory", "sqlite"), ("memory", "memory")]


@pytest.mark.parametrize(("here", "there"), WAYS)
def test_a_copy_is_what_it_was_copied_from(opened: Opener, here: str, there: str) -> None:
    source, target = opened(here), opened(there)
    write_history(source)
    report = copy_graph(source, target)
    assert_same(source, target)
    # runs/2, version 2, version 1 (gone, but the champion once was it), the alias; and the declaration.
    assert (report.origins, report.records) == (("declared:b", "test:a"), 5)
    # What is now: source, feature, dataset, run, version, alias, deployment, consumer; and five edges.
    assert (report.nodes, report.edges) == (8, 5)
    assert report.digest == digest_store(source).hexdigest() == digest_store(target).hexdigest()


@pytest.mark.parametrize(("here", "there"), WAYS)
def test_history_comes_along(opened: Opener, here: str, there: str) -> None:
    source, target = opened(here), opened(there)
    write_history(source)
    copy_graph(source, target)
    for at, behind, stage in ((12, "modelversion:1", "Staging"), (22, "modelversion:1", "Production")):
        then = target.reach([CHAMPION], Direction.UPSTREAM, follow=Follow(as_of=at)).nodes
        assert then[behind].properties["stage"] == stage
    champion = target.neighbours([CHAMPION], frozenset({EdgeType.ALIASED_AS})).edges
    assert [(each.src, each.valid_from, each.valid_to) for each in champion] == [
        ("modelversion:1", 10, 30),
        ("modelversion:2", 30, None),
    ]


@pytest.mark.parametrize(("here", "there"), WAYS)
def test_a_copy_goes_on_as_the_original_does(opened: Opener, here: str, there: str) -> None:
    source, target = opened(here), opened(there)
    write_history(source)
    copy_graph(source, target)
    write_next(source)
    write_next(target)
    assert_same(source, target)
    # And copied again over what is there by now.
    write_next(source)
    copy_graph(source, target)
    assert_same(source, target)


def test_what_the_source_has_lost_is_gone_from_the_copy(opened: Opener) -> None:
    source, target = opened("sqlite"), opened("other")
    write_history(source)
    copy_graph(source, target)
    with source.writing(source.state()[1][1]) as session:
        session.remove(["runs/2", "model-versions/1"], past=False)
        session.finish(retract=False)
    copy_graph(source, target)
    assert_same(source, target)


def test_a_target_with_something_else_in_it_is_left_alone(opened: Opener) -> None:
    source, target = opened("sqlite"), opened("other")
    write_history(source)
    ingest(target, [draw("source:x HAS_VERSION dataset:y")], origin="mlflow:else")
    with pytest.raises(UsageError, match="the target holds mlflow:else"):
        copy_graph(source, target)
    assert [origin.name for origin in target.state()[1]] == ["mlflow:else"]


def test_a_target_that_was_read_later_is_left_alone(opened: Opener) -> None:
    source, target = opened("sqlite"), opened("other")
    write_history(source)
    copy_graph(source, target)
    write_next(target)
    with pytest.raises(UsageError, match="read test:a later"):
        copy_graph(source, target)
    assert "modelversion:3" in target.get(["modelversion:3"])


def test_a_store_is_not_copied_onto_itself(opened: Opener, tmp_path: Path) -> None:
    write_history(opened("sqlite"))
    (tmp_path / "link.db").symlink_to(tmp_path / "sqlite.db")
    with pytest.raises(UsageError, match="both source and target"):
        copy_graph(opened("sqlite"), opened("link"))


def test_a_copy_of_a_moving_graph_is_refused(opened: Opener) -> None:
    source, target = opened("sqlite"), opened("other")
    write_history(source)

    def meanwhile(what: str, done: int, total: int | None) -> None:
        if what == "declared:b":
            write_next(source)

    with pytest.raises(StoreError, match="written to while it was copied"):
        copy_graph(source, target, progress=meanwhile)
    assert [origin.complete for origin in target.state()[1]] == [False, False]
    copy_graph(source, target)
    assert_same(source, target)


def test_the_digest_sees_every_change(opened: Opener) -> None:
    digests = set()
    for change in range(4):
        store = opened("memory")
        write_history(store)
        if change == 1:
            ingest(store, [version("2", stage="None"), alias("modelversion:2")], at=30, retract=False)
        if change == 2:
            ingest(store, [], at=31, retract=False)
        if change == 3:
            store.forget("declared:b")
        digests.add(digest_store(store).hexdigest())
    assert len(digests) == 4


MLFLOW = Path(__file__).parents[1] / "data" / "mlflow"


def everyday(lineage: Lineage) -> None:
    """Crawls that change something each time: the change sequence is far ahead of what a copy begins with."""
    for turn in range(4):
        name = "before.db" if turn % 2 == 0 else "mlflow.db"
        lineage.ingest("mlflow", str(MLFLOW / "cookbook" / name), name="team", artifacts=False)


@pytest.mark.parametrize("there", ["memory:", "copy.db"])
def test_links_are_resolved_in_a_copy_as_in_the_original(tmp_path: Path, there: str) -> None:
    url = there if there == "memory:" else str(tmp_path / there)
    with Lineage.open("memory:") as original, Lineage.open(url) as copied:
        everyday(original)
        copy_graph(original.store, copied.store)
        # Nothing waits there, and nothing is resolved again.
        assert resolve_changes(copied.store) == 0
        for lineage in (original, copied):
            with clock(NOON):
                for name in ("versions", "hints"):
                    report = lineage.ingest("mlflow", str(MLFLOW / name / "mlflow.db"), name=name)
                    assert report.resolved
        assert now(copied) == now(original)
        for lineage in (original, copied):
            with clock(NOON):
                lineage.forget("mlflow:versions")
        assert now(copied) == now(original)


def test_what_waits_to_be_resolved_waits_in_the_copy(tmp_path: Path) -> None:
    """A crawl that died before its links were made."""
    with Lineage.open("memory:") as original, Lineage.open(str(tmp_path / "copy.db")) as copied:
        everyday(original)
        with original.store.writing(Origin("mlflow:late", "mlflow", read_at=NOON)) as session:
            session.write([draw("source:x HAS_VERSION dataset:y")])
        copy_graph(original.store, copied.store)
        assert "dataset:y" in copied.store.changes(_through(copied)).nodes
        assert resolve_changes(copied.store) == resolve_changes(original.store)
        assert now(copied) == now(original)


def _through(lineage: Lineage) -> int:
    (derived,) = (origin for origin in lineage.store.state()[1] if origin.name == "resolve")
    through = derived.report.get("through", 0)
    assert isinstance(through, int)
    return through


def test_a_copy_of_which_something_was_forgotten_takes_a_copy_again(tmp_path: Path) -> None:
    with Lineage.open("memory:") as original, Lineage.open(str(tmp_path / "copy.db")) as copied:
        everyday(original)
        original.ingest("mlflow", str(MLFLOW / "versions/mlflow.db"), name="versions")
        copy_graph(original.store, copied.store)
        copied.forget("mlflow:versions")
        copy_graph(original.store, copied.store)
        assert now(copied) == now(original)
