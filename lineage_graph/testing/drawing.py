"""Small graphs as text, for tests that a reader can check by eye."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Mention, NodeClaim, Origin, Record
from lineage_graph.naming import kind_of
from lineage_graph.stores.base import Store


def draw(text: str, key: str = "drawn") -> Record:
    """One record from lines such as `dataset:d READ_BY run:r role=training from=5 to=9 evidence=inferred`.

    Every node is claimed, named like the last part of its id.
    """
    edges = [_draw_edge(line.split()) for line in text.strip().splitlines() if line.strip()]
    ends = dict.fromkeys(end for edge in edges for end in (edge.src, edge.dst))
    return Record(key, text.encode(), tuple(node(end) for end in ends), tuple(edges))


def _draw_edge(words: list[str]) -> EdgeClaim:
    src, edge_type, dst, *more = words
    options = dict(word.split("=", 1) for word in more)
    valid_from, valid_to = options.get("from"), options.get("to")
    return edge(
        src,
        edge_type,
        dst,
        evidence=Evidence(options.get("evidence", "logged")),
        valid_from=None if valid_from is None else int(valid_from),
        valid_to=None if valid_to is None else int(valid_to),
        properties={"role": options["role"]} if "role" in options else {},
    )


def node(node_id: str, **properties: object) -> NodeClaim:
    """A claim on a node, named like the last part of its id."""
    return NodeClaim(node_id, kind_of(node_id), node_id.partition(":")[2], properties)


def edge(
    src: str,
    edge_type: str,
    dst: str,
    *,
    evidence: Evidence = Evidence.LOGGED,
    valid_from: int | None = None,
    valid_to: int | None = None,
    properties: Mapping[str, object] | None = None,
) -> EdgeClaim:
    """A claim on an edge."""
    ref = f"rows/{src}/{dst}"
    return EdgeClaim(
        src, dst, EdgeType(edge_type), evidence, "row", ref, valid_from, valid_to, properties or {}
    )


def alias(version: str, name: str = "alias:champion") -> Record:
    """The record of an alias that points at a version."""
    return Record(f"aliases/{name}", version.encode(), (node(name),), (edge(version, "ALIASED_AS", name),))


def mention(key: str, node_id: str) -> Mention:
    """That a node is concerned by a key."""
    return Mention(key, node_id)


def ingest(
    store: Store,
    records: Iterable[Record],
    *,
    at: int = 1000,
    origin: str = "test:a",
    retract: bool = True,
    complete: bool = True,
) -> None:
    """A crawl as `ingest` does it: only what is fresh is written."""
    found = list(records)
    with store.writing(Origin(origin, origin.partition(":")[0], read_at=at)) as writing:
        fresh = writing.fresh([(record.key, record.fingerprint) for record in found])
        writing.write([record for record in found if record.key in fresh])
        writing.finish(retract=retract, complete=complete)
