"""What a source of lineage must do: read recorded payloads, and map each to records.

Reading does I/O; mapping is pure. `ingest` asks the store which payloads are new by key and fingerprint, and only those are
mapped, so that a crawl that finds nothing new costs little more than the reading.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol

from lineage_graph.graph import Origin, Record


class Pending(NamedTuple):
    """A payload that may not need mapping. `map` is called only when the fingerprint is new."""

    key: str
    fingerprint: bytes
    map: Callable[[], Record]


class Progress(Protocol):
    """An observer of a crawl; does nothing by default."""

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """`done` of `total` of `what` (runs, models, versions …) were read."""


def no_progress(what: str, done: int, total: int | None) -> None:
    """The default observer."""


@dataclass(slots=True)
class Report:
    """What was read, and what was not and why. Skips are counted by code, with one example each."""

    read: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def skip(self, code: str, example: str, count: int = 1) -> None:
        """Count something that was there and is not in the graph."""
        self.skipped[code] += count
        self.examples.setdefault(code, example)

    def to_dict(self) -> Mapping[str, object]:
        """`read` and `skipped` as `status` shows them."""
        skipped = [
            {"code": code, "count": count, "example": self.examples.get(code, "")}
            for code, count in sorted(self.skipped.items())
        ]
        return {"read": dict(sorted(self.read.items())), "skipped": skipped}


class Source(ABC):
    """One crawled system. A context manager: leaving it lets go of connections."""

    origin: Origin
    report: Report
    partial: bool = False
    """Only a part is read (`--experiment`, `--since`, a filtered view): absence means nothing, so nothing is retracted."""
    chosen: Mapping[str, object] = MappingProxyType({})
    """Which part was asked for: `experiments`, `since`; empty where all was."""

    @abstractmethod
    def read(self, progress: Progress = no_progress) -> Iterator[Sequence[Pending]]:
        """Batches of payloads; each batch is written durably before the next is asked for."""

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027 - a source that holds nothing open has nothing to do
        """Let go of what is open."""
