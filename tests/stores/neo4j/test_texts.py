"""Ids and claims as texts, and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import Claimed
from lineage_graph.stores.neo4j.texts import (
    LONGEST,
    Placed,
    edge_key,
    edge_line,
    end_of_records,
    key_of,
    line_start,
    node_line,
    read_edge_claims,
    read_interval,
    read_node_claims,
    record_id,
    record_prefix,
    split_lines,
    start_of,
    write_interval,
)
from lineage_graph.testing.strategies import edge_claims, node_claims

ANY = st.text(st.characters(exclude_categories=()), max_size=30).filter(
    lambda text: json.loads(json.dumps(text)) == text
)
"""Half surrogate pairs, control characters and all; the two halves of a pair are one character to JSON, wherever it came from."""


@given(ANY, ANY)
def test_two_ids_never_have_one_key(one: str, other: str):
    assert (key_of(one) == key_of(other)) == (one == other)


@pytest.mark.parametrize("text", ["x" * LONGEST + "y", "\ud800", "x#sha256-" + "0" * 64, key_of("x" * 9_000)])
def test_what_cannot_be_kept_is_hashed(text):
    key = key_of(text)
    assert key != text
    assert len(key.encode()) < 4_000
    # A key is no key of itself: what is called like one is somebody else.
    assert key_of(key) != key


@given(ANY, ANY, ANY, ANY)
def test_records_of_two_origins_never_meet(origin: str, key: str, other: str, other_key: str):
    same = (origin, key) == (other, other_key)
    assert (record_id(origin, key) == record_id(other, other_key)) == same
    found = record_id(other, other_key).startswith(record_prefix(origin))
    assert found == (origin == other)
    assert (record_prefix(origin) <= record_id(other, other_key) < end_of_records(origin)) == found


@given(ANY, ANY, node_claims(), st.integers(0, 9), st.booleans())
def test_a_claim_on_a_node_comes_back(origin, record, claim, place, gone):
    placed = Placed(place, gone, Claimed(origin, record, claim))
    line = node_line(placed)
    assert line.isascii()
    assert start_of(line) == line_start(origin, record)
    assert read_node_claims(claim.id, line) == [placed]


@given(ANY, ANY, st.lists(edge_claims(), min_size=1, max_size=4))
def test_claims_on_an_edge_come_back_in_order(origin, record, claims):
    first = claims[0]
    alike = [claim._replace(src=first.src, dst=first.dst, type=first.type) for claim in claims]
    placed = [Placed(place, False, Claimed(origin, record, claim)) for place, claim in enumerate(alike)]
    text = "\n".join(map(edge_line, reversed(placed)))
    assert len(split_lines(text)) == len(claims)
    assert read_edge_claims(first.src, first.dst, first.type, text) == placed


@given(edge_claims())
def test_an_interval_comes_back(claim):
    key = edge_key(claim)
    assert read_interval(write_interval(key)) == (key.began, key.ended)
