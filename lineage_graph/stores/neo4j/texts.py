r"""Ids and claims as texts that Neo4j keeps, and back. Pure.

A property `_claims` holds one claim a line, in JSON that escapes all but ASCII, so that any text survives: NUL and half a surrogate pair
too. A line begins with origin and record, up to a tab, by which a record's own lines are told from the others::

    "mlflow:prod","runs/1",<tab>PLACE,GONE,NAME,STATE,EVIDENCE,GAPS,PROPERTIES                    of a node
    "mlflow:prod","runs/1",<tab>PLACE,EVIDENCE,RULE,REF,VALID_FROM,VALID_TO,PROPERTIES            of an edge
    "mlflow:prod","runs/1",<tab>UNTIL,TRACKED                                                     of a node's past
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from lineage_graph.graph import Claimed, EdgeClaim, EdgeType, Evidence, NodeClaim, State
from lineage_graph.naming import kind_of
from lineage_graph.stores.flat import clean
from lineage_graph.stores.json_fast import to_json_fast

LONGEST = 1_000
"""Characters of an id that is kept as it is. An index takes 8,000 bytes."""
_SHOWN = 200
_HASH = "#sha256-"
_HASHED = re.compile(_HASH + r"[0-9a-f]{64}\Z")
STATES = {state.value: state for state in State}
EVIDENCES = {evidence.value: evidence for evidence in Evidence}


class EdgeKey(NamedTuple):
    """Which relationship: what is open has no times, what ended is one for each interval."""

    src: str
    dst: str
    type: str
    began: int | None = None
    ended: int | None = None


def key_of(text: str) -> str:
    """What a unique index keeps for an id: the id, or for one too long or not valid its beginning and a hash.

    >>> key_of("run:1"), len(key_of("run:" + "x" * 10_000))
    ('run:1', 272)
    """
    is_short = len(text) <= LONGEST and (text.isascii() or clean(text) == text)
    if is_short and not (_HASH in text and _HASHED.search(text)):
        return text
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{clean(text[:_SHOWN])}#sha256-{digest}"


@lru_cache(64)
def record_prefix(origin: str) -> str:
    """What the ids of an origin's records begin with, and no others."""
    return origin.encode("unicode_escape").decode("ascii") + "\n"


def end_of_records(origin: str) -> str:
    """What comes after all ids of an origin's records, and before those of others."""
    return record_prefix(origin)[:-1] + "\x0b"


def record_id(origin: str, key: str) -> str:
    """The id of a record's node."""
    return record_prefix(origin) + key_of(key)


def edge_key(claim: EdgeClaim) -> EdgeKey:
    """Which relationship this claim is on."""
    if claim.valid_to is None:
        return EdgeKey(claim.src, claim.dst, claim.type.value)
    return EdgeKey(claim.src, claim.dst, claim.type.value, claim.valid_from, claim.valid_to)


def write_interval(key: EdgeKey) -> str:
    """An interval as a relationship's `_interval` has it; empty for what is open."""
    return "" if key.ended is None else f"{'' if key.began is None else key.began}/{key.ended}"


def read_interval(text: str) -> tuple[int | None, int | None]:
    """From and to.

    >>> read_interval("10/20"), read_interval("/20"), read_interval("")
    ((10, 20), (None, 20), (None, None))
    """
    began, slash, ended = text.partition("/")
    return (int(began) if began else None, int(ended) if slash else None)


def line_start(origin: str, record: str) -> str:
    """How the lines of a record begin, without the tab."""
    return f"{encode_basestring_ascii(origin)},{encode_basestring_ascii(record)},"


def past_line(start: str, until: int, tracked: Mapping[str, object]) -> str:
    """What a record told of a node until then, as a line."""
    return f"{start}\t{to_json_fast([until, tracked])[1:-1]}"


def split_lines(text: str | None) -> list[str]:
    """The lines of a property."""
    return text.split("\n") if text else []


def start_of(line: str) -> str:
    """Which record a line is of."""
    return line[: line.index("\t")]


Lines = list[tuple[Any, ...]]
"""The lines of a property, read."""


def parse_lines(text: str | None) -> Lines:
    """The lines of a property, in the order (origin, record, place)."""
    return parse_all([text])[0]


def parse_all(texts: Iterable[str | None]) -> list[Lines]:
    """Likewise of many properties, read at once: it is the calls that cost."""
    lists = ("[[" + text.replace("\n", "],[") + "]]" if text else "[]" for text in texts)
    found: list[Lines] = json.loads("[" + ",".join(lists) + "]")
    for lines in found:
        if len(lines) > 1:
            lines.sort(key=_place_of)
    return found


def _place_of(line: tuple[Any, ...]) -> tuple[str, str, int]:
    return line[0], line[1], line[2]


class Placed(NamedTuple):
    """A claim, its place in its record, and whether that record is gone."""

    place: int
    gone: bool
    claimed: Claimed


def node_line(placed: Placed) -> str:
    """A claim on a node as a line."""
    claim = placed.claimed.claim
    assert isinstance(claim, NodeClaim)
    start = line_start(placed.claimed.origin, placed.claimed.record)
    told = [
        placed.place,
        int(placed.gone),
        claim.name,
        claim.state,
        claim.evidence,
        claim.gaps,
        claim.properties,
    ]
    return f"{start}\t{to_json_fast(told)[1:-1]}"


def edge_line(placed: Placed) -> str:
    """A claim on an edge as a line."""
    claim = placed.claimed.claim
    assert isinstance(claim, EdgeClaim)
    start = line_start(placed.claimed.origin, placed.claimed.record)
    told = [placed.place, *claim[3:]]
    return f"{start}\t{to_json_fast(told)[1:-1]}"


def order_placed(placed: Placed) -> tuple[str, str, int]:
    """Claims in the order of their records and places: what is equal otherwise keeps it."""
    return placed.claimed.origin, placed.claimed.record, placed.place


def read_node_claims(node: str, text: str | None) -> list[Placed]:
    """The claims on a node."""
    return node_claims(node, parse_lines(text))


def node_claims(node: str, lines: Lines) -> list[Placed]:
    """Likewise of lines that were read already."""
    kind = kind_of(node)
    return [
        Placed(
            place,
            bool(gone),
            Claimed(
                origin,
                record,
                NodeClaim(node, kind, name, properties, tuple(gaps), STATES[state], EVIDENCES[evidence]),
            ),
        )
        for origin, record, place, gone, name, state, evidence, gaps, properties in lines
    ]


def read_edge_claims(src: str, dst: str, edge_type: EdgeType, text: str | None) -> list[Placed]:
    """The claims on an edge."""
    return edge_claims(src, dst, edge_type, parse_lines(text))


def edge_claims(src: str, dst: str, edge_type: EdgeType, lines: Lines) -> list[Placed]:
    """Likewise of lines that were read already."""
    return [
        Placed(
            place,
            False,
            Claimed(
                origin,
                record,
                EdgeClaim(src, dst, edge_type, EVIDENCES[evidence], rule, ref, began, ended, properties),
            ),
        )
        for origin, record, place, evidence, rule, ref, began, ended, properties in lines
    ]


def read_past(text: str | None) -> Lines:
    """Origin, record, until when, and what was tracked."""
    return parse_lines(text)
