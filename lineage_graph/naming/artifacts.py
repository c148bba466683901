"""What URIs of artifacts and registered models point at: a run and a path, a logged model, a version, alias or stage."""

import re
from functools import lru_cache
from typing import NamedTuple

from lineage_graph.naming.spelling import fold_artifact_path
from lineage_graph.redact.patterns import pattern
from lineage_graph.redact.uris import unescape

_RUNS = pattern(r"runs?:/+(?:[^/@]*@[^/]+/+)?([^/]+)(?:/+(.*))?", re.IGNORECASE | re.DOTALL)
# MLflow's run ids are 32 hex digits; some plugins write them as UUIDs. Greedy: the run nearest to the path.
_RUN_DIRECTORY = pattern(
    r"(?:.*/)?([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/artifacts(?:/+(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_MODEL_URI = pattern(r"models:/+(?:[^/@]*@[^/]+/+)?(m-[\w-]+)(?:/.*)?", re.IGNORECASE | re.DOTALL)
_MODEL_DIRECTORY = pattern(r".*/models/(m-\w+)/artifacts(?:/.*)?", re.DOTALL)
_MODELS = pattern(r"models:(?://[^/]+(?=/)|/{0,2}(?=/))/(.+)", re.IGNORECASE | re.DOTALL)
_WEB = pattern(r"https?://", re.IGNORECASE)


class VersionReference(NamedTuple):
    """A registered model, and one of: a version, an alias, a stage, or the latest version (none of the three)."""

    name: str
    version: int | None = None
    alias: str | None = None
    stage: str | None = None


def _as_path(uri: str) -> str:
    """Any URI or path with forward slashes, decoded where it is a `file:` one, without a web address's query."""
    if uri[:5].lower() == "file:":
        uri = unescape(uri)
    elif _WEB.match(uri):
        uri = re.split("[?#]", uri, maxsplit=1)[0]
    return uri.replace("\\", "/")


@lru_cache(maxsize=4096)
def artifact_run_path(uri: str) -> tuple[str, str] | None:
    """The run and the artifact path that a URI names, or None where it names no run.

    >>> artifact_run_path("runs:/9c04d2ab/model")
    ('9c04d2ab', 'model')
    """
    uri = uri.strip()
    match = _RUNS.fullmatch(uri) or _RUN_DIRECTORY.fullmatch(_as_path(uri))
    return (match[1], fold_artifact_path(match[2] or "")) if match else None


@lru_cache(maxsize=4096)
def logged_model_of(uri: str) -> str | None:
    """The id of the logged model that a URI names (`models:/m-…`, `…/models/m-…/artifacts`)."""
    uri = uri.strip()
    if version_of_uri(uri) is not None:
        return None  # a registered model may be called m-churn
    match = _MODEL_URI.fullmatch(uri) or _MODEL_DIRECTORY.fullmatch(_as_path(uri))
    return match[1] if match else None


@lru_cache(maxsize=4096)
def version_of_uri(uri: str) -> VersionReference | None:
    """The registered version, alias or stage that a `models:/` URI names. Names are not percent-decoded: MLflow doesn't.

    >>> version_of_uri("models:/churn@champion").alias, version_of_uri("models:/churn/3").version
    ('champion', 3)
    """
    match = _MODELS.fullmatch(uri.strip())
    if not match:
        return None
    name, slash, last = match[1].rpartition("/")
    if slash and name and last and "@" not in last:
        if last.isascii() and last.isdigit():
            return VersionReference(name, version=int(last))
        if name.startswith("m-") and re.fullmatch(r"m-[0-9a-f]{32}(?:/.*)?", name):
            return None  # a file of a logged model
        return VersionReference(name) if last.lower() == "latest" else VersionReference(name, stage=last)
    name, at, alias = match[1].rpartition("@")
    return VersionReference(name, alias=alias) if at and name and alias and "/" not in alias else None
