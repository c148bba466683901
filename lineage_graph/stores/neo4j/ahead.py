"""Work that is one step ahead: the next is made ready in a thread while what is ready is being done."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class _Turns:
    """How long a thread that computes may keep the others waiting: each answer of a server is waited for so long once more."""

    SECONDS = 0.0005

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._before = 0.0

    @contextmanager
    def short(self) -> Iterator[None]:
        """Short ones, until the last that wants them is done. https://docs.python.org/3/library/sys.html#sys.setswitchinterval"""
        with self._lock:
            if not self._users:
                self._before = sys.getswitchinterval()
                sys.setswitchinterval(min(self._before, self.SECONDS))
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    sys.setswitchinterval(self._before)


_TURNS = _Turns()


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
            with _TURNS.short():
                self._do(ready.result())

    def close(self) -> None:
        """Drop what is not done."""
        self._ready = None
        self._thread.shutdown(cancel_futures=True)
