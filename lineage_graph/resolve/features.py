"""Which columns of its data a model uses: those that a feature store's record names, and those that its signature names.

The label is not in a signature, and a column may be dropped or transformed before training: a training column that the
signature lacks is *use unknown*, never "not used" (https://mlflow.org/docs/latest/ml/model/signatures/). What a model's feature
spec says that it takes goes before its signature: that one may be of what its caller gives, or not be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Node, NodeClaim, Record
from lineage_graph.resolve.derived import derived

SIGNATURE = "signature-columns"
RETRIEVED = "features:"
"""Mentioned by runs for which features were retrieved."""


class Features(NamedTuple):
    """What the property `features` says: columns of their sources, by the rule that tells of them."""

    rule: str
    sources: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    """(source, columns, the feature view that has them where there is one)."""
    columns: tuple[str, ...] | None = None
    """The columns of its training data that the model takes; None where that is not said."""


class _Use(NamedTuple):
    owner: str
    used: tuple[str, ...]
    unknown: tuple[str, ...]
    evidence: Evidence
    rule: str


def resolve_features(
    model: Node, training: Sequence[tuple[str, tuple[str, ...]]], retrieved: Features | None = None
) -> Record | None:
    """FeatureSet USED_BY Model for each source of training data or features, and which columns' use is unknown.

    `training` holds (id that has the columns: the source's, else the dataset's; the names of the columns), for every dataset
    that the model's run read to train, or for no recorded purpose; `retrieved` are the features that were fetched for that run.
    """
    edges: dict[str, EdgeClaim] = {}
    shared: dict[str, Record] = {}
    spec, signature = features_of(model), _signature_of(model)
    uses = [*_of_training(training, signature, spec), *_looked_up(spec), *_of_retrieved(retrieved, signature)]
    # What is logged comes last: of two claims on one edge that one is kept.
    for use in uses:
        if use.used:
            feature_set = naming.feature_set_id(use.owner, use.used)
            record = _feature_set(feature_set, use.owner, use.used, use.evidence, use.rule)
            shared.setdefault(record.key, record)
            edges[feature_set] = EdgeClaim(feature_set, model.id, EdgeType.USED_BY, use.evidence, use.rule)
        if use.unknown:
            record = _use_unknown(use.owner, use.unknown)
            shared.setdefault(record.key, record)
    if not shared:
        return None
    return derived(f"features/{model.id}", edges=list(edges.values()), shared=list(shared.values()))


def features_of(node: Node) -> Features | None:
    """What a feature store's record says of a model that looks features up, or of a run that retrieved some."""
    told = node.properties.get("features")
    if not isinstance(told, Mapping):
        return None
    sources = []
    for source in told.get("sources") or ():
        if isinstance(source, Mapping):
            view = str(source.get("view") or "")
            sources.append((str(source["source"]), tuple(_names(source.get("columns"))), view))
    columns = tuple(_names(told.get("columns")))
    said = columns or told.get("state") == "read"
    return Features(str(told.get("rule")), tuple(sources), columns if said else None)


def _of_training(
    training: Sequence[tuple[str, tuple[str, ...]]], signature: tuple[str, ...], spec: Features | None
) -> Iterator[_Use]:
    taken, rule = signature, SIGNATURE
    if spec and spec.columns is not None:
        # A column that is looked up elsewhere is not the one of that name here.
        taken, rule = spec.columns, spec.rule
    for owner, columns in training:
        yield _Use(owner, *_split(columns, taken), Evidence.INFERRED, rule)


def _looked_up(spec: Features | None) -> list[_Use]:
    if spec is None:
        return []
    return [_Use(source, columns, (), Evidence.LOGGED, spec.rule) for source, columns, _ in spec.sources]


def _of_retrieved(retrieved: Features | None, signature: tuple[str, ...]) -> Iterator[_Use]:
    """A signature with names says which of the features reach the model; without, what was retrieved for its training did."""
    if retrieved is None:
        return
    named = {*signature} - {str(position) for position in range(len(signature))}
    for source, columns, view in retrieved.sources:
        # Their columns are called so, or so with `full_feature_names`: https://docs.feast.dev/getting-started/concepts/feature-retrieval
        used = tuple(c for c in columns if not named or c in named or f"{view}__{c}" in named)
        unknown = tuple(sorted({*columns} - {*used}))
        yield _Use(source, used, unknown, Evidence.LOGGED, retrieved.rule)


def _signature_of(model: Node) -> tuple[str, ...]:
    signature = model.properties.get("signature")
    return tuple(_names(signature.get("inputs"))) if isinstance(signature, Mapping) else ()


def columns_of(dataset: Node) -> tuple[str, ...]:
    """The names of a dataset's columns, as far as they are known."""
    return tuple(_names(dataset.properties.get("columns")))


# Thousands of models share a few sets of columns.
@lru_cache(maxsize=1024)
def _split(columns: tuple[str, ...], signature: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that the signature has, and the others."""
    return tuple(sorted({*columns} & {*signature})), tuple(sorted({*columns} - {*signature}))


@lru_cache(maxsize=1024)
def _feature_set(
    feature_set: str, owner: str, columns: tuple[str, ...], evidence: Evidence, rule: str
) -> Record:
    properties = {"columns": list(columns), "source": owner}
    name = "1 column" if len(columns) == 1 else f"{len(columns)} columns"
    node = NodeClaim(feature_set, Kind.FEATURE_SET, name, properties, evidence=evidence)
    edges = [
        EdgeClaim(naming.feature_id(owner, column), feature_set, EdgeType.PART_OF, evidence, rule)
        for column in columns
    ]
    said_by = "" if rule == SIGNATURE else f"/{rule}/{evidence}"
    return derived(f"feature-sets/{feature_set}{said_by}", nodes=[node], edges=edges)


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


def _names(columns: object) -> Iterator[str]:
    if isinstance(columns, Sequence) and not isinstance(columns, str):
        for column in columns:
            named = type(column) is dict or isinstance(column, Mapping)
            name = column.get("name") if named else column
            if isinstance(name, str) and name:
                yield name
