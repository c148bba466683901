"""What an earlier crawl read of models and this one could not, or was told not to: it stays until something newer is read.

One store may be crawled over HTTP, which hands out artifacts, and by its database, which does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph.graph import Kind, NodeClaim, Record
from lineage_graph.stores.base import Store

GAP = "signature-unreadable"
_READ = frozenset({"read", "absent"})
_OF_THE_FILE = ("signature_state", "signature", "flavors", "uuid")
"""Properties that come from a model's MLmodel file."""


def choose_changed(store: Store, origin: str, records: Sequence[Record]) -> list[Record]:
    """What of these is to be written: with what is known of their models' signatures, less what was tried again in vain.

    A record without a fingerprint is tried again by each crawl, and mostly says what it said before.
    """
    asked = [record.key for record in records if not record.fingerprint or any(map(_is_unread, record.nodes))]
    if not asked:
        return list(records)
    before = {record.key: record for record in store.records(origin, asked)}
    known = {
        (record.key, node.id): node
        for record in before.values()
        for node in record.nodes
        if node.properties.get("signature_state") in _READ
    }
    found = [_with_known(record, known) for record in records] if known else records
    return [
        record for record in found if record.fingerprint or not _says_the_same(record, before.get(record.key))
    ]


def _is_unread(node: NodeClaim) -> bool:
    return node.kind is Kind.MODEL and node.properties.get("signature_state") in ("unreadable", "not-read")


def _with_known(record: Record, known: dict[tuple[str, str], NodeClaim]) -> Record:
    nodes = tuple(
        _kept(node, known[record.key, node.id])
        if _is_unread(node) and (record.key, node.id) in known
        else node
        for node in record.nodes
    )
    return record._replace(nodes=nodes)


def _kept(node: NodeClaim, before: NodeClaim) -> NodeClaim:
    """A model of before MLflow 3 that was logged again at its path is another: what was read was of the first."""
    if any(node.properties.get(name) != before.properties.get(name) for name in ("times_logged", "run_id")):
        return node
    remembered = {name: before.properties[name] for name in _OF_THE_FILE if name in before.properties}
    gaps = tuple(gap for gap in node.gaps if gap != GAP)
    return node._replace(properties={**node.properties, **remembered}, gaps=gaps)


def _says_the_same(record: Record, before: Record | None) -> bool:
    return before is not None and _comparable(record) == _comparable(before)


def _comparable(record: Record) -> Record:
    """A store may keep a node's gaps in another order."""
    return record._replace(nodes=tuple(node._replace(gaps=tuple(sorted(node.gaps))) for node in record.nodes))
