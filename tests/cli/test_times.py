"""Times as people type them."""

import pytest

from lineage_graph.cli.times import parse_span, parse_time

NOW = 1_000_000_000_000
TIMES = {
    "1970-01-01": 0,
    "1970-01-01T00:00:01Z": 1000,
    "1970-01-01T01:00:00+01:00": 0,
    "1970-01-01T00:00": 0,
    "now": NOW,
    "90m": NOW - 5_400_000,
    "3d": NOW - 3 * 86_400_000,
}


@pytest.mark.parametrize(("text", "expected"), TIMES.items())
def test_a_time(text, expected):
    assert parse_time(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "5", "-3d", "1y"])
def test_no_time(text):
    with pytest.raises(ValueError):  # noqa: PT011 - fromisoformat has its own words
        parse_time(text, NOW)


@pytest.mark.parametrize("text", ["d", "1.5h", "1y"])
def test_no_span(text):
    with pytest.raises(ValueError, match=text):
        parse_span(text)
