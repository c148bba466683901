"""When Python looks for garbage in cycles: a crawl makes millions of tuples and hardly a cycle, so it need not look often."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 250_000
"""Objects made and still there: a batch leaves a few ten thousand, nearly all of them no garbage."""


@contextmanager
def collecting_between_batches() -> Iterator[None]:
    """No collection within a batch: looking through what a batch is made of took a third of a crawl."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def collect_batch() -> None:
    """Collect what became garbage since the last time, if that may be much; what is older was looked at before."""
    if gc.get_count()[0] > MANY:
        gc.collect(0)
