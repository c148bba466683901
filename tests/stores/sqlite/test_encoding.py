"""Properties as a column keeps them: those that come again as those that do not."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.stores.json_text import to_json
from lineage_graph.stores.sqlite.encoding import encode, encode_often
from lineage_graph.stores.sqlite.rows import decode
from tests.stores.test_json_fast import TEXTS, VALUES


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_both_read_as_json_would_have_it(properties: Mapping[str, object]) -> None:
    for text in (encode(properties), encode_often(properties)):
        if properties:
            assert repr(decode(text)) == repr(json.loads(to_json(properties)))
        else:
            assert text is None


def test_one_is_not_true() -> None:
    assert [encode_often({"a": value}) for value in (1, True, 1.0)] == ['{"a":1}', '{"a":true}', '{"a":1.0}']
