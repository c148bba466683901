"""One state of a store, read in many questions: whoever reads it checks that it is still the same, and that there is time left."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from lineage_graph.errors import QueryTimeout, StoreBusy
from lineage_graph.stores.base import Store


class Moved(StoreBusy):
    """The store was written while it was read."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a question's time is over, which the mirror's making is a part of."""

    timeout: float | None = None
    until: float = float("inf")

    @classmethod
    def after(cls, timeout: float | None) -> Deadline:
        """So many seconds from now; None for never."""
        return cls() if timeout is None else cls(timeout, time.monotonic() + timeout)

    def check(self) -> None:
        """Raises `QueryTimeout`."""
        if time.monotonic() >= self.until:
            raise QueryTimeout(
                f"the query took longer than {self.timeout:g} s: the mirror was still being built",
                hint="--timeout SECONDS gives it more; the next question only waits for what changed since",
            )

    def sleep(self, seconds: float) -> None:
        """Wait, and no longer than there is time."""
        time.sleep(max(0.0, min(seconds, self.until - time.monotonic())))
        self.check()


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a store that a mirror shows."""

    store: Store
    change: int
    stamp: str
    """What tells this state from another one that has the same change number."""
    deadline: Deadline = Deadline()

    @classmethod
    def of(cls, store: Store, deadline: Deadline = Deadline()) -> Moment:
        """As the store is now."""
        change, origins = store.state()
        stamp = hashlib.sha256(repr((store.identity(), origins)).encode()).hexdigest()
        return cls(store, change, stamp, deadline)

    def check(self) -> None:
        """Raises `Moved` when it is past: what was read since is of two states, and shows neither."""
        self.deadline.check()
        if Moment.of(self.store, self.deadline) != self:
            raise Moved("the graph was written while it was read", hint="ask again")
