"""Features that a feature store's own record names: columns of its tables and views, and who was trained on them.

Whether a model of the run takes a retrieved feature depends on the model's signature, so FeatureSets are left to `resolve`; what
it needs to know is the property `features`, of a model that looks features up or of a run that retrieved them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Record
from lineage_graph.naming import Location
from lineage_graph.sources.mlflow.feast import Retrieved
from lineage_graph.sources.mlflow.feature_spec import FeatureSpec
from lineage_graph.sources.mlflow.file_state import FileState
from lineage_graph.sources.mlflow.inputs import claim_source
from lineage_graph.sources.mlflow.texts import clean, redacted

GAP = "features-unreadable"
SPEC_RULE = "feature-spec"
FEAST_RULE = "feast-retrieval"
FEATURES = "features:"
"""Mentioned by runs that retrieved features: how `resolve` finds them among all that made a model."""


class Features(NamedTuple):
    """What a record claims: a property, the gap where not all could be read, and the columns as shared records."""

    properties: Mapping[str, object] = {}
    gaps: tuple[str, ...] = ()
    shared: tuple[Record, ...] = ()


NONE = Features()


def map_spec(spec: FeatureSpec | None, site: str) -> Features:
    """Of a model that looks features up."""
    if spec is None:
        return NONE
    tables: dict[Location, list[str]] = {}
    for feature in spec.features:
        place = naming.name_table(feature.table, site=site)
        if place is not None:
            tables.setdefault(place, []).append(feature.column)
    named = [(place, _cleaned(columns)) for place, columns in tables.items()]
    told = {
        "rule": SPEC_RULE,
        "state": str(spec.state),
        "columns": [clean(column) for column in spec.columns],
        "sources": [_source(place, columns) for place, columns in named],
    }
    gaps = () if spec.state is FileState.READ else (GAP,)
    return Features({"features": told}, gaps, _columns(named, SPEC_RULE))


def map_retrieved(retrieved: Retrieved | None, site: str) -> Features:
    """Of a run for which Feast retrieved features to train on."""
    if retrieved is None:
        return NONE
    project = redacted(retrieved.project)
    named = []
    for view, features in retrieved.views.items():
        place = naming.name_feature_view(project, redacted(view), site=site)
        if place is not None:
            named.append((place, _cleaned(features)))
    told = {
        "rule": FEAST_RULE,
        "state": str(FileState.READ if retrieved.whole else FileState.UNREADABLE),
        "read_from": retrieved.read_from,
        "project": clean(retrieved.project),
        "sources": [
            {**_source(place, columns), "view": place.name.partition("/")[2]} for place, columns in named
        ],
    }
    return Features({"features": told}, () if retrieved.whole else (GAP,), _columns(named, FEAST_RULE))


def mention_features(features: Features, node: str) -> Iterable[Mention]:
    """That a run retrieved some."""
    return (Mention(FEATURES, node),) if features.shared else ()


def _cleaned(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(map(clean, columns))))


def _source(place: Location, columns: Iterable[str]) -> dict[str, object]:
    return {"source": naming.source_id(place), "columns": list(columns)}


def _columns(named: Iterable[tuple[Location, tuple[str, ...]]], rule: str) -> tuple[Record, ...]:
    return tuple(_shared_columns(place, columns, rule) for place, columns in named)


# Thousands of models look up the same features.
@lru_cache(maxsize=1024)
def _shared_columns(place: Location, columns: tuple[str, ...], rule: str) -> Record:
    """The source and these columns of it, once for all records that name them."""
    source = claim_source(place)
    nodes, edges = [source], []
    for column in columns:
        feature = naming.feature_id(source.id, column)
        nodes.append(NodeClaim(feature, Kind.FEATURE, column, {"column": column, "source": place.uri}))
        edges.append(EdgeClaim(source.id, feature, EdgeType.HAS_COLUMN, Evidence.LOGGED, rule))
    content = repr((source.id, columns, rule)).encode("utf-8", "backslashreplace")
    digest = blake2b(content, digest_size=12)
    return Record(f"features/{digest.hexdigest()}", digest.digest(), tuple(nodes), tuple(edges))
