"""What was mapped once and comes again is remembered, as far as its texts are small: by weight, not by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

R = TypeVar("R")

REMEMBERED_TEXT = 2 << 20
"""Characters of arguments for which a function's results are kept. What is mapped of a schema takes some twenty times its text."""
LEAST = 64
"""Characters that a result weighs beside those of its arguments: no result is nothing."""


class Remembering(Generic[R]):
    """A function whose results are kept until the texts that they came from weigh too much; then it begins anew.

    An LRU of so many results would do for schemas of ten columns; a thousand of those of a thousand columns fill the memory.
    """

    def __init__(self, function: Callable[..., R]) -> None:
        self._function = function
        self._kept: dict[tuple[object, ...], R] = {}
        self._texts: set[str] = set()
        self._weight = 0

    def __call__(self, *given: object) -> R:
        """What the function gives, made once."""
        if given in self._kept:
            return self._kept[given]
        result = self._function(*given)
        self._weight += LEAST + self._weigh(given)
        if self._weight > REMEMBERED_TEXT:
            self.cache_clear()
            self._weight = LEAST + self._weigh(given)
        self._kept[given] = result
        return result

    def __len__(self) -> int:
        return len(self._kept)

    def cache_clear(self) -> None:
        """Forget all: by the name that it has in functools."""
        self._kept.clear()
        self._texts.clear()
        self._weight = 0

    def _weigh(self, value: object) -> int:
        """Each text once: the schema that thousands of datasets have is held, and mapped, once for all of them."""
        if isinstance(value, tuple):
            return sum(map(self._weigh, value))
        if not isinstance(value, str) or value in self._texts:
            return 0
        self._texts.add(value)
        return len(value)


def remember(function: Callable[..., R]) -> Remembering[R]:
    """Keep results as `Remembering` does.

    >>> calls = []
    >>> shout = remember(lambda text: calls.append(text) or text.upper())
    >>> shout("a"), shout("a"), calls, len(shout)
    ('A', 'A', ['a'], 1)
    """
    return Remembering(function)
