"""Times and lengths of time that are known before a query runs. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

# The forms of datetime('…') that Neo4j and ISO 8601 share; without a zone Neo4j takes its own, which is UTC unless configured.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d(:\d\d(:\d\d(\.\d{1,6})?)?)?)?(Z|[+-]\d\d:\d\d)?",
)
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
UNITS = {"weeks": "weeks", "days": "days", "hours": "hours", "minutes": "minutes", "seconds": "seconds"}


def is_utc(moment: datetime) -> bool:
    """Whether a moment is given in UTC: another zone, or none, is to Neo4j another value, not equal to the same instant."""
    return isinstance(moment.tzinfo, timezone) and not moment.utcoffset()


def parse_moment(text: str) -> datetime | None:
    """A moment; in UTC where no zone is named, None for another spelling.

    >>> parse_moment("2026-01-01T02:00Z").isoformat(), parse_moment("yesterday")
    ('2026-01-01T02:00:00+00:00', None)
    """
    if not _MOMENT.fullmatch(text) or ("T" not in text and len(text) > 10):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def parse_duration(text: str) -> timedelta | None:
    """Weeks to seconds; months and years are no fixed length of time.

    >>> parse_duration("P7DT12H"), parse_duration("P1M")
    (datetime.timedelta(days=7, seconds=43200), None)
    """
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
