"""What time it is, where a test says so: the graph keeps when it was read, and nothing else may differ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

NOON = 1_800_000_000_000
"""Later than anything in the committed stores, in epoch milliseconds."""


@contextmanager
def clock(ms: int = NOON) -> Iterator[None]:
    with patch("time.time", lambda: ms / 1000):
        yield
