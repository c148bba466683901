"""What the last crawl of an origin read where that was not all: three things look alike without it.

A crawl that is under way or broke off, one that ended and was asked for a part, and one that ended and could not read something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lineage_graph.graph import PART, Origin
from lineage_graph.query.answer import rfc3339
from lineage_graph.query.labels import quote_shell


class Part(NamedTuple):
    """The part that a crawl was asked for, and ended with. Empty where all was asked for, and something could not be read."""

    experiments: tuple[str, ...] = ()
    since: int | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether no more was asked for."""
        return bool(self.experiments) or self.since is not None

    @property
    def options(self) -> str:
        """As the command line has it: `--experiment churn --since 2026-11-24T09:00:00.000Z`."""
        words = [f"--experiment {quote_shell(name)}" for name in self.experiments]
        since = rfc3339(self.since)
        return " ".join([*words, f"--since {since}"] if since else words)

    def to_dict(self) -> dict[str, object]:
        """The JSON."""
        return {"experiments": list(self.experiments), "since": rfc3339(self.since)}


def part_of(origin: Origin) -> Part | None:
    """What was read where the last crawl ended and read no more than a part; None where it read all, or did not end.

    >>> part_of(Origin("mlflow:prod", "mlflow", read_at=5, report={PART: {"read_at": 5, "since": 0}})).options
    '--since 1970-01-01T00:00:00.000Z'
    >>> part_of(Origin("mlflow:prod", "mlflow", read_at=6, report={PART: {"read_at": 5, "since": 0}}))
    """
    told = origin.report.get(PART)
    # A crawl that begins keeps the report of the one before, and has another time.
    if not isinstance(told, Mapping) or told.get("read_at") != origin.read_at:
        return None
    if bool(told.get("complete")) != origin.complete:
        return None
    experiments, since = told.get("experiments"), told.get("since")
    names = tuple(map(str, experiments)) if isinstance(experiments, list | tuple) else ()
    return Part(names, since if isinstance(since, int) else None)


def has_ended(origin: Origin) -> bool:
    """Whether its last crawl read all that it was asked for."""
    part = part_of(origin)
    return origin.complete if part is None else origin.complete or part.is_chosen
