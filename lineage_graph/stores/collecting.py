"""When Python looks for garbage among what a large answer is made of."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 2_000
"""Values; among fewer the search costs nothing that can be noticed."""


@contextmanager
def without_collecting(count: int) -> Iterator[None]:
    """Make many small values that all stay: looking for garbage among them took three quarters of the time."""
    pause = count >= MANY and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()
