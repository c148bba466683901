"""What a run read each dataset for: the first rule that applies, its name kept with the answer.

MLflow has one place for the role, the tag `mlflow.data.context` of the input, and no vocabulary for it
(https://mlflow.org/docs/latest/ml/dataset/). Its own evaluation logs no context, or its `metric_prefix` as the context.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from lineage_graph.graph import Evidence, Role
from lineage_graph.naming.looks import ends_like_data
from lineage_graph.naming.words import roles_in
from lineage_graph.sources.mlflow.locations import is_path
from lineage_graph.sources.mlflow.payload import RunPayload

CONTEXT_TAG = "mlflow.data.context"
_IS_EVALUATION_TAG = "mlflow.run.isEval"
_JUDGED_TAG = "mlflow.datasets"
_ROWS_METRIC = "example_count"


class Reading(NamedTuple):
    """The role of one input, and how it is known. `context` is as recorded, None where nothing was."""

    role: Role
    rule: str
    evidence: Evidence
    context: str | None


class Row(NamedTuple):
    """What the rules must know of an input: the dataset's name, the context, the number of rows if known."""

    name: str
    context: str
    rows: int | None


@lru_cache(maxsize=4096)
def is_context_path(context: str) -> bool:
    """Whether a context is a path, and thus none: `data/train.csv`, but not `train/val`."""
    return is_path(context) and not _lists_roles(context)


def _lists_roles(context: str) -> bool:
    parts = context.split("/")
    return len(parts) > 1 and not ends_like_data(context) and all(roles_in(part) for part in parts)


class _Open(NamedTuple):
    """An input whose context names no role, among the others of its run like that."""

    run: RunPayload
    row: Row
    prefix: str
    """How the metrics of an evaluation on it would begin."""
    alike: Sequence[Row]
    """The open inputs with that prefix, itself among them."""
    among: int
    """How many inputs of the run are open."""
    made_model: bool


def read_roles(run: RunPayload, rows: Sequence[Row], made_model: bool) -> list[Reading]:
    """The role of each input, in the order of the inputs."""
    readings = [_by_context(row.context) for row in rows]
    if None not in readings:
        return [reading for reading in readings if reading]
    prefixes = [
        None if reading else _prefix_of(row.context, run) for row, reading in zip(rows, readings, strict=True)
    ]
    count = len(prefixes) - prefixes.count(None)
    found = []
    for row, reading, prefix in zip(rows, readings, prefixes, strict=True):
        if reading is None and prefix is not None:
            alike = [other for other, its in zip(rows, prefixes, strict=True) if its == prefix]
            reading = _without_context(_Open(run, row, prefix, alike, count, made_model))
        found.append(reading or Reading(Role.UNSPECIFIED, "unspecified", Evidence.INFERRED, row.context))
    return found


@lru_cache(maxsize=1024)
def _by_context(context: str) -> Reading | None:
    if not context or is_context_path(context):
        return None
    roles = roles_in(context)
    return Reading(roles[0], "context", Evidence.LOGGED, context) if roles else None


def _prefix_of(context: str, run: RunPayload) -> str | None:
    """How the metrics of MLflow's evaluation on an input begin if its context is none; None: it is one, of no known role.

    A context that begins the name of a metric of the run is an evaluation's `metric_prefix`.
    """
    if not context or is_context_path(context):
        return ""
    is_prefix = any(name.startswith(context) and name != context for name in run.metrics)
    return context if is_prefix else None


def _without_context(given: _Open) -> Reading:
    context = given.row.context or None
    for rule, evidence, applies in _RULES:
        if applies(given):
            return Reading(Role.EVALUATION, rule, evidence, context)
    named = roles_in(given.row.name)
    if len(named) == 1:
        return Reading(named[0], "dataset-name", Evidence.INFERRED, context)
    return Reading(Role.UNSPECIFIED, "unspecified", Evidence.INFERRED, context)


def _is_eval_run(given: _Open) -> bool:
    return given.run.tags.get(_IS_EVALUATION_TAG, "").lower() == "true"


def _has_evaluators_row_count(given: _Open) -> bool:
    """MLflow's own metric counts the rows of this input, and of no other that it could mean."""
    rows = given.row.rows
    if rows is None or given.run.metrics.get(given.prefix + _ROWS_METRIC) != rows:
        return False
    return sum(other.rows == rows for other in given.alike) == 1


def _is_only_one_that_evaluate_had(given: _Open) -> bool:
    return given.among == 1 and _JUDGED_TAG in given.run.tags


def _is_input_of_a_judge(given: _Open) -> bool:
    """The run named models that others made, and made none."""
    return bool(given.run.model_inputs) and not given.made_model


_RULES: tuple[tuple[str, Evidence, Callable[[_Open], bool]], ...] = (
    ("eval-run", Evidence.LOGGED, _is_eval_run),
    ("evaluator-row-count", Evidence.INFERRED, _has_evaluators_row_count),
    ("evaluate-tag", Evidence.INFERRED, _is_only_one_that_evaluate_had),
    ("model-input-only", Evidence.INFERRED, _is_input_of_a_judge),
)
