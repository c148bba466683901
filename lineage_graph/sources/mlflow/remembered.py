"""What was mapped once and comes again is remembered, as far as its texts are small: by weight, not by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

R = TypeVar("R")

REMEMBERED_TEXT = 2 << 20
"""Characters of arguments for which a function's results are kept. What is mapped of a schema takes some twenty times its text."""


class Remembering(Generic[R]):
    """A function whose results are kept until the texts that they came from weigh too much; then it begins anew.

    An LRU of so many results would do for schemas of ten columns; a thousand of those of a thousand columns fill the memory.
    """

    def __init__(self, function: Callable[..., R]) -> None:
        self._function = function
        self._kept: dict[tuple[object, ...], R] = {}
        self._weight = 0

    def __call__(self, *given: object) -> R:
        """What the function gives, made once."""
        if given in self._kept:
            return self._kept[given]
        result = self._function(*given)
        self._weight += _weigh(given)
        if self._weight > REMEMBERED_TEXT:
            self.cache_clear()
            self._weight = _weigh(given)
        self._kept[given] = result
        return result

    def __len__(self) -> int:
        return len(self._kept)

    def cache_clear(self) -> None:
        """Forget all: by the name that it has in functools."""
        self._kept.clear()
        self._weight = 0


def remember(function: Callable[..., R]) -> Remembering[R]:
    """Keep results as `Remembering` does.

    >>> calls = []
    >>> shout = remember(lambda text: calls.append(text) or text.upper())
    >>> shout("a"), shout("a"), calls, len(shout)
    ('A', 'A', ['a'], 1)
    """
    return Remembering(function)


def _weigh(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return sum(map(_weigh, value)) if isinstance(value, tuple) else 1
