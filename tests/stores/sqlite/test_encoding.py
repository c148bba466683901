"""What is kept of properties is what Python's `json` would keep of them, whichever library writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import State
from lineage_graph.stores.sqlite.encoding import encode, encode_often
from lineage_graph.stores.sqlite.rows import decode, encode_value

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


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_reads_as_json_would_have_it(properties: Mapping[str, object]) -> None:
    if properties:
        for text in (encode(properties), encode_often(properties)):
            assert text is not None
            assert repr(decode(text)) == repr(json.loads(encode_value(properties)))
            assert text.isascii()


@pytest.mark.parametrize(
    ("properties", "text"),
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
    ],
)
def test_the_text(properties: Mapping[str, object], text: str) -> None:
    assert encode(properties) == text


def test_one_is_not_true() -> None:
    assert [encode_often({"a": value}) for value in (1, True, 1.0)] == ['{"a":1}', '{"a":true}', '{"a":1.0}']


def test_nothing_is_null() -> None:
    assert encode({}) is None
    assert encode_often({}) is None
