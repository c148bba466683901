"""Which features Feast retrieved for a run: the tags that it leaves, and the list that it logs beside a model. Pure.

https://docs.feast.dev/reference/mlflow ("What gets logged"), and in https://github.com/feast-dev/feast (sdk/python/feast):
`mlflow_integration/logger.py` (the tags; a list longer than a tag ends in `...`, in the middle of a name), `client.py`
(`feast_features.json`, a JSON list of what the tag said when the model was logged), `utils.py` (`_parse_feature_ref`).

The tags tell of a run's last retrieval. `online` is prediction: no model was trained on that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from lineage_graph.sources.mlflow.texts import read_json

FILE = "feast_features.json"
REFS_TAG = "feast.feature_refs"
_PROJECT_TAG = "feast.project"
_TYPE_TAG = "feast.retrieval_type"
_CUT = "..."
_VERSION = re.compile(r"(.+)@(?:v\d+|latest)?", re.IGNORECASE | re.DOTALL)


class Retrieved(NamedTuple):
    """The features that a run was trained on, by their view. `whole`: the list is all there and all understood."""

    project: str
    views: Mapping[str, tuple[str, ...]]
    whole: bool
    read_from: str


def read_retrieved(tags: Mapping[str, str], file: bytes | None) -> Retrieved | None:
    """What Feast says of a run, by the file where there is one, else by the tags; None where nothing is said of training."""
    recorded = tags.get(REFS_TAG)
    if not recorded:
        return None
    listed = _listed(file)
    if listed is not None:
        return _retrieved(tags, listed, FILE)
    if tags.get(_TYPE_TAG) != "historical":
        return None
    return _retrieved(tags, recorded.split(","), REFS_TAG)


def _listed(file: bytes | None) -> list[str] | None:
    """The list of the file; None where it is none, or not one of texts."""
    try:
        found = read_json(file.decode()) if file else None
    except UnicodeDecodeError:
        return None
    if not isinstance(found, list) or not all(isinstance(ref, str) for ref in found):
        return None
    return found or None


def _retrieved(tags: Mapping[str, str], refs: list[str], read_from: str) -> Retrieved:
    project = tags.get(_PROJECT_TAG, "")
    cut = bool(refs) and refs[-1].endswith(_CUT)
    if cut:
        refs = refs[:-1]
    found = {ref: split_ref(ref) for ref in refs if ref}
    views: dict[str, set[str]] = {}
    for view, feature in filter(None, found.values()) if project else ():
        views.setdefault(view, set()).add(feature)
    whole = bool(project) and not cut and None not in found.values()
    return Retrieved(project, {view: tuple(sorted(views[view])) for view in sorted(views)}, whole, read_from)


def split_ref(ref: str) -> tuple[str, str] | None:
    """View and feature of a reference; the view's version is left out, as the view is the same. None where it is no reference.

    >>> split_ref("driver_stats:trips"), split_ref("driver_stats@v2:trips"), split_ref("trips")
    (('driver_stats', 'trips'), ('driver_stats', 'trips'), None)
    """
    view, _, feature = ref.partition(":")
    versioned = _VERSION.fullmatch(view)
    view = versioned[1] if versioned else view
    return (view, feature) if view and feature else None
