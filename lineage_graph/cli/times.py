"""Times as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_AGO = re.compile(r"(\d{1,6})\s*(s|m|h|d|w)")
_MILLISECONDS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
WHAT_A_TIME_IS = "a time such as 2026-11-20, 2026-11-20T09:30Z, or 3d (ago)"
WHAT_A_SPAN_IS = "a span such as 90m, 24h, 7d"


def parse_span(text: str) -> int:
    """Milliseconds of `90m`, `24h`, `7d`. Raises ValueError.

    >>> parse_span("90m")
    5400000
    """
    match = _AGO.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    return int(match[1]) * _MILLISECONDS[match[2]]


def parse_time(text: str, now: int) -> int:
    """Epoch milliseconds of a date, an RFC 3339 time (UTC unless it says otherwise) or a span before `now`.

    >>> parse_time("1970-01-02", now=0)
    86400000
    >>> parse_time("2h", now=7_200_000)
    0
    """
    text = text.strip()
    if text == "now":
        return now
    if _AGO.fullmatch(text):
        return now - parse_span(text)
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
