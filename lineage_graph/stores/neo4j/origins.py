"""What is kept of an origin."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lineage_graph.graph import Origin
from lineage_graph.stores.json_text import to_json
from lineage_graph.stores.neo4j.connection import Connection, Transaction
from lineage_graph.stores.neo4j.texts import key_of

_BEGIN = """MERGE (o:LineageOrigin {id: $id}) ON CREATE SET o.report = '{}'
SET o.told = $told, o.read_at = $at, o.complete = false"""
_END = """MATCH (o:LineageOrigin {id: $id})
SET o.complete = $complete, o.report = coalesce($report, o.report), o.whole_at = coalesce($whole_at, o.whole_at)"""
_COPIED = """MATCH (o:LineageOrigin {id: $id})
SET o.read_at = $at, o.complete = $complete, o.report = $report, o.whole_at = $whole_at"""
_DOUBT = "MATCH (o:LineageOrigin {id: $id}) SET o.complete = false"
_DELETE = "MATCH (o:LineageOrigin {id: $id}) DELETE o"
_WHOLE_AT = "MATCH (o:LineageOrigin {id: $id}) RETURN o.whole_at"
ORIGIN = "[o.told, o.read_at, o.complete, o.report, o.whole_at]"
"""What `read_origin` reads of a `LineageOrigin o`."""


def begin_origin(transaction: Transaction, origin: Origin, at: int) -> None:
    """The origin is being read, and incomplete from now on."""
    told = to_json([origin.name, origin.type, origin.uri, dict(origin.settings)])
    transaction.run(_BEGIN, id=key_of(origin.name), told=told, at=at)


def end_origin(
    transaction: Transaction,
    name: str,
    whole_at: int | None,
    complete: bool,
    report: Mapping[str, object] | None,
) -> None:
    """It was read."""
    text = None if report is None else to_json(dict(report))
    transaction.run(_END, id=key_of(name), complete=complete, report=text, whole_at=whole_at)


def end_copied_origin(transaction: Transaction, origin: Origin, whole_at: int | None) -> None:
    """It is as it was where it was copied from."""
    transaction.run(
        _COPIED,
        id=key_of(origin.name),
        at=origin.read_at,
        complete=origin.complete,
        report=to_json(dict(origin.report)),
        whole_at=whole_at,
    )


def doubt_origin(transaction: Transaction, name: str) -> None:
    """It is not whole any more."""
    transaction.run(_DOUBT, id=key_of(name))


def delete_origin(transaction: Transaction, name: str) -> None:
    """As if it had never been read."""
    transaction.run(_DELETE, id=key_of(name))


def read_whole_at(connection: Connection, name: str) -> int | None:
    """When it was last read whole."""
    found = connection.read(_WHOLE_AT, id=key_of(name))
    return found[0][0] if found else None  # type: ignore[return-value]


def read_origin(row: Sequence[object]) -> tuple[Origin, int | None]:
    """An origin, and when it was last read whole."""
    told, read_at, complete, report, whole_at = row
    name, kind, uri, settings = json.loads(str(told))
    origin = Origin(name, kind, uri, settings, read_at, bool(complete), json.loads(str(report)))  # type: ignore[arg-type]
    return origin, whole_at  # type: ignore[return-value]
