"""Work done one step ahead, in a thread of its own, while its results are being used."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def one_ahead(work: Callable[[T], R], items: Iterable[T]) -> Generator[R, None, None]:
    """What `work` makes of each item, in order; the next one is made meanwhile. The items are taken in the caller's own thread.

    >>> list(one_ahead(len, ["a", "bcd"]))
    [1, 3]
    """
    with ThreadPoolExecutor(1, "lineage-graph-ahead") as thread:
        made: Future[R] | None = None
        for item in items:
            following = thread.submit(work, item)
            if made is not None:
                yield made.result()
            made = following
        if made is not None:
            yield made.result()
