"""Writing: claims are replaced by record, retracted by origin, shared while needed, forgotten entirely."""

from __future__ import annotations

import pytest

from lineage_graph.errors import NotFound
from lineage_graph.graph import Evidence, Mention, Origin, Record
from lineage_graph.stores.base import Direction, NodeFilter, Seen, Store
from lineage_graph.testing.drawing import draw, edge, ingest, node
from lineage_graph.testing.dump import dump
from lineage_graph.testing.subject import Inside, Subject

RUN = Record("runs/r", b"1", (node("run:r", status="FINISHED"),), (edge("dataset:d", "READ_BY", "run:r"),))
OTHER = Record("runs/q", b"1", (node("run:q"),), (edge("dataset:d", "READ_BY", "run:q"),))
DATA = Record(
    "datasets/d", b"d", (node("dataset:d", digest="9"),), (edge("source:s", "HAS_VERSION", "dataset:d"),)
)


class WritingContract(Subject):
    """What a writing session does."""

    def test_what_was_written_is_there(self, store: Store) -> None:
        ingest(store, [RUN])
        assert list(store.records("test:a")) == [RUN]
        assert self.look_inside(store) == Inside(
            frozenset({("test:a", "runs/r")}),
            frozenset({"run:r", "dataset:d"}),
            frozenset({("dataset:d", "READ_BY", "run:r")}),
        )

    def test_twice_is_once(self, store: Store) -> None:
        ingest(store, [RUN, OTHER])
        before = dump(store)
        ingest(store, [OTHER, RUN])
        assert dump(store) == before

    def test_a_session_counts_what_it_did(self, store: Store) -> None:
        ingest(store, [RUN, OTHER, draw("run:x PRODUCED model:m", "runs/x")])
        changed = RUN._replace(fingerprint=b"2")
        with store.writing(Origin("test:a", "test", read_at=2000)) as writing:
            asked = [(changed.key, changed.fingerprint), (OTHER.key, OTHER.fingerprint), ("runs/new", b"1")]
            assert writing.fresh(asked) == {"runs/r", "runs/new"}
            writing.write([changed, draw("run:n PRODUCED model:n", "runs/new")])
            assert writing.finish(retract=True) == Seen(written=2, unchanged=1, retracted=1)

    def test_a_record_replaces_its_own_claims_only(self, store: Store) -> None:
        ingest(store, [RUN, OTHER])
        moved = Record(
            "runs/r", b"2", (node("run:r", status="FAILED"),), (edge("dataset:e", "READ_BY", "run:r"),)
        )
        ingest(store, [moved, OTHER])
        assert self.look_inside(store).edges == {
            ("dataset:e", "READ_BY", "run:r"),
            ("dataset:d", "READ_BY", "run:q"),
        }
        assert store.get(["run:r"])["run:r"].properties == {"status": "FAILED"}

    def test_origins_do_not_overwrite_each_other(self, store: Store) -> None:
        ingest(store, [RUN])
        said = node("run:r", owner="ada", status="said")._replace(evidence=Evidence.DECLARED, name="The run")
        ingest(store, [Record("runs/r", b"9", (said,))], origin="declared:x")
        merged = store.get(["run:r"])["run:r"]
        assert (merged.name, merged.properties) == ("The run", {"owner": "ada", "status": "said"})
        assert merged.records == ("declared:x/runs/r", "test:a/runs/r")
        store.forget("declared:x")
        assert store.get(["run:r"])["run:r"].properties == {"status": "FINISHED"}

    def test_what_is_gone_is_retracted(self, store: Store) -> None:
        ingest(store, [RUN, OTHER])
        ingest(store, [OTHER])
        assert store.get(["run:r"]) == {}
        assert self.look_inside(store).nodes == {"run:q", "dataset:d"}

    def test_a_partial_crawl_retracts_nothing(self, store: Store) -> None:
        ingest(store, [RUN, OTHER])
        ingest(store, [OTHER], retract=False)
        assert [record.key for record in store.records("test:a")] == ["runs/q", "runs/r"]

    def test_removed_records_are_fresh_again(self, store: Store) -> None:
        ingest(store, [RUN])
        with store.writing(Origin("test:a", "test", read_at=2000)) as writing:
            writing.remove(["runs/r", "runs/unknown"])
            assert writing.fresh([("runs/r", b"1")]) == {"runs/r"}
            assert writing.finish(retract=False).retracted == 1
        assert store.find(NodeFilter()) == []

    def test_shared_records_live_while_one_needs_them(self, store: Store) -> None:
        ingest(store, [RUN._replace(shared=(DATA,)), OTHER._replace(shared=(DATA,))])
        ingest(store, [OTHER._replace(shared=(DATA,))])
        assert ("test:a", "datasets/d") in self.look_inside(store).records
        assert store.get(["dataset:d"])["dataset:d"].properties == {"digest": "9"}
        ingest(store, [OTHER._replace(fingerprint=b"2")])
        assert ("test:a", "datasets/d") not in self.look_inside(store).records
        assert store.get(["dataset:d"])["dataset:d"].stub
        assert store.get(["source:s"]) == {}

    def test_a_broken_session_keeps_what_it_wrote(self, store: Store) -> None:
        ingest(store, [OTHER])

        def break_off() -> None:
            with store.writing(Origin("test:a", "test", read_at=2000)) as writing:
                writing.write([RUN])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            break_off()
        assert [(origin.complete, origin.read_at) for origin in store.info().origins] == [(False, 2000)]
        assert set(store.get(["run:r", "run:q"])) == {"run:r", "run:q"}
        ingest(store, [RUN], at=3000)
        assert [(origin.complete, origin.read_at) for origin in store.info().origins] == [(True, 3000)]
        assert set(store.get(["run:r", "run:q"])) == {"run:r"}

    def test_an_origin_keeps_what_is_said_of_it(self, store: Store) -> None:
        origin = Origin("test:a", "test", "https://server", {"site": "hq", "roots": {"e": "/data"}}, 5)
        report = {"read": {"runs": 1}, "skipped": [{"code": "odd", "count": 2, "example": "x"}]}
        with store.writing(origin) as writing:
            writing.finish(retract=True, complete=False, report=report)
        assert store.info().origins == (
            Origin(origin.name, "test", origin.uri, origin.settings, 5, False, report),
        )

    def test_forgetting_leaves_nothing(self, store: Store) -> None:
        ingest(store, [OTHER], origin="test:b")
        before = dump(store)
        ingest(store, [RUN._replace(shared=(DATA,)), OTHER], origin="test:a")
        store.forget("test:a")
        assert dump(store) == before
        with pytest.raises(NotFound):
            store.forget("test:a")

    def test_changes_name_all_that_changed(self, store: Store) -> None:
        ingest(store, [RUN, OTHER])
        last = store.changes(0).last
        assert store.changes(0).nodes == ("dataset:d", "run:q", "run:r")
        ingest(store, [RUN, OTHER], at=2000)
        assert store.changes(last) == (last, ())
        ingest(store, [RUN], at=3000)
        assert store.changes(last).nodes == ("dataset:d", "run:q")
        assert store.changes(last).last > last

    def test_mentions_follow_their_record(self, store: Store) -> None:
        record = RUN._replace(mentions=(Mention("run:old", "run:r"), Mention("model-uri:x", "run:r")))
        ingest(store, [record])
        assert store.mentions(["run:old", "missing"]) == [("run:old", "run:r")]
        assert store.mentioned(["run:r"]) == [("model-uri:x", "run:r"), ("run:old", "run:r")]
        ingest(store, [RUN._replace(fingerprint=b"2")])
        assert store.mentions(["run:old"]) == store.mentioned(["run:r"]) == []

    def test_odd_texts_come_back_as_they_were(self, store: Store) -> None:
        odd = "'; DROP TABLE node; -- 🙂 \\ % _ \x00 \u2028"
        properties = {"text": odd, "nested": {odd: [1, 2.5, None, True, {"a": []}]}, "big": 2**62}
        record = Record(
            odd,
            b"\x00\xff",
            (node("run:" + odd, **properties),),
            (edge("dataset:" + odd, "READ_BY", "run:" + odd),),
        )
        ingest(store, [record])
        assert list(store.records("test:a", [odd])) == [record]
        assert set(store.reach(["dataset:" + odd], Direction.DOWNSTREAM).nodes) == {
            "dataset:" + odd,
            "run:" + odd,
        }
