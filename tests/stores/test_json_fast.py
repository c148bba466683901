"""A value's text is read as that which Python's `json` would have written, whichever library wrote it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import Mention, State
from lineage_graph.stores.json_fast import to_json_fast, to_utf8
from lineage_graph.stores.json_text import to_json

TEXTS = st.text(alphabet=st.characters(exclude_categories=[])) | st.sampled_from(
    ["\x7f", "\ud800", "é", "a\n"]
)
NUMBERS = (
    st.integers() | st.floats() | st.booleans() | st.sampled_from([2**63, 2**64, -(2**63) - 1, 1e16, -0.0])
)
VALUES = st.recursive(
    st.none() | NUMBERS | TEXTS | st.sampled_from([*State, b"bytes"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.integers(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_reads_as_json_would_have_it(value: object) -> None:
    text = to_json_fast(value)
    assert repr(json.loads(text)) == repr(json.loads(to_json(value)))
    assert text.isascii()


@given(VALUES)
def test_letters_stay_as_they_are_or_it_is_refused(value: object) -> None:
    try:
        text = to_utf8(value)
    except TypeError:
        return
    assert repr(json.loads(text)) == repr(json.loads(to_json(value)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"a": float("nan"), "b": None}, '{"a":NaN,"b":null}', id="nan is not null"),
        pytest.param({"a": {"b": [float("-inf")]}}, '{"a":{"b":[-Infinity]}}', id="infinity inside"),
        pytest.param({"a": 2**70}, f'{{"a":{2**70}}}', id="past 64 bits"),
        pytest.param({"a": {1: "x"}}, '{"a":{"1":"x"}}', id="a key that is a number"),
        pytest.param(
            {"ключ": "é"}, '{"\\u043a\\u043b\\u044e\\u0447":"\\u00e9"}', id="in ASCII, as keys are looked for"
        ),
        pytest.param({"a": "\x7f\x1f"}, '{"a":"\\u007f\\u001f"}', id="control characters"),
        pytest.param({"a": "\ud800"}, '{"a":"\\ud800"}', id="half of a character"),
        pytest.param(
            {"a": State.LIVE, "b": (1, 2.5)}, '{"a":"live","b":[1,2.5]}', id="a word of ours, a tuple"
        ),
        pytest.param(
            [datetime(2026, 1, 1, tzinfo=UTC)],
            '["2026-01-01 00:00:00+00:00"]',
            id="what JSON has not, as text",
        ),
        pytest.param([Mention("k", "n"), None], '[["k","n"],null]', id="a tuple with names"),
    ],
)
def test_the_text(value: object, text: str) -> None:
    assert to_json_fast(value) == text
