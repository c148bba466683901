"""What was mapped once and comes again is remembered, as far as its texts are small: by weight, not by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")

REMEMBERED_TEXT = 2 << 20
"""Characters of arguments for which a function's results are kept. What is mapped of a schema takes some twenty times its text."""


def remember(function: Callable[..., R]) -> Callable[..., R]:
    """Keep results until the texts that they came from weigh too much, and then begin anew.

    An LRU of so many results would do for schemas of ten columns; a thousand of those of a thousand columns fill the memory.

    >>> calls = []
    >>> shout = remember(lambda text: calls.append(text) or text.upper())
    >>> shout("a"), shout("a"), calls
    ('A', 'A', ['a'])
    """
    kept: dict[tuple[object, ...], R] = {}
    weight = 0

    def remembered(*given: object) -> R:
        nonlocal weight
        if given in kept:
            return kept[given]
        result = function(*given)
        weight += _weigh(given)
        if weight > REMEMBERED_TEXT:
            kept.clear()
            weight = _weigh(given)
        kept[given] = result
        return result

    return remembered


def _weigh(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return sum(map(_weigh, value)) if isinstance(value, tuple) else 1
