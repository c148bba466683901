"""What an earlier crawl read of models and this one could not, or was told not to: it stays until something newer is read.

One store may be crawled over HTTP, which hands out artifacts, and by its database, which does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lineage_graph.graph import Kind, NodeClaim, Record
from lineage_graph.resolve.features import RETRIEVED
from lineage_graph.stores.base import Store

SIGNATURE_GAP = "signature-unreadable"
FEATURES_GAP = "features-unreadable"
_READ = frozenset({"read", "absent"})
_UNREAD = frozenset({"unreadable", "not-read"})
_OF_THE_FILE = ("signature_state", "signature", "flavors", "uuid")
"""Properties that come from a model's MLmodel file."""
_FEAST_TAG, _FEAST_FILE = "feast.feature_refs", "feast_features.json"
"""Of a run with this tag the file tells more: the tag is overwritten by the run's next retrieval."""

_SHARED = "features/"
"""How the key of a shared record of features begins."""


def choose_changed(store: Store, origin: str, records: Sequence[Record]) -> list[Record]:
    """What of these is to be written: with what is known of their models' files, less what was tried again in vain.

    A record without a fingerprint is tried again by each crawl, and mostly says what it said before.
    """
    asked = [record.key for record in records if not record.fingerprint or any(map(_is_unread, record.nodes))]
    if not asked:
        return list(records)
    before = {record.key: record for record in store.records(origin, asked)}
    found = [
        _with_known(record, before[record.key]) if record.key in before else record for record in records
    ]
    return [
        record for record in found if record.fingerprint or not _says_the_same(record, before.get(record.key))
    ]


def _is_unread(node: NodeClaim) -> bool:
    """Whether there may be more to know of a node than this crawl read."""
    if node.kind is Kind.MODEL:
        return node.properties.get("signature_state") in _UNREAD or _features(node).get("state") in _UNREAD
    return node.kind is Kind.RUN and _lacks_feast_file(node)


def _lacks_feast_file(run: NodeClaim) -> bool:
    tags = run.properties.get("tags")
    tagged = isinstance(tags, Mapping) and _FEAST_TAG in tags
    return tagged and _features(run).get("read_from") != _FEAST_FILE


def _features(node: NodeClaim) -> Mapping[str, object]:
    found = node.properties.get("features")
    return found if isinstance(found, Mapping) else {}


def _with_known(record: Record, before: Record) -> Record:
    known = {node.id: node for node in before.nodes}
    for place, node in enumerate(record.nodes):
        then = known.get(node.id)
        if then is None or not _is_unread(node) or _is_another(node, then):
            continue
        node = _with_signature(node, then)
        if _keeps_features(record.nodes[place], then):
            record, node = _with_features(record, node, before, then)
        record = record._replace(nodes=(*record.nodes[:place], node, *record.nodes[place + 1 :]))
    return record


def _is_another(node: NodeClaim, before: NodeClaim) -> bool:
    """A model of before MLflow 3 that was logged again at its path is another: what was read was of the first."""
    return any(
        node.properties.get(name) != before.properties.get(name) for name in ("times_logged", "run_id")
    )


def _with_signature(node: NodeClaim, before: NodeClaim) -> NodeClaim:
    if node.properties.get("signature_state") not in _UNREAD:
        return node
    if before.properties.get("signature_state") not in _READ:
        return node
    remembered = {name: before.properties[name] for name in _OF_THE_FILE if name in before.properties}
    return _replaced(node, remembered, SIGNATURE_GAP, before)


def _keeps_features(node: NodeClaim, before: NodeClaim) -> bool:
    """Whether what was known of a node's features is more than what this crawl read."""
    told, now = _features(before), _features(node)
    if node.kind is Kind.RUN:
        return told.get("read_from") == _FEAST_FILE
    return bool(told) and (told.get("state") == "read" or now.get("state") != "unreadable")


def _with_features(
    record: Record, node: NodeClaim, before: Record, then: NodeClaim
) -> tuple[Record, NodeClaim]:
    """With the features, the columns that they are, and whatever names the node for them."""
    told = _features(then).get("sources")
    sources = {source["source"] for source in told} if isinstance(told, Sequence) else set()
    kept = {shared.key: shared for shared in record.shared}
    kept |= {
        each.key: each
        for each in before.shared
        if each.key.startswith(_SHARED) and each.nodes[0].id in sources
    }
    known = [each for each in before.mentions if each.node == then.id and each.key == RETRIEVED]
    mentions = dict.fromkeys([*record.mentions, *known])
    node = _replaced(node, {"features": then.properties["features"]}, FEATURES_GAP, then)
    return record._replace(shared=tuple(kept.values()), mentions=tuple(mentions)), node


def _replaced(node: NodeClaim, properties: Mapping[str, object], gap: str, before: NodeClaim) -> NodeClaim:
    gaps = [each for each in node.gaps if each != gap] + [gap for each in before.gaps if each == gap]
    return node._replace(properties={**node.properties, **properties}, gaps=tuple(gaps))


def _says_the_same(record: Record, before: Record | None) -> bool:
    return before is not None and _comparable(record) == _comparable(before)


def _comparable(record: Record) -> Record:
    """A store may keep a node's gaps in another order."""
    return record._replace(nodes=tuple(node._replace(gaps=tuple(sorted(node.gaps))) for node in record.nodes))
