"""What a dataset's profile and schema say: rows, columns, and how much of the data its digest covers.

MLflow's digests are 32 bits of a hash over a part of the data
(https://github.com/mlflow/mlflow/blob/master/mlflow/data/digest_utils.py): the first 10,000 rows of pandas and Hugging Face
data, the first 10,000 *elements* of numpy arrays, the plan of a Spark query, and no data at all for a MetaDataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import prod
from typing import NamedTuple

from lineage_graph.sources.mlflow.texts import clean, read_json

_COVERED = 10_000
_HEX = frozenset("0123456789abcdef")


class Coverage(NamedTuple):
    """How many rows the data has, and what its digest says about them."""

    rows: int | None = None
    strength: str = "unknown"
    digest_rows: int | None = None


class Columns(NamedTuple):
    """The named columns of a schema in order, each with its type, and the schema's own digest."""

    items: tuple[tuple[str, str], ...]
    digest: str
    said: list[dict[str, str]]
    """As properties tell them: one list for all datasets with this schema."""


@lru_cache(maxsize=2048)
def read_coverage(digest: str, source_type: str, profile: str | None) -> Coverage:
    """How much of the data the digest covers, from the profile that each kind of dataset writes."""
    value = read_json(profile)
    covered = _from_profile(value) if isinstance(value, Mapping) else _without_profile(source_type)
    if source_type == "mlflow_evaluation_dataset":
        return Coverage(covered.rows, "none")  # its digest follows name and time
    if len(digest) != 8 or not _HEX.issuperset(digest):
        return Coverage(covered.rows)  # a digest of the user's own making
    return covered


def _from_profile(profile: Mapping[str, object]) -> Coverage:
    rows = _count(profile.get("num_rows"))
    if rows is not None:
        return Coverage(rows, "first-10000-rows", min(rows, _COVERED))
    if "features_shape" in profile:
        return _from_shape(profile["features_shape"])
    if "approx_count" in profile:
        return Coverage(_count(profile["approx_count"]), "plan")
    if "features_cardinality" in profile:
        return Coverage(None, "first-10000-elements")
    return Coverage()


def _without_profile(source_type: str) -> Coverage:
    return Coverage() if source_type in ("spark", "delta_table") else Coverage(None, "none")


def _from_shape(shape: object) -> Coverage:
    shapes = list(shape.values()) if isinstance(shape, Mapping) else [shape]
    lengths = [[_count(length) for length in one] if isinstance(one, Sequence) else [None] for one in shapes]
    known = [[length for length in one if length is not None] for one in lengths]
    if not known or any(None in one for one in lengths):
        return Coverage(None, "first-10000-elements")
    rows = {one[0] if one else 1 for one in known}
    covered = min(min(one[0] if one else 1, _COVERED // max(prod(one[1:]), 1)) for one in known)
    return Coverage(rows.pop() if len(rows) == 1 else None, "first-10000-elements", covered)


def _count(value: object) -> int | None:
    """A number of things: an integer, not negative (TensorFlow says -2 for unknown)."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


@lru_cache(maxsize=512)
def read_columns(schema: str | None) -> Columns | None:
    """The named columns of a dataset's schema; None where it has none or says nothing that is known."""
    value = read_json(schema)
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("mlflow_colspec"), list):
        specs = list(_specs(value["mlflow_colspec"]))
    elif isinstance(tensors := value.get("mlflow_tensorspec"), Mapping):
        specs = [*_specs(tensors.get("features")), *_specs(tensors.get("targets"))]
    else:
        return None
    digest = blake2b(repr(specs).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()
    named = {name: kind for name, kind in specs if name}
    said = [{"name": name, "type": kind} for name, kind in named.items()]
    return Columns(tuple(named.items()), digest, said)


def _specs(specs: object) -> Iterator[tuple[str, str]]:
    """(name, type) of each column or tensor; a name may be empty. Tensors are kept as JSON in JSON."""
    if isinstance(specs, str):
        specs = read_json(specs)
    if not isinstance(specs, list):
        return
    for spec in specs:
        if isinstance(spec, Mapping):
            name = spec.get("name")
            yield (clean(name) if isinstance(name, str) else "", _type(spec))


def _type(spec: Mapping[str, object]) -> str:
    """https://mlflow.org/docs/latest/api_reference/python_api/mlflow.types.html: a tensor has its type and shape inside."""
    tensor = spec.get("tensor-spec")
    if isinstance(tensor, Mapping):
        return clean(f"{tensor.get('dtype', 'tensor')}{tensor.get('shape', '')}")
    kind = spec.get("type")
    return clean(kind) if isinstance(kind, str) else "object"
