"""Reading: walks, neighbours, finding, counting, on graphs with answers worked out by hand."""

from __future__ import annotations

import dataclasses

import pytest

from lineage_graph.graph import Evidence, Kind, NodeClaim, Record, State
from lineage_graph.stores.base import Direction, NodeFilter, Store
from lineage_graph.testing.drawing import draw, edge, ingest, node
from lineage_graph.testing.subject import Subject
from lineage_graph.testing.walks import CHAIN, WALKS, Walk

FOUND = (
    NodeClaim("source:s3://shop/Orders.parquet", Kind.SOURCE, "orders", {"uri": "s3://shop/Orders.parquet"}),
    NodeClaim("dataset:d1", Kind.DATASET, "orders", {"names": ["orders", "sales 100%"], "digest": "71f"}),
    NodeClaim("dataset:d2", Kind.DATASET, "users", {"names": ["users"], "digest": None}, ("relative-path",)),
    NodeClaim(
        "run:r1", Kind.RUN, "Umsätze", {"params": {"lr": "0.1", "a.b": "x"}, "run_id": "r1"}, ("no-dataset",)
    ),
    NodeClaim(
        "run:r2",
        Kind.RUN,
        "orders",
        {"params": {"lr": "0.2"}, "lr": "0.1", "rows": 3},
        ("no-dataset", "which-model"),
    ),
)
FINDS: tuple[tuple[NodeFilter, tuple[str, ...]], ...] = (
    (
        NodeFilter(),
        ("source:s3://shop/Orders.parquet", "dataset:d1", "dataset:d2", "run:r1", "run:r2", "model:stub"),
    ),
    (
        NodeFilter(kinds=frozenset({Kind.RUN, Kind.SOURCE})),
        ("source:s3://shop/Orders.parquet", "run:r1", "run:r2"),
    ),
    (NodeFilter(limit=2), ("source:s3://shop/Orders.parquet", "dataset:d1")),
    (NodeFilter(name="orders"), ("source:s3://shop/Orders.parquet", "dataset:d1", "run:r2")),
    (NodeFilter(name="Orders.parquet"), ("source:s3://shop/Orders.parquet",)),
    (NodeFilter(name="sales 100%"), ("dataset:d1",)),
    (NodeFilter(name="stub"), ("model:stub",)),
    (NodeFilter(name="ORDERS"), ()),
    (NodeFilter(name_contains="ORDERS"), ("source:s3://shop/Orders.parquet", "dataset:d1", "run:r2")),
    (NodeFilter(name_contains="0%"), ("dataset:d1",)),
    (NodeFilter(name_contains="SHOP/"), ("source:s3://shop/Orders.parquet",)),
    (NodeFilter(name_contains="SÄTZE"), ("run:r1",)),
    (NodeFilter(name_contains="tub"), ("model:stub",)),
    (NodeFilter(id_prefix="dataset:"), ("dataset:d1", "dataset:d2")),
    (NodeFilter(id_prefix="run:r1"), ("run:r1",)),
    (NodeFilter(properties={"digest": "71f"}), ("dataset:d1",)),
    (NodeFilter(properties={"digest": None}), ("dataset:d2",)),
    (NodeFilter(properties={"rows": 3}), ("run:r2",)),
    (NodeFilter(properties={"rows": "3"}), ()),
    (NodeFilter(properties={"params.lr": "0.1"}), ("run:r1",)),
    (NodeFilter(properties={"params.a.b": "x"}), ("run:r1",)),
    (NodeFilter(properties={"lr": "0.1"}), ("run:r2",)),
    (NodeFilter(properties={"names": ["users"]}), ("dataset:d2",)),
    (NodeFilter(has="params.lr"), ("run:r1", "run:r2")),
    (NodeFilter(has="digest"), ("dataset:d1", "dataset:d2")),
    (NodeFilter(has="params.nothing"), ()),
    (NodeFilter(gap="no-dataset"), ("run:r1", "run:r2")),
    (NodeFilter(gap="which-model", kinds=frozenset({Kind.RUN})), ("run:r2",)),
    (NodeFilter(gap="model"), ()),
    (NodeFilter(name="orders", kinds=frozenset({Kind.RUN}), gap="which-model"), ("run:r2",)),
)


def _name(wanted: NodeFilter) -> str:
    """A name that is the same in every process, whatever the order of sets."""
    fields = ((field.name, getattr(wanted, field.name)) for field in dataclasses.fields(wanted))
    told = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields if value}
    return (
        ",".join(f"{name}={value}" for name, value in told.items()).replace("<", "").replace(">", "") or "all"
    )


class ReadingContract(Subject):
    """What a store answers."""

    @pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name.replace(" ", "-"))
    def test_a_walk(self, store: Store, walk: Walk) -> None:
        ingest(store, [draw(walk.graph)])
        answer = store.reach(walk.roots, walk.direction, depth=walk.depth, follow=walk.follow)
        assert dict(answer.hops) == walk.hops
        assert answer.nodes.keys() == answer.hops.keys()
        assert {end for edge in answer.edges for end in (edge.src, edge.dst)} <= answer.nodes.keys()
        assert walk.edges in (None, len(answer.edges))

    def test_an_answer_is_ordered(self, store: Store) -> None:
        ingest(store, [draw(CHAIN + "dataset:b READ_BY run:train\nsource:z HAS_VERSION dataset:b")])
        answer = store.reach(["alias:champion"], Direction.UPSTREAM)
        assert list(answer.nodes)[-4:] == ["dataset:b", "dataset:d", "source:s", "source:z"]
        assert [edge.key for edge in answer.edges] == sorted(edge.key for edge in answer.edges)

    def test_an_edge_has_all_its_records(self, store: Store) -> None:
        claim = edge("dataset:d", "READ_BY", "run:r")
        said = claim._replace(evidence=Evidence.DECLARED, rule="declared", ref="lineage.yaml:3")
        ingest(store, [Record("runs/r", b"1", (), (claim._replace(evidence=Evidence.INFERRED),))])
        ingest(store, [Record("edges/1", b"1", (), (said,))], origin="declared:x")
        (merged,) = store.reach(["dataset:d"], Direction.DOWNSTREAM).edges
        assert (merged.evidence, merged.rule) == (Evidence.DECLARED, "declared")
        assert merged.records == ("declared:x/lineage.yaml:3", "test:a/rows/dataset:d/run:r")

    def test_unknown_ids_are_left_out(self, store: Store) -> None:
        ingest(store, [draw(CHAIN)])
        assert store.get(["run:gone"]) == {}
        assert store.claims(["run:gone"]) == []
        assert store.neighbours(["run:gone"]) == ({}, [], {})
        assert store.reach(["run:gone"], Direction.UPSTREAM) == ({}, [], {})
        assert list(store.records("test:unknown")) == []

    def test_a_stub_is_what_others_name(self, store: Store) -> None:
        ingest(
            store, [Record("versions/1", b"1", (), (edge("run:gone", "REGISTERED_AS", "modelversion:m/1"),))]
        )
        stubs = store.get(["run:gone", "modelversion:m/1"])
        assert [(stub.name, stub.state, stub.stub) for stub in stubs.values()] == [
            ("gone", State.DELETED, True),
            ("m/1", State.LIVE, True),
        ]

    def test_neighbours_are_one_edge_away(self, store: Store) -> None:
        ingest(store, [draw(CHAIN + "dataset:p READ_BY run:train evidence=possible")])
        around = store.neighbours(["run:train"])
        assert around.hops == {
            "run:train": 0,
            "dataset:d": 1,
            "dataset:p": 1,
            "run:parent": 1,
            "model:m": 1,
            "experiment:e": 1,
        }
        assert len(around.edges) == 5

    @pytest.mark.parametrize(("wanted", "found"), FINDS, ids=[_name(wanted) for wanted, _ in FINDS])
    def test_finding(self, store: Store, wanted: NodeFilter, found: tuple[str, ...]) -> None:
        ingest(store, [Record("all", b"1", FOUND, (edge("run:r1", "PRODUCED", "model:stub"),))])
        assert tuple(match.id for match in store.find(wanted)) == found

    def test_finding_looks_at_what_is_merged(self, store: Store) -> None:
        ingest(store, [Record("a", b"1", (node("run:r", status="FINISHED"),))])
        said = node("run:r", status="FAILED")._replace(evidence=Evidence.DECLARED, name="said")
        ingest(store, [Record("b", b"1", (said,))], origin="declared:x")
        assert store.find(NodeFilter(properties={"status": "FINISHED"})) == []
        assert store.find(NodeFilter(name="r")) == []
        assert [match.id for match in store.find(NodeFilter(name="said"))] == ["run:r"]

    def test_counts_are_of_what_is_now(self, store: Store) -> None:
        gappy = node("run:r")._replace(gaps=("no-dataset", "which-model"))
        ingest(store, [draw(CHAIN), Record("runs/r", b"1", (gappy,))])
        ingest(store, [Record("runs/r", b"1", (gappy,)), draw("run:r READ_BY run:q")], origin="test:b")
        ingest(store, [Record("runs/r", b"1", (gappy,))], at=2000)
        info = store.info()
        assert dict(info.nodes) == {Kind.RUN: 2}
        assert {edge_type.value: count for edge_type, count in info.edges.items()} == {"READ_BY": 1}
        both = {"no-dataset": 1, "which-model": 1}
        assert info.gaps == {"test:a": both, "test:b": both}
        assert [origin.name for origin in info.origins] == ["test:a", "test:b"]
