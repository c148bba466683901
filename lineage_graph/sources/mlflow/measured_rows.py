"""Which runs measured which logged models on which data: `logged_model_metrics`, which no index finds by run."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.sources.mlflow.access import Access
from lineage_graph.sources.mlflow.payload import Measured

MeasuredByRun = Mapping[str, list[Measured]]


def read_measured(access: Access) -> MeasuredByRun:
    """Measurements with a dataset, by the run that made them; of several values of a metric the last.

    One reading for all runs: there are few such rows beside those of a training, and no index to find a run's by.
    """
    if not access.has("logged_model_metrics"):
        return {}
    found: dict[str, dict[tuple[str, str, str], dict[str, float]]] = {}
    sql = (
        "SELECT run_id, model_id, dataset_name, dataset_digest, metric_name, metric_value FROM logged_model_metrics "
        "WHERE dataset_name IS NOT NULL "
        "ORDER BY run_id, model_id, dataset_name, dataset_digest, metric_step, metric_timestamp_ms, metric_value"
    )
    for run, model, name, digest, metric, value in access.rows(sql):
        if value is not None:
            found.setdefault(run, {}).setdefault((model, name, digest or ""), {})[metric] = float(value)
    return {
        run: [Measured(*key, metrics) for key, metrics in sorted(measurements.items())]
        for run, measurements in found.items()
    }
