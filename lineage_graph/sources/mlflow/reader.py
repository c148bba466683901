"""What each way of reading an MLflow store gives: payloads, in batches, with a fingerprint that is cheaper than the payload.

Readers only read. What a payload means is `mapping`'s to say, so that four readers share one mapping.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar

from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow.payload import (
    ExperimentPayload,
    ModelPayload,
    RegisteredModelPayload,
    RunPayload,
    VersionPayload,
)

BATCH = 2_000
"""Payloads that are held at a time: enough to spread the cost of a query, few enough for memory to stay flat."""

P = TypeVar("P")


class Item(NamedTuple, Generic[P]):
    """A payload that need not be built if its fingerprint is known already."""

    key: str
    fingerprint: bytes
    load: Callable[[], P]


class Selection(NamedTuple):
    """What to read: the experiments by id, whether these are all there are, and runs from when on (epoch ms)."""

    experiments: Mapping[str, ExperimentPayload]
    every: bool = True
    since: int | None = None

    def name_of(self, experiment_id: str) -> str:
        """The experiment's name, empty where the store lost it."""
        found = self.experiments.get(experiment_id)
        return found.name if found else ""

    def workspace_of(self, experiment_id: str) -> str:
        """The workspace that the experiment lies in."""
        found = self.experiments.get(experiment_id)
        return found.workspace if found else "default"

    def wants(self, start: int | None, end: int | None, status: str) -> bool:
        """Whether a run began, ended or went on since then."""
        if self.since is None or status in UNFINISHED:
            return True
        return max(start or 0, end or 0) >= self.since


UNFINISHED = frozenset({"RUNNING", "SCHEDULED"})
MODEL_STATUS = {1: "PENDING", 2: "READY", 3: "FAILED"}
"""https://mlflow.org/docs/latest/api_reference/rest-api.html (LoggedModelStatus)."""
UNFINISHED_MODEL = frozenset({"PENDING", "FAILED"})


class Reader(ABC):
    """One MLflow store, opened for reading alone. Call `models` before `runs`: over HTTP they tell which runs to ask more of."""

    report: Report

    @abstractmethod
    def experiments(self) -> list[ExperimentPayload]:
        """All experiments, the deleted ones too."""

    @abstractmethod
    def models(self, selection: Selection) -> Iterator[list[Item[ModelPayload]]]:
        """Logged models; none before MLflow 3."""

    @abstractmethod
    def runs(self, selection: Selection) -> Iterator[list[Item[RunPayload]]]:
        """Runs with all that hangs on them, the deleted ones too."""

    def unlisted_models(self, selection: Selection) -> list[ModelPayload]:
        """Deleted models that runs name, where `models` can't see them. Call it after `runs`."""
        return []

    @abstractmethod
    def registered_models(self) -> list[RegisteredModelPayload]:
        """Registered models with their aliases, prompts too."""

    @abstractmethod
    def versions(self) -> Iterator[list[VersionPayload]]:
        """Versions of registered models, without deleted ones."""

    def totals(self, selection: Selection) -> Mapping[str, int]:
        """How many runs and models there are to read, where that is cheap to know."""
        return {}

    def artifact(self, location: str, path: str) -> bytes | None:
        """The file `path` under an artifact location; None where it can't be read from here."""
        from lineage_graph.sources.mlflow.artifacts import read_local

        return read_local(location, path)

    def close(self) -> None:  # noqa: B027 - most hold nothing open
        """Let go of what is open."""


def loaded(key: str, payload: P) -> Item[P]:
    """An item of a payload that had to be built anyway."""
    return Item(key, fingerprint_of(payload), lambda: payload)


def fingerprint_of(payload: object) -> bytes:
    """The same for equal payloads, whatever order their mappings came in."""
    return blake2b(
        json.dumps(payload, sort_keys=True, default=repr).encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


def batched(items: Iterable[P], size: int = BATCH) -> Iterator[list[P]]:
    """The items in lists of `size`; the last may be shorter."""
    batch: list[P] = []
    for item in items:
        batch.append(item)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
