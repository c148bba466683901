"""Work that is one step ahead: the next is made ready in a thread while what is ready is being done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class OneAhead(Generic[T]):
    """Does one thing after the other in its caller's thread, each when the next one is given, or when it is asked to.

    >>> done = []
    >>> ahead = OneAhead(done.append)
    >>> for number in (1, 2, 3):
    ...     ahead.give(lambda number=number: number * 10)
    >>> done
    [10, 20]
    >>> ahead.catch_up()
    >>> done
    [10, 20, 30]
    """

    def __init__(self, do: Callable[[T], object]) -> None:
        self._do = do
        self._thread = ThreadPoolExecutor(1, "lineage-graph-ahead")
        self._ready: Future[T] | None = None

    def give(self, make: Callable[[], T]) -> None:
        """Make this ready, and do what was given before. If that fails, this is not done."""
        following = self._thread.submit(make)
        try:
            self.catch_up()
        except BaseException:
            following.cancel()
            raise
        self._ready = following

    def catch_up(self) -> None:
        """Do what was given and is not done."""
        ready, self._ready = self._ready, None
        if ready is not None:
            self._do(ready.result())

    def close(self) -> None:
        """Drop what is not done."""
        self._ready = None
        self._thread.shutdown(cancel_futures=True)
