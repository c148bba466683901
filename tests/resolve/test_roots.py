"""Rule: a root makes relative paths absolute, and can be taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Record
from lineage_graph.resolve.roots import Roots, rebase

NONE = Roots("shop", "", {})


def record(path: str, experiment: str = "churn", store: str = "shop") -> Record:
    """A run's record with a logged dataset and its column, as mapping makes them for a relative path."""
    scope = f"{store}/{experiment}"
    location = naming.name_location(path, scope=scope)
    assert location is not None
    assert location.relative
    source = naming.source_id(location)
    dataset, feature = naming.dataset_id(source, "71fe"), naming.feature_id(source, "a#b")
    properties = {"uri": location.uri, "recorded": location.name, "scope": scope}
    shared = (
        Record(
            "datasets/1",
            b"1",
            (
                NodeClaim(source, Kind.SOURCE, location.name, properties, ("relative-path",)),
                NodeClaim(dataset, Kind.DATASET, "x", {"source": location.uri}),
            ),
            (edge(source, dataset, EdgeType.HAS_VERSION),),
            (Mention("content:x", dataset),),
        ),
        Record(
            "schemas/1",
            b"2",
            (NodeClaim(feature, Kind.FEATURE, "a#b", {"column": "a#b", "source": location.uri}),),
            (edge(source, feature, EdgeType.HAS_COLUMN),),
        ),
    )
    run = NodeClaim("run:1", Kind.RUN, "r")
    return Record("runs/1", b"f", (run,), (edge(dataset, "run:1", EdgeType.READ_BY),), (), shared)


def edge(src: str, dst: str, edge_type: EdgeType) -> EdgeClaim:
    return EdgeClaim(src, dst, edge_type, Evidence.LOGGED, "x")


def rooted(folder: str) -> Roots:
    return Roots("shop", "", {"churn": folder})


def ids(of: Record) -> set[str]:
    each = [of, *of.shared]
    found = {node.id for one in each for node in one.nodes}
    return found | {end for one in each for link in one.edges for end in (link.src, link.dst)}


def test_everything_that_is_built_on_the_source_moves():
    moved = rebase(record("data/x.csv"), rooted("/srv"))
    assert ids(moved) == {
        "source:file:///srv/data/x.csv",
        "dataset:file:///srv/data/x.csv@71fe",
        "feature:source:file:///srv/data/x.csv#a%23b",
        "run:1",
    }
    source, dataset = moved.shared[0].nodes
    assert (source.gaps, source.name) == ((), "file:///srv/data/x.csv")
    assert (
        dataset.properties["source"]
        == moved.shared[1].nodes[0].properties["source"]
        == "file:///srv/data/x.csv"
    )
    assert moved.shared[0].mentions[0].node == dataset.id
    assert (moved.key, moved.fingerprint) == ("runs/1", b"f")
    assert {shared.key for shared in moved.shared}.isdisjoint({"datasets/1", "schemas/1"})


@pytest.mark.parametrize(
    ("roots", "given"),
    [
        pytest.param(NONE, record("data/x.csv"), id="no root"),
        pytest.param(Roots("shop", "", {"other": "/srv"}), record("data/x.csv"), id="another experiment's"),
        pytest.param(Roots("prod", "", {"churn": "/srv"}), record("data/x.csv"), id="another store's"),
        pytest.param(rooted("srv"), record("data/x.csv"), id="a relative root"),
    ],
)
def test_what_does_not_move_is_the_very_record(roots, given):
    assert rebase(given, roots) is given


@given(
    st.from_regex(r"[a-z%&# é:.-]{1,8}(/[a-z%&# é:.-]{1,8}){0,2}", fullmatch=True).filter(
        lambda path: (found := naming.name_location(path, scope="shop/churn")) is not None and found.relative
    ),
    st.sampled_from(["/a", "/b c/d", "s3://lake/x", "C:\\data"]),
    st.sampled_from(["/a", "/e%20f", "hdfs://nn/x"]),
)
def test_from_any_root_to_any_other_and_back(path, one, two):
    plain = record(path)
    at_one, at_two = rebase(plain, rooted(one)), rebase(plain, rooted(two))
    assert rebase(at_one, rooted(two)) == at_two
    assert rebase(at_one, NONE) == plain
    assert rebase(at_two, rooted(two)) is at_two
