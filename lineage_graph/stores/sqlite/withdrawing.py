"""Taking back what records claimed: when they are read again, when they are gone, when their origin is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import NamedTuple

from lineage_graph.graph import OBSERVED, EdgeClaim, NodeClaim, Record, State
from lineage_graph.stores.intervals import observe, track, track_changes
from lineage_graph.stores.sqlite.decoding import read_edge_claims, read_node_claims
from lineage_graph.stores.sqlite.encoding import encode
from lineage_graph.stores.sqlite.schema import (
    ABSENT,
    OBSERVED_FROM,
    PAST,
    PLACES,
    PRESENT,
    RECORD_SHIFT,
    STATE_CODES,
    TYPE_CODES,
)

OBSERVED_CODES = ",".join(str(TYPE_CODES[edge_type]) for edge_type in sorted(OBSERVED))


class Observing(NamedTuple):
    """When this crawl looks, and when the last whole one did."""

    at: int
    not_before: int | None


class Withdrawing:
    """Takes claims back and remembers which nodes that may have changed."""

    def __init__(self, connection: Connection, observing: Observing) -> None:
        self._connection = connection
        self._observing = observing
        self.touched: set[int] = set()

    def replace(self, number: int, record: Record) -> list[EdgeClaim]:
        """Make room for a record's new claims; the intervals that it has from now on."""
        self._keep_history(number, record.nodes)
        kept = self._take_intervals(number)
        self._delete_claims(number)
        claimed = [edge for edge in record.edges if edge.type in OBSERVED]
        return observe(kept, claimed, *self._observing)

    def close_intervals(self, number: int) -> list[EdgeClaim]:
        """Take a record's intervals out; what they are when nothing is claimed any more."""
        return observe(self._take_intervals(number), (), *self._observing)

    def retract(self, number: int) -> None:
        """Take a record back. It stays as past if an interval speaks of it: close those of all records before."""
        if self._is_observed(number):
            self._keep_history(number, (), retracted=True)
            self._close(number)
        else:
            self.discard(number)

    def discard(self, number: int) -> None:
        """Delete a record and all that it claims."""
        self._take_intervals(number)
        self._delete_claims(number)
        self._connection.execute("DELETE FROM history WHERE record = ?", (number,))
        self._connection.execute("DELETE FROM record WHERE id = ?", (number,))

    def _keep_history(self, number: int, new: Sequence[NodeClaim], *, retracted: bool = False) -> None:
        old = read_node_claims(self._connection, number)
        before = dict(reversed(old))
        if retracted:
            changed = {
                claim.id: track(claim) for claim in before.values() if claim.state is not State.DELETED
            }
        else:
            changed = track_changes([claim for _, claim in old], new)
        rows = [
            (number, node, self._observing.at, encode(changed[claim.id]))
            for node, claim in before.items()
            if claim.id in changed
        ]
        # What was true before the first change at one time is what was true before that time.
        self._connection.executemany("INSERT OR IGNORE INTO history VALUES (?,?,?,?)", rows)

    def _take_intervals(self, number: int) -> list[EdgeClaim]:
        first, last = _places(number, OBSERVED_FROM, PLACES)
        found = read_edge_claims(self._connection, first, last)
        self._touch_edges(first, last)
        self._connection.execute("DELETE FROM edge WHERE id BETWEEN ? AND ?", (first, last))
        return found

    def _delete_claims(self, number: int) -> None:
        """All but the intervals."""
        first, last = _places(number, 0, OBSERVED_FROM)
        self._touch_nodes(first, last)
        self._touch_edges(first, last)
        for sql in (
            "DELETE FROM label WHERE claim BETWEEN ? AND ?",
            "DELETE FROM node_claim WHERE id BETWEEN ? AND ?",
            "DELETE FROM edge WHERE id BETWEEN ? AND ?",
            "DELETE FROM mention WHERE id BETWEEN ? AND ?",
        ):
            self._connection.execute(sql, (first, last))

    def _close(self, number: int) -> None:
        """End a record's edges without deleting them; it is concerned by nothing any more."""
        first, last = _places(number, 0, OBSERVED_FROM)
        self._touch_nodes(first, last)
        self._touch_edges(first, last)
        at, execute = self._observing.at, self._connection.execute
        execute(
            "UPDATE edge SET valid_to = ? WHERE id BETWEEN ? AND ? AND valid_to IS NULL", (at, first, last)
        )
        execute(
            "UPDATE node_claim SET state = ? WHERE id BETWEEN ? AND ?",
            (STATE_CODES[State.DELETED], first, last),
        )
        execute("DELETE FROM mention WHERE id BETWEEN ? AND ?", (first, last))
        execute("UPDATE record SET retracted_at = ?, shares = NULL WHERE id = ?", (at, number))

    def _is_observed(self, number: int) -> bool:
        """Whether an interval is the record's own, or begins or ends at a node that it claims."""
        own = "SELECT 1 FROM edge WHERE id BETWEEN ? AND ?"
        if self._connection.execute(own, _places(number, OBSERVED_FROM, PLACES)).fetchone():
            return True
        others = (
            "SELECT 1 FROM node_claim c WHERE c.id BETWEEN ? AND ? AND ("
            f"EXISTS (SELECT 1 FROM edge WHERE src = c.node AND type IN ({OBSERVED_CODES})) OR "
            f"EXISTS (SELECT 1 FROM edge WHERE dst = c.node AND type IN ({OBSERVED_CODES})))"
        )
        return self._connection.execute(others, _places(number, 0, OBSERVED_FROM)).fetchone() is not None

    def _touch_nodes(self, first: int, last: int) -> None:
        rows = self._connection.execute("SELECT node FROM node_claim WHERE id BETWEEN ? AND ?", (first, last))
        self.touched.update(row[0] for row in rows)

    def _touch_edges(self, first: int, last: int) -> None:
        for row in self._connection.execute(
            "SELECT src, dst FROM edge WHERE id BETWEEN ? AND ?", (first, last)
        ):
            self.touched.update(row)

    def sweep_past(self) -> None:
        """Delete retracted records that no interval speaks of any more."""
        rows = self._connection.execute("SELECT id FROM record WHERE retracted_at IS NOT NULL").fetchall()
        for (number,) in rows:
            if not self._is_observed(number):
                self.discard(number)


def _places(number: int, first: int, end: int) -> tuple[int, int]:
    start = number << RECORD_SHIFT
    return start + first, start + end - 1


def mark_touched(connection: Connection, touched: Iterable[int], change: int) -> None:
    """These nodes changed, and something that is now speaks of them."""
    rows = [(change, PRESENT, node) for node in sorted(touched)]
    connection.executemany("UPDATE node SET changed = ?, standing = ? WHERE id = ?", rows)


_STANDING = f"""
UPDATE node SET changed = ?, standing = CASE
    WHEN EXISTS (SELECT 1 FROM node_claim c JOIN record r ON r.id = c.id >> {RECORD_SHIFT}
                 WHERE c.node = node.id AND r.retracted_at IS NULL)
      OR EXISTS (SELECT 1 FROM edge WHERE src = node.id AND valid_to IS NULL)
      OR EXISTS (SELECT 1 FROM edge WHERE dst = node.id AND valid_to IS NULL) THEN {PRESENT}
    WHEN EXISTS (SELECT 1 FROM node_claim WHERE node = node.id)
      OR EXISTS (SELECT 1 FROM edge WHERE src = node.id)
      OR EXISTS (SELECT 1 FROM edge WHERE dst = node.id) THEN {PAST}
    ELSE {ABSENT} END
WHERE id = ?"""


def settle_standing(connection: Connection, doubtful: Iterable[int], change: int) -> None:
    """Look again at nodes that lost something. Rows of absent nodes stay: a mirror must hear that they went."""
    connection.executemany(_STANDING, [(change, node) for node in sorted(doubtful)])
