"""What an MLmodel file says: the columns that a model takes and gives, its flavors, its uuid. Pure: text in, facts out.

https://mlflow.org/docs/latest/ml/model/#mlmodel-file
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from lineage_graph.sources.mlflow import feature_spec
from lineage_graph.sources.mlflow.feature_spec import FeatureSpec, is_packaged
from lineage_graph.sources.mlflow.file_state import FileState


class Column(NamedTuple):
    """A column of a signature. Tensors without a name are called by their position, as MLflow does."""

    name: str
    type: str


class Signature(NamedTuple):
    """What an MLmodel file says, or why it says nothing."""

    state: FileState
    inputs: tuple[Column, ...] = ()
    outputs: tuple[Column, ...] = ()
    flavors: tuple[str, ...] = ()
    model_uuid: str = ""
    features: FeatureSpec | None = None
    """Of a model that looks features up; None for all others, and where the MLmodel file was not read."""


NOT_READ = Signature(FileState.NOT_READ)
UNREADABLE = Signature(FileState.UNREADABLE)


def parse_mlmodel(text: bytes | str) -> Signature:
    """The facts of an MLmodel file; `UNREADABLE` if it is none. What features it looks up stands in another file."""
    content = parse_yaml(text)
    if not isinstance(content, Mapping):
        return UNREADABLE
    found = content.get("flavors")
    flavors = tuple(sorted(str(name) for name in found)) if isinstance(found, Mapping) else ()
    uuid = str(content.get("model_uuid") or "")
    features = feature_spec.UNREADABLE if is_packaged(found) else None
    recorded = content.get("signature")
    if not recorded:
        signature = Signature(FileState.ABSENT)
    else:
        signature = parse_signature(recorded) if isinstance(recorded, Mapping) else UNREADABLE
    return signature._replace(flavors=flavors, model_uuid=uuid, features=features)


def parse_yaml(text: bytes | str) -> object:
    """What a YAML text holds; None where it is none. The C loader is eight times faster, and no less safe."""
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def parse_signature(recorded: Mapping[str, object]) -> Signature:
    """The columns of a signature as MLmodel files and the tag `mlflow.log-model.history` hold it."""
    try:
        inputs, outputs = _columns(recorded.get("inputs")), _columns(recorded.get("outputs"))
    except (ValueError, RecursionError):
        return UNREADABLE
    return Signature(FileState.READ, inputs, outputs)


def _columns(recorded: object) -> tuple[Column, ...]:
    """`inputs` and `outputs` are JSON in a text: a list of columns or of tensors, or null."""
    specs: Any = json.loads(recorded) if isinstance(recorded, str) else recorded
    if not specs:
        return ()
    if not isinstance(specs, list):
        raise ValueError("no list of columns")
    return tuple(_column(spec, position) for position, spec in enumerate(specs))


def _column(spec: object, position: int) -> Column:
    if not isinstance(spec, Mapping):
        raise ValueError("a column that is no object")
    name = spec.get("name")
    kind = spec.get("type")
    tensor = spec.get("tensor-spec")
    if isinstance(tensor, Mapping):
        kind = f"tensor({tensor.get('dtype', '')})"
    return Column(str(position) if name is None else str(name), str(kind or ""))
