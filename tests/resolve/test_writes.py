"""Rule: which write a read goes on from."""

import pytest

from lineage_graph.graph import Kind, Node
from lineage_graph.resolve.writes import Read, Write, resolve_writes


def dataset(name: str, **properties: object) -> Node:
    return Node(f"dataset:s3://lake/t@{name}", Kind.DATASET, name, properties=properties)


def write(name: str, ended: int | None, writer: str = "", **properties: object) -> Write:
    return Write(dataset(name, **properties), f"run:{writer or name}", ended, declared=False)


def said(name: str, writer: str = "") -> Write:
    return Write(dataset(name), f"run:{writer or name}", None, declared=True)


def read(began: int | None, *readers: str, name: str = "read", **properties: object) -> Read:
    return Read(
        dataset(name, **properties), frozenset(f"run:{reader}" for reader in readers or ("r",)), began
    )


@pytest.mark.parametrize(
    ("writes", "reading", "expected"),
    [
        pytest.param(
            [write("a", 10), write("b", 20)], read(30), [("b", "inferred", "last-write")], id="last"
        ),
        pytest.param(
            [write("a", 10), write("b", 20)], read(15), [("a", "inferred", "last-write")], id="between"
        ),
        pytest.param([write("a", 10)], read(10), [("a", "inferred", "last-write")], id="just ended"),
        pytest.param([write("a", 10)], read(5), [], id="later write"),
        pytest.param([write("a", None)], read(5), [], id="unfinished write"),
        pytest.param([write("a", 10)], read(None), [], id="read without a time"),
        pytest.param([write("a", 10, "r")], read(20), [], id="its own"),
        pytest.param(
            [write("a", 10), write("b", 20, "r")],
            read(30),
            [("a", "inferred", "last-write")],
            id="before its own",
        ),
        pytest.param(
            [write("a", 10, table_version="7"), write("b", 20)],
            read(30, table_version="7"),
            [("a", "logged", "table-version")],
            id="same table version",
        ),
        pytest.param(
            [write("a", 40, content_hash="f")],
            read(30, content_hash="f"),
            [("a", "logged", "content-hash")],
            id="same hash",
        ),
        pytest.param([write("read", 10), write("b", 20)], read(30), [], id="same token: one node"),
        pytest.param([said("d")], read(30), [("d", "declared", "declared-derivation")], id="declared"),
        pytest.param(
            [said("d")], read(None), [("d", "declared", "declared-derivation")], id="declared, no time"
        ),
        pytest.param(
            [said("d"), write("a", 10)],
            read(30),
            [("a", "inferred", "last-write")],
            id="recorded before declared",
        ),
        pytest.param(
            [said("d"), write("a", 40)], read(30), [("d", "declared", "declared-derivation")], id="none fits"
        ),
        pytest.param([said("d", "r")], read(30), [], id="declared, its own"),
        pytest.param(
            [said("d"), said("e")],
            read(30),
            [("d", "declared", "declared-derivation"), ("e", "declared", "declared-derivation")],
            id="two declared",
        ),
    ],
)
def test_what_a_read_goes_on_from(writes, reading, expected):
    record = resolve_writes("source:s3://lake/t", writes, [reading])
    found = (
        [(edge.src.rpartition("@")[2], edge.evidence.value, edge.rule) for edge in record.edges]
        if record
        else []
    )
    assert found == expected


def test_nobody_continues_where_nothing_is_written():
    assert resolve_writes("source:s3://lake/t", [], [read(1)]) is None
