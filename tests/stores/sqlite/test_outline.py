"""An outline is the answer itself, less what it leaves out."""

import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_graph.graph import Evidence, NodeClaim, Record, Role, State
from lineage_graph.query.steps import is_inference
from lineage_graph.stores.base import Direction, Follow
from lineage_graph.stores.sqlite import reaching
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.drawing import draw, edge, ingest, node
from lineage_graph.testing.strategies import ORIGINS, crawls, questions
from lineage_graph.testing.walks import WALKS


def shown(sub):
    """What an outline must say, in its order."""
    return (
        [(id, node.id, node.kind, node.state, sub.hops[id]) for id, node in sub.nodes.items()],
        [(e.src, e.dst, e.type, e.evidence, e.rule, is_inference(e)) for e in sub.edges],
        list(sub.hops.items()),
    )


def check(store, roots, direction, depth, follow):
    whole = store.reach(roots, direction, depth=depth, follow=follow)
    assert shown(store.outline(roots, direction, depth=depth, follow=follow)) == shown(whole)
    return whole


@pytest.fixture
def store(tmp_path):
    with closing(SqliteStore(str(tmp_path / "graph.db"))) as store:
        yield store


@pytest.mark.parametrize("case", WALKS, ids=lambda case: case.name.replace(" ", "-"))
def test_of_a_drawn_graph(case, store):
    ingest(store, [draw(case.graph)])
    whole = check(store, case.roots, case.direction, case.depth, case.follow)
    assert dict(whole.hops) == case.hops


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ORIGINS), crawls()), max_size=3), st.lists(questions(), max_size=5))
def test_of_any_graph(written, asked):
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteStore(str(Path(folder) / "graph.db"))) as store,
    ):
        for at, (origin, records) in enumerate(written):
            ingest(store, records, at=1000 + 10 * at, origin=origin)
        if written:
            for question in asked:
                check(store, *question)


def test_of_several_claims_the_strongest_is_shown(store):
    said = edge(
        "dataset:d", "READ_BY", "run:r", evidence=Evidence.INFERRED, properties={"role": Role.INFERENCE}
    )
    ingest(store, [Record("a", b"1", (node("dataset:d"),), (said,))], origin="test:a")
    ingest(store, [Record("b", b"1", (), (edge("dataset:d", "READ_BY", "run:r"),))], origin="test:b")
    outline = store.outline(["dataset:d"], Direction.DOWNSTREAM)
    assert [(e.evidence, is_inference(e)) for e in outline.edges] == [(Evidence.LOGGED, False)]


def test_states_are_told_whoever_says_them(store):
    gone, stub = "run:gone", "run:stub"
    claims = (node("dataset:d"), NodeClaim(gone, node(gone).kind, "gone", state=State.DELETED))
    edges = tuple(edge("dataset:d", "READ_BY", run) for run in (gone, stub))
    ingest(store, [Record("a", b"1", claims, edges), Record("b", b"1", (node("dataset:d", rows=1),))])
    outline = store.outline(["dataset:d"], Direction.DOWNSTREAM)
    # A run that only others name is one that the store has lost.
    assert {id: node.state for id, node in outline.nodes.items()} == {
        "dataset:d": State.LIVE,
        gone: State.DELETED,
        stub: State.DELETED,
    }


def test_of_many_nodes(store, monkeypatch):
    monkeypatch.setattr(reaching, "MANY", 10)
    runs = [
        Record(f"runs/{n}", b"1", (node(f"run:{n}"),), (edge("dataset:d", "READ_BY", f"run:{n}"),))
        for n in range(2000)
    ]
    runs[700] = Record(
        "runs/700",
        b"1",
        (NodeClaim("run:700", node("run:700").kind, "x", state=State.DELETED),),
        runs[700].edges,
    )
    ingest(store, [Record("d", b"1", (node("dataset:d"),)), *runs])
    whole = check(store, ["dataset:d"], Direction.DOWNSTREAM, None, Follow())
    assert len(whole.nodes) == 2001
    assert [id for id, node in whole.nodes.items() if node.state is State.DELETED] == ["run:700"]
