"""What a model packaged by Databricks' Feature Engineering client says of its columns: `feature_spec.yaml`. Pure.

The client packages a model under the loader module `databricks.feature_store.mlflow_model`, with the file beside the raw model in
`data/feature_store`. Both are the same in all of its versions:

- https://github.com/mlflow/mlflow/blob/v3.1.0/mlflow/models/model.py (`_DATABRICKS_FS_LOADER_MODULE`)
- https://pypi.org/project/databricks-feature-engineering/0.12.1/ (`ml_features_common/entities/feature_spec.py`: the file's form
  by serialization version; `ml_features_common/utils/uc_utils.py`: how its tables are named)

Each of `input_columns` has one key, what the column is called, and says where it comes from: `training_data` (the frame that was
trained on), `feature_store` (looked up in `table_name` as `feature_name`, by `lookup_key`) or `on_demand_feature` (a function of
other columns, `input_bindings`). With `include: false` the model itself does not take it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lineage_graph.sources.mlflow.file_state import FileState

LOADER = "databricks.feature_store.mlflow_model"
FILE = "data/feature_store/feature_spec.yaml"
_TABLE = re.compile(r"[^. /\x00-\x1f\x7f]+(?:\.[^. /\x00-\x1f\x7f]+){1,2}")
_OF_THE_WORKSPACE = "hive_metastore"
_ITS_OTHER_NAME = "spark_catalog"


class LookedUp(NamedTuple):
    """A feature: a column of a table."""

    table: str
    column: str


class FeatureSpec(NamedTuple):
    """The columns of its training data that a model takes, and the features."""

    state: FileState
    columns: tuple[str, ...] = ()
    features: tuple[LookedUp, ...] = ()


NOT_READ = FeatureSpec(FileState.NOT_READ)
UNREADABLE = FeatureSpec(FileState.UNREADABLE)


class _Column(NamedTuple):
    made_of: tuple[str, ...]
    feature: LookedUp | None
    taken: bool
    trained_on: bool = False


def is_packaged(flavors: object) -> bool:
    """Whether a model's flavors, as an MLmodel file or a run's history has them, say that it looks features up."""
    function = flavors.get("python_function") if isinstance(flavors, Mapping) else None
    return isinstance(function, Mapping) and function.get("loader_module") == LOADER


def parse_feature_spec(content: object) -> FeatureSpec:
    """The facts of a feature spec; `UNREADABLE` in state where an entry is of another form, with what the others say.

    Declared features (`features`, since serialization version 10) are named without their tables: those are not known.
    """
    if not isinstance(content, Mapping) or not isinstance(content.get("input_columns"), list):
        return UNREADABLE
    columns: dict[str, _Column] = {}
    sound = "features" not in content
    for entry in content["input_columns"]:
        name, column = _read_entry(entry)
        if column is None:
            sound = False
        else:
            columns[name] = column
    needed = _needed(columns)
    features = {feature for name in needed if (feature := columns[name].feature)}
    state = FileState.READ if sound and columns else FileState.UNREADABLE
    trained_on = sorted(name for name in needed if columns[name].trained_on)
    return FeatureSpec(state, tuple(trained_on), tuple(sorted(features)))


def _read_entry(entry: object) -> tuple[str, _Column | None]:
    if not isinstance(entry, Mapping) or len(entry) != 1:
        return "", None
    ((name, said),) = entry.items()
    if not isinstance(name, str) or not isinstance(said, Mapping):
        return "", None
    taken = said.get("include") is not False
    match said.get("source"):
        case "training_data":
            return name, _Column((), None, taken, trained_on=True)
        case "on_demand_feature":
            bound = said.get("input_bindings") or {}
            return name, _Column(_texts(bound.values()), None, taken) if isinstance(bound, Mapping) else None
        case "feature_store":
            feature = _read_feature(said)
            keys = [*_listed(said.get("lookup_key")), *_listed(said.get("timestamp_lookup_key"))]
            return name, _Column(_texts(keys), feature, taken) if feature else None
        case _:
            return name, None


def _read_feature(said: Mapping[str, object]) -> LookedUp | None:
    """A table of two names lies in the workspace's own metastore, whatever the session's catalog is (`uc_utils.py`)."""
    table, column = said.get("table_name"), said.get("feature_name")
    if not isinstance(table, str) or not _TABLE.fullmatch(table) or not isinstance(column, str) or not column:
        return None
    parts = table.split(".")
    if len(parts) == 2 or parts[0] == _ITS_OTHER_NAME:
        parts = [_OF_THE_WORKSPACE, *parts[-2:]]
    return LookedUp(".".join(parts), column)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value] if value else []


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))


def _needed(columns: Mapping[str, _Column]) -> set[str]:
    """What the model takes, and what that is made of or looked up by."""
    needed: set[str] = set()
    waiting = [name for name, column in columns.items() if column.taken]
    while waiting:
        name = waiting.pop()
        if name in columns and name not in needed:
            needed.add(name)
            waiting.extend(columns[name].made_of)
    return needed
