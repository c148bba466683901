"""Ids: one readable text a node, and never one for two nodes, whatever characters their names have.

Every part but the last of an id has its separators percent-encoded, so that an id can be taken apart in one way only.
"""

from collections.abc import Iterable

from lineage_graph.errors import UsageError
from lineage_graph.graph import Kind
from lineage_graph.naming.spelling import cut_id, escape_part, fold_artifact_path, hash_of

_KINDS = {kind.value.lower(): kind for kind in Kind}
_PREFIXES = {kind: f"{word}:" for word, kind in _KINDS.items()}
# MLflow reads a stage in any case: https://mlflow.org/docs/latest/api_reference/rest-api.html
_STAGES = {stage.lower(): stage for stage in ("None", "Staging", "Production", "Archived")}


def kind_of(identity: str) -> Kind:
    """The kind of the node that has this id.

    >>> kind_of("modelversion:prod/default/churn/3")
    <Kind.MODEL_VERSION: 'ModelVersion'>
    """
    kind = _KINDS.get(identity.partition(":")[0])
    if kind is None:
        raise UsageError(
            f"no id of a node: {identity[:80]!r}", hint=f"an id begins with one of {', '.join(_KINDS)}"
        )
    return kind


def is_id(text: str) -> bool:
    """Whether the text begins as ids do."""
    head, colon, rest = text.partition(":")
    return bool(colon and rest) and head in _KINDS


def _join(kind: Kind, parts: tuple[str, ...], last: str) -> str:
    before = "".join([escape_part(part, "/") + "/" for part in parts])
    return cut_id(f"{_PREFIXES[kind]}{before}{escape_part(last)}")


def dataset_id(source: str, token: str) -> str:
    """One version of the data at a source: the source's id and the token (digest, table version, revision, hash).

    >>> dataset_id("source:s3://shop/orders.csv", "71fe0c35")
    'dataset:s3://shop/orders.csv@71fe0c35'
    """
    return cut_id(f"dataset:{source.removeprefix('source:')}@{escape_part(token, '@')}")


def dataset_id_without_location(store: str, experiment: str, name: str, digest: str) -> str:
    """Data that no location is known of: what its name and digest mean in one experiment of one store.

    >>> dataset_id_without_location("prod", "4", "orders", "71fe0c35")
    'dataset:prod/4/orders@71fe0c35'
    """
    # The first part of a located dataset has a ":", so this one may not.
    place = f"{escape_part(store, '/:')}/{escape_part(experiment, '/')}"
    return cut_id(f"dataset:{place}/{escape_part(name)}@{escape_part(digest, '@')}")


def feature_id(parent: str, column: str) -> str:
    """A column of a source, or of a dataset that has none."""
    return cut_id(f"feature:{parent}#{escape_part(column, '#')}")


def feature_set_id(source: str, columns: Iterable[str]) -> str:
    """The columns of one source that a signature names, in whatever order."""
    return cut_id(f"featureset:{source}#{hash_of(*sorted(set(columns)))}")


def run_id(run: str) -> str:
    """One execution, by the id that its tracker gave it."""
    return cut_id("run:" + escape_part(run))


def evaluation_id(run: str, model: str | None = None) -> str:
    """What a run judged: by the run, and the judged model's id where it is known."""
    judged = "" if model is None else "/" + escape_part(model)
    return cut_id(f"evaluation:{escape_part(run, '/')}{judged}")


def model_id(native: str) -> str:
    """A logged model."""
    return cut_id(f"model:{escape_part(native, '/')}")


def model_id_before_3(run: str, path: str) -> str:
    """A model of MLflow before 3: the run that logged it and its artifact path."""
    return _join(Kind.MODEL, (run,), fold_artifact_path(path))


def model_version_id(store: str, workspace: str, name: str, version: int | str) -> str:
    """A registered version; stores of equal version names differ by their given name.

    >>> model_version_id("prod", "default", "churn", 3)
    'modelversion:prod/default/churn/3'
    """
    return _join(Kind.MODEL_VERSION, (store, workspace, name), str(version))


def registered_model_id(store: str, workspace: str, name: str) -> str:
    """A registered model, the group of its versions."""
    return _join(Kind.REGISTERED_MODEL, (store, workspace), name)


def alias_id(store: str, workspace: str, name: str, alias: str) -> str:
    """A movable pointer to a version.

    >>> alias_id("prod", "default", "churn", "champion")
    'alias:prod/default/churn@champion'
    """
    place = f"{escape_part(store, '/')}/{escape_part(workspace, '/')}"
    return cut_id(f"alias:{place}/{escape_part(name, '/@')}@{escape_part(alias, '/@')}")


def stage_id(store: str, workspace: str, name: str, stage: str) -> str:
    """A stage, a pointer too: written like `models:/churn/Production`, so no alias of that name has its id.

    >>> stage_id("prod", "default", "churn", "production")
    'alias:prod/default/churn/Production'
    """
    place = f"{escape_part(store, '/')}/{escape_part(workspace, '/')}"
    return cut_id(
        f"alias:{place}/{escape_part(name, '/@')}/{escape_part(_STAGES.get(stage.lower(), stage), '/@')}"
    )


def deployment_id(platform: str, namespace: str, name: str) -> str:
    """Where a model serves or scores."""
    return _join(Kind.DEPLOYMENT, (platform, namespace), name)


def consumer_id(name: str) -> str:
    """Who uses the result."""
    return _join(Kind.CONSUMER, (), name)


def experiment_id(store: str, experiment: str) -> str:
    """An experiment of one store."""
    return _join(Kind.EXPERIMENT, (store,), experiment)


def job_id(namespace: str, name: str) -> str:
    """A job of OpenLineage or a stage of DVC, of which runs are instances."""
    return _join(Kind.JOB, (namespace,), name)
