"""Time: intervals that no source keeps, what was behind an alias, what a node was like."""

from __future__ import annotations

from lineage_graph.graph import EdgeType, Kind, Origin, Record, State
from lineage_graph.stores.base import Direction, Follow, Store
from lineage_graph.testing.drawing import alias, draw, edge, ingest, node
from lineage_graph.testing.subject import Subject

CHAMPION = "alias:champion"


def version(number: str, **properties: object) -> Record:
    """The record of a version with its model."""
    versioned = f"modelversion:{number}"
    claims = (node(versioned, **properties), node(f"model:{number}"))
    fingerprint = repr(properties).encode()
    return Record(
        f"model-versions/{number}",
        fingerprint,
        claims,
        (edge(f"model:{number}", "REGISTERED_AS", versioned),),
    )


def intervals(store: Store) -> list[tuple[str, int | None, int | None, object]]:
    """Of the champion: version, from, to, not before."""
    edges = store.neighbours([CHAMPION], frozenset({EdgeType.ALIASED_AS})).edges
    return [(edge.src, edge.valid_from, edge.valid_to, edge.properties["not_before"]) for edge in edges]


def behind(store: Store, as_of: int | None) -> set[str]:
    """What is behind the champion, at a time."""
    answer = store.reach([CHAMPION], Direction.UPSTREAM, follow=Follow(as_of=as_of))
    return set(answer.nodes) - {CHAMPION}


class TimeContract(Subject):
    """What is kept of the past."""

    def test_the_first_crawl_knows_no_time_before(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1")], at=10)
        assert intervals(store) == [("modelversion:1", 10, None, None)]

    def test_an_alias_moves_between_two_crawls(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1"), version("1"), version("2")], at=10)
        ingest(store, [alias("modelversion:1"), version("1"), version("2")], at=20)
        ingest(store, [alias("modelversion:2"), version("1"), version("2")], at=30)
        assert intervals(store) == [("modelversion:1", 10, 30, None), ("modelversion:2", 30, None, 20)]
        assert behind(store, None) == {"modelversion:2", "model:2"}
        assert behind(store, 29) == {"modelversion:1", "model:1"}
        assert behind(store, 30) == {"modelversion:2", "model:2"}
        # Nothing was seen of the alias before the first crawl.
        assert behind(store, 9) == set()

    def test_an_alias_that_comes_back_has_two_intervals(self, store: Store) -> None:
        for at, target in ((10, "1"), (20, "2"), (30, "1")):
            ingest(store, [alias(f"modelversion:{target}")], at=at)
        assert intervals(store) == [
            ("modelversion:1", 10, 20, None),
            ("modelversion:1", 30, None, 20),
            ("modelversion:2", 20, 30, 10),
        ]

    def test_a_rewritten_alias_keeps_its_interval(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1")], at=10)
        ingest(store, [alias("modelversion:1")._replace(fingerprint=b"again")], at=20)
        assert intervals(store) == [("modelversion:1", 10, None, None)]

    def test_an_incomplete_crawl_is_no_bound(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1")], at=10)
        ingest(store, [alias("modelversion:1")], at=20, complete=False)
        ingest(store, [alias("modelversion:1")], at=25, retract=False)
        ingest(store, [alias("modelversion:2")], at=30)
        assert intervals(store)[1] == ("modelversion:2", 30, None, 10)

    def test_a_removed_alias_is_past(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1"), version("1")], at=10)
        ingest(store, [version("1")], at=20)
        assert intervals(store) == [("modelversion:1", 10, 20, None)]
        assert behind(store, 15) == {"modelversion:1", "model:1"}
        assert behind(store, 20) == behind(store, None) == set()
        assert store.get([CHAMPION])[CHAMPION].state is State.DELETED
        assert Kind.ALIAS not in store.info().nodes
        assert EdgeType.ALIASED_AS not in store.info().edges
        assert [record.key for record in store.records("test:a")] == ["model-versions/1"]
        assert [record.key for record in store.retracted("test:a")] == [f"aliases/{CHAMPION}"]

    def test_a_deleted_version_stays_passable_in_the_past(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1"), version("1"), version("2")], at=10)
        ingest(store, [alias("modelversion:2"), version("2")], at=20)
        assert behind(store, 15) == {"modelversion:1", "model:1"}
        assert behind(store, 20) == {"modelversion:2", "model:2"}
        downstream = store.reach(["model:1"], Direction.DOWNSTREAM)
        assert set(downstream.nodes) == {"model:1"}
        assert store.get(["modelversion:1"])["modelversion:1"].state is State.DELETED
        then = store.reach([CHAMPION], Direction.UPSTREAM, follow=Follow(as_of=15))
        assert then.nodes["modelversion:1"].state is State.LIVE
        assert "modelversion:1" not in self.look_inside(store).nodes

    def test_a_deleted_version_that_no_alias_had_is_gone(self, store: Store) -> None:
        ingest(store, [alias("modelversion:2"), version("1"), version("2")], at=10)
        ingest(store, [alias("modelversion:2"), version("2")], at=20)
        assert store.get(["modelversion:1", "model:1"]) == {}

    def test_what_comes_back_is_live_again(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1"), version("1")], at=10)
        ingest(store, [], at=20)
        ingest(store, [alias("modelversion:1"), version("1")], at=30)
        assert intervals(store) == [("modelversion:1", 10, 20, None), ("modelversion:1", 30, None, 20)]
        assert store.get(["modelversion:1"])["modelversion:1"].state is State.LIVE
        assert behind(store, None) == {"modelversion:1", "model:1"}

    def test_forgetting_takes_the_past_too(self, store: Store) -> None:
        ingest(store, [version("1")], origin="test:b", at=5)
        ingest(store, [alias("modelversion:1")], at=10)
        ingest(store, [alias("modelversion:2")], at=20)
        ingest(store, [], origin="test:b", at=25)
        assert behind(store, 15) == {"modelversion:1", "model:1"}
        store.forget("test:a")
        assert store.get(["modelversion:1", "modelversion:2", "model:1", CHAMPION]) == {}

    def test_times_that_a_source_knows_are_believed(self, store: Store) -> None:
        claimed = alias("modelversion:2")._replace(
            edges=(
                edge("modelversion:1", "ALIASED_AS", CHAMPION, valid_from=3, valid_to=7),
                edge("modelversion:2", "ALIASED_AS", CHAMPION, valid_from=7),
            )
        )
        ingest(store, [claimed], at=10)
        assert (behind(store, 5), behind(store, 8), behind(store, 2)) == (
            {"modelversion:1"},
            {"modelversion:2"},
            set(),
        )
        kept = [edge for record in store.records("test:a") for edge in record.edges]
        assert kept == list(claimed.edges)

    def test_what_a_node_was_like(self, store: Store) -> None:
        ingest(
            store,
            [alias("modelversion:1"), version("1", stage="None", tags={"risk": "low"}, run_id="r")],
            at=10,
        )
        ingest(store, [alias("modelversion:1"), version("1", stage="Production", run_id="r2")], at=20)
        ingest(store, [alias("modelversion:1"), version("1", stage="Archived", run_id="r2")], at=30)

        def at(as_of: int | None) -> dict[str, object]:
            answer = store.reach([CHAMPION], Direction.UPSTREAM, follow=Follow(as_of=as_of))
            return dict(answer.nodes["modelversion:1"].properties)

        assert at(15) == {"stage": "None", "tags": {"risk": "low"}, "run_id": "r2"}
        assert at(20) == at(29) == {"stage": "Production", "run_id": "r2"}
        assert at(30) == at(None) == {"stage": "Archived", "run_id": "r2"}

    def test_claims_say_when_they_were_seen(self, store: Store) -> None:
        records = [version("1")]
        for at in (10, 20, 30):
            ingest(store, records, at=at, retract=at != 30)
        assert {(claimed.first_seen, claimed.last_seen) for claimed in store.claims(["modelversion:1"])} == {
            (10, 20)
        }

    def test_a_read_keeps_its_own_times(self, store: Store) -> None:
        read = draw("dataset:d READ_BY run:r from=5 to=9", "runs/r")
        ingest(store, [read], at=10)
        ingest(store, [], at=20)
        assert store.get(["run:r"]) == {}

    def test_what_should_never_have_been_leaves_no_past(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1"), version("1")], at=10)
        ingest(store, [draw("model:x REGISTERED_AS modelversion:1", "wrong")], at=10, origin="test:b")
        with store.writing(Origin("test:b", "test", read_at=20)) as writing:
            writing.remove(["wrong"], past=False)
            writing.finish(retract=False)
        assert list(store.retracted("test:b")) == []
        assert {claimed.origin for claimed in store.claims(["modelversion:1"])} == {"test:a"}

    def test_a_copy_has_the_past_too(self, store: Store) -> None:
        ingest(store, [alias("modelversion:1"), version("1"), version("2")], at=10)
        ingest(store, [alias("modelversion:2"), version("2")], at=20)
        origin = store.info().origins[0]
        past, live = list(store.retracted("test:a")), list(store.records("test:a"))
        then = behind(store, 15)
        with self.fresh_store() as copy:
            with copy.writing(origin) as writing:
                writing.write([*live, *past])
                writing.remove([record.key for record in past])
                writing.finish(retract=True, complete=origin.complete, report=origin.report)
            assert list(copy.records("test:a")) == live
            assert list(copy.retracted("test:a")) == past
            assert behind(copy, 15) == then == {"modelversion:1", "model:1"}
