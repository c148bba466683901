"""One record whose content nobody foresaw (bytes where text belongs, a wrong type) is left out and named; the crawl goes on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import TypeVar

from lineage_graph.errors import LineageError
from lineage_graph.graph import Record
from lineage_graph.redact import redact_text, strip_control
from lineage_graph.sources.base import Report

CODE = "record-unreadable"
_LOG = logging.getLogger(__name__)
_LATEST = 2**63
M = TypeVar("M")


def checked(record: Record) -> Record:
    """The record itself. Raises `ValueError` where an edge has a time that is none, which no store could keep."""
    for edge in record.edges:
        for time in (edge.valid_from, edge.valid_to):
            if time is not None and not (type(time) is int and -_LATEST <= time < _LATEST):
                raise ValueError("a time is no number of milliseconds")
    return record


def attempt(make: Callable[[], M], key: str, report: Report) -> M | None:
    """What `make` gives; None, and a skip in the report, where the content of that one record can't be mapped.

    What says that the source as a whole can't be read is let through. A fault of the mapping itself looks the same from here, so
    the traceback is logged, without what is secret in it.
    """
    try:
        return make()
    except (LineageError, OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - foreign content: whatever it breaks, it breaks one record
        shown = strip_control(redact_text(key))
        if _LOG.isEnabledFor(logging.DEBUG):
            _LOG.debug("%s cannot be mapped\n%s", shown, _traceback(error))
        # The error's own words may quote the content, so only its kind is told.
        report.skip(CODE, f"{shown} ({type(error).__name__})")
        return None


def _traceback(error: Exception) -> str:
    """Its messages quote foreign text: each line is indented, so that none can pass for a line of the log."""
    text = redact_text("".join(traceback.format_exception(error)))
    return "\n".join(f"    {strip_control(line)}" for line in text.rstrip("\n").split("\n"))
