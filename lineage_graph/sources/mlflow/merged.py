"""Several streams of pages at once: while one page is mapped, the next are under way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

P = TypeVar("P")
PAGES_AHEAD = 2
"""Few: a page of a thousand runs is some megabytes."""


def merged(streams: Sequence[Iterator[P]], workers: int) -> Iterator[P]:
    """The items of all streams, each stream's in order. An error in one ends all; leaving early stops the threads."""
    ready: Queue[P | _Ended] = Queue(maxsize=PAGES_AHEAD)
    waiting: Queue[Iterator[P]] = Queue()
    for stream in streams:
        waiting.put(stream)
    stop = Event()
    threads = [
        Thread(target=_work, args=(waiting, ready, stop), daemon=True)
        for _ in range(min(workers, len(streams)))
    ]
    for thread in threads:
        thread.start()
    running = len(threads)
    try:
        while running:
            item = ready.get()
            if not isinstance(item, _Ended):
                yield item
            elif item.error is not None:
                raise item.error
            else:
                running -= 1
    finally:
        stop.set()


class _Ended:
    """A worker's last word."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def _work(waiting: Queue[Iterator[P]], ready: Queue[P | _Ended], stop: Event) -> None:
    error: BaseException | None = None
    try:
        while not stop.is_set():
            for item in waiting.get_nowait():
                if not _put(ready, item, stop):
                    return
    except Empty:
        pass
    except BaseException as raised:  # noqa: BLE001 - raised again in the thread that asked
        error = raised
    _put(ready, _Ended(error), stop)


def _put(ready: Queue[P | _Ended], item: P | _Ended, stop: Event) -> bool:
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.1)
        except Full:
            continue
        return True
    return False
