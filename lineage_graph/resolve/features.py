"""Which columns of its training data a model uses: those that its signature names.

The label is not in a signature, and a column may be dropped or transformed before training: a training column that the
signature lacks is *use unknown*, never "not used" (https://mlflow.org/docs/latest/ml/model/signatures/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Node, NodeClaim, Record
from lineage_graph.resolve.derived import derived


def resolve_features(model: Node, training: Sequence[tuple[str, tuple[str, ...]]]) -> Record | None:
    """FeatureSet USED_BY Model for each source of training data, and which columns' use is unknown.

    `training` holds (id that has the columns: the source's, else the dataset's; the names of the columns), for every dataset
    that the model's run read to train, or for no recorded purpose.
    """
    signature = tuple(_columns(model.properties.get("signature"), "inputs"))
    edges: list[EdgeClaim] = []
    shared: dict[str, Record] = {}
    for owner, columns in training:
        used, unknown = _split(columns, signature)
        if used:
            feature_set = naming.feature_set_id(owner, used)
            shared.setdefault(feature_set, _feature_set(feature_set, owner, used))
            edges.append(
                EdgeClaim(feature_set, model.id, EdgeType.USED_BY, Evidence.INFERRED, "signature-columns")
            )
        if unknown:
            record = _use_unknown(owner, unknown)
            shared.setdefault(record.key, record)
    if not shared:
        return None
    unique = {edge.src: edge for edge in edges}
    return derived(f"features/{model.id}", edges=list(unique.values()), shared=list(shared.values()))


def columns_of(dataset: Node) -> tuple[str, ...]:
    """The names of a dataset's columns, as far as they are known."""
    return tuple(_names(dataset.properties.get("columns")))


# Thousands of models share a few sets of columns.
@lru_cache(maxsize=1024)
def _split(columns: tuple[str, ...], signature: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that the signature has, and the others."""
    return tuple(sorted({*columns} & {*signature})), tuple(sorted({*columns} - {*signature}))


@lru_cache(maxsize=1024)
def _feature_set(feature_set: str, owner: str, columns: tuple[str, ...]) -> Record:
    node = NodeClaim(
        feature_set,
        Kind.FEATURE_SET,
        f"{len(columns)} columns",
        {"columns": list(columns), "source": owner},
        evidence=Evidence.INFERRED,
    )
    edges = [
        EdgeClaim(
            naming.feature_id(owner, column),
            feature_set,
            EdgeType.PART_OF,
            Evidence.INFERRED,
            "signature-columns",
        )
        for column in columns
    ]
    return derived(f"feature-sets/{feature_set}", nodes=[node], edges=edges)


@lru_cache(maxsize=1024)
def _use_unknown(owner: str, columns: tuple[str, ...]) -> Record:
    nodes = [
        NodeClaim(
            naming.feature_id(owner, column),
            Kind.FEATURE,
            column,
            gaps=("use-unknown",),
            evidence=Evidence.INFERRED,
        )
        for column in columns
    ]
    digest = blake2b(repr(list(columns)).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()
    return derived(f"use-unknown/{owner}/{digest}", nodes=nodes)


def _columns(signature: object, side: str) -> list[str]:
    return list(_names(signature.get(side))) if isinstance(signature, Mapping) else []


def _names(columns: object) -> Iterator[str]:
    if isinstance(columns, Sequence) and not isinstance(columns, str):
        for column in columns:
            named = type(column) is dict or isinstance(column, Mapping)
            name = column.get("name") if named else column
            if isinstance(name, str) and name:
                yield name
