"""Collects which run measured which logged model on which data, where that stands with the models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lineage_graph.sources.mlflow.folders import MetricLine
from lineage_graph.sources.mlflow.payload import Measured

Key = tuple[str, str, str]


class MeasuredMetrics:
    """Filled while models are read, asked while runs are."""

    def __init__(self) -> None:
        self._found: dict[str, dict[Key, dict[str, MetricLine]]] = {}
        self.runs_of: dict[str, set[str]] = {}
        """Model -> runs that a metric of it names."""

    def add(self, model_id: str, metrics: Mapping[str, Iterable[MetricLine]]) -> None:
        """A model's metrics by name; only those on a dataset are measurements of it."""
        for name, lines in metrics.items():
            for line in lines:
                if line.run_id:
                    self.runs_of.setdefault(model_id, set()).add(line.run_id)
                if line.run_id and line.dataset_name:
                    key = (model_id, line.dataset_name, line.dataset_digest)
                    latest = self._found.setdefault(line.run_id, {}).setdefault(key, {})
                    if name not in latest or latest[name][:3] <= line[:3]:
                        latest[name] = line

    def of(self, run_id: str) -> tuple[Measured, ...]:
        """What a run measured."""
        found = self._found.get(run_id, {})
        return tuple(
            Measured(*key, {name: line.value for name, line in latest.items()})
            for key, latest in sorted(found.items())
        )
