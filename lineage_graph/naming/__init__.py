"""Native names become identities: pure functions from what a source recorded to locations and ids."""

from importlib import import_module
from typing import TYPE_CHECKING

from lineage_graph.naming.ids import (
    alias_id,
    consumer_id,
    dataset_id,
    dataset_id_without_location,
    deployment_id,
    evaluation_id,
    experiment_id,
    feature_id,
    feature_set_id,
    is_id,
    job_id,
    kind_of,
    model_id,
    model_id_before_3,
    model_version_id,
    registered_model_id,
    run_id,
    stage_id,
)

if TYPE_CHECKING:
    from lineage_graph.naming.artifacts import (
        VersionReference,
        artifact_run_path,
        logged_model_of,
        version_of_uri,
    )
    from lineage_graph.naming.location import (
        DEFAULT_SITE,
        Location,
        name_feature_view,
        name_location,
        name_open_lineage,
        name_table,
        source_id,
    )

__all__ = [
    "DEFAULT_SITE",
    "Location",
    "VersionReference",
    "alias_id",
    "artifact_run_path",
    "consumer_id",
    "dataset_id",
    "dataset_id_without_location",
    "deployment_id",
    "evaluation_id",
    "experiment_id",
    "feature_id",
    "feature_set_id",
    "is_id",
    "job_id",
    "kind_of",
    "logged_model_of",
    "model_id",
    "model_id_before_3",
    "model_version_id",
    "name_feature_view",
    "name_location",
    "name_open_lineage",
    "name_table",
    "registered_model_id",
    "run_id",
    "source_id",
    "stage_id",
    "version_of_uri",
]

# A query reads ids and names nothing: what only a crawl needs is imported on first use.
_HOMES = {
    "artifacts": ("VersionReference", "artifact_run_path", "logged_model_of", "version_of_uri"),
    "location": (
        *("DEFAULT_SITE", "Location", "source_id"),
        *("name_feature_view", "name_location", "name_open_lineage", "name_table"),
    ),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            module = import_module(f"{__name__}.{home}")
            globals().update({each: getattr(module, each) for each in names})
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
