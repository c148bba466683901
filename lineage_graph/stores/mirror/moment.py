"""One state of a store, read in many questions: whoever reads it checks that it is still the same, and that there is time left."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import NamedTuple

from lineage_graph.errors import QueryTimeout, StoreBusy
from lineage_graph.stores.base import Store


class Moved(StoreBusy):
    """The store was written while it was read."""


class Late(NamedTuple):
    """What a question's time went into, and what makes that less."""

    doing: str
    hint: str


BUILDING = Late(": the mirror was still being built", "the next question only waits for what changed since")
MEASURING = Late(
    ": how deep the graph is was still being found out, which * without an end asks for",
    "an end such as *1..5 needs no such thing",
)
RUNNING = Late("", "LIMIT and a label make it less")


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a question's time is over, which the mirror's making is a part of."""

    timeout: float | None = None
    until: float = float("inf")

    @classmethod
    def after(cls, timeout: float | None) -> Deadline:
        """So many seconds from now; None for never."""
        return cls() if timeout is None else cls(timeout, time.monotonic() + timeout)

    def check(self, late: Late = BUILDING) -> None:
        """Raises `QueryTimeout`, with what the time went into."""
        if time.monotonic() >= self.until:
            raise self.over(late)

    def over(self, late: Late) -> QueryTimeout:
        """The error for a question that took too long."""
        return QueryTimeout(
            f"the query took longer than {self.timeout:g} s{late.doing}",
            hint=f"--timeout SECONDS gives it more; {late.hint}",
        )

    def left(self) -> int:
        """Milliseconds, one at least; 0 where there is no limit, as ladybug has it."""
        if self.timeout is None:
            return 0
        return max(1, round((self.until - time.monotonic()) * 1000))

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
