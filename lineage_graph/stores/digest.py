"""A digest of what a store holds, to prove that a copy is one. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from lineage_graph.graph import EdgeClaim, NodeClaim, Properties
from lineage_graph.stores.stored import Stored, StoredOrigin


class Digest:
    """A digest of what a store holds, whatever order it is told in: equal for two stores that hold the same.

    The change sequence is no part of it: it tells how a store came to hold what it holds.

    >>> one, other = Digest(), Digest()
    >>> one.add("a", {"x": 1}); one.add("b", {}); other.add("b", {}); other.add("a", {"x": 1})
    >>> one.hexdigest() == other.hexdigest()
    True
    """

    def __init__(self) -> None:
        self._sum = 0
        self._shared: set[tuple[str, str]] = set()
        self.records = 0

    def add(self, name: str, value: object) -> None:
        """One more thing. The sum of their hashes knows no order, and unlike an exclusive or, no pair hides in it."""
        text = json.dumps([name, value], sort_keys=True, separators=(",", ":"), default=str)
        self._sum += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")

    def add_origin(self, stored: StoredOrigin) -> None:
        """An origin with its settings, times and report."""
        origin, whole_at = stored
        told = [origin.type, origin.uri, dict(origin.settings), origin.read_at, origin.complete]
        self.add("origin", [origin.name, *told, dict(origin.report), whole_at])

    def add_records(self, origin: str, records: Iterable[Stored]) -> Iterator[Stored]:
        """Records, passed on as they are counted. What many of them share counts once."""
        for stored in records:
            self.records += 1
            self.add("record", [origin, *_tell(stored)])
            for inner in stored.shared:
                if (origin, inner.record.key) not in self._shared:
                    self._shared.add((origin, inner.record.key))
                    self.add("shared", [origin, *_tell(inner)])
            yield stored

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return f"{self._sum % (1 << 256):064x}"


def _tell(stored: Stored) -> list[object]:
    record = stored.record
    return [
        record.key,
        record.fingerprint.hex(),
        [_tell_node(claim) for claim in record.nodes],
        [_tell_edge(claim) for claim in record.edges],
        record.mentions,
        [inner.record.key for inner in stored.shared],
        [stored.first_seen, stored.last_seen, stored.retracted_at],
        sorted([past.node, past.until, _plain(past.tracked)] for past in stored.past),
    ]


def _tell_node(claim: NodeClaim) -> list[object]:
    properties, gaps = _plain(claim.properties), sorted(claim.gaps)
    return [claim.id, claim.kind, claim.name, properties, gaps, claim.state, claim.evidence]


def _tell_edge(claim: EdgeClaim) -> list[object]:
    return [*claim[:-1], _plain(claim.properties)]


def _plain(properties: Properties) -> dict[str, object]:
    """A store may decode properties late: JSON wants a dict."""
    return {
        name: _plain(value) if isinstance(value, Mapping) else value for name, value in properties.items()
    }
