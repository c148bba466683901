"""Which part of the model registry belongs to a crawl of some experiments, or of recent runs only.

A version whose run was left out on purpose would look as if the store had lost that run.
"""

from __future__ import annotations

import re

from lineage_graph.sources.mlflow.payload import VersionPayload
from lineage_graph.sources.mlflow.reader import Selection

_RUN_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


class Members:
    """What was read so far: runs and logged models by id, then the registered models of which they are versions."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self.runs: set[str] = set()
        self.models: set[str] = set()
        self._models: set[tuple[str, str]] = set()

    def keep(self, version: VersionPayload) -> bool:
        """Whether the version belongs to what is crawled."""
        if not (self._everything or self._comes_from_here(version) or self._is_recent(version)):
            return False
        self._models.add((version.workspace, version.name))
        return True

    def shows(self, workspace: str, name: str) -> bool:
        """Whether the registered model is a part of the crawl: then with all that points at its versions.

        Where a pointer stands is known whatever was crawled, also on a version that was left out: an older one that was not is no
        longer what it stands on.
        """
        return self._selection.every or (workspace, name) in self._models

    @property
    def _everything(self) -> bool:
        return self._selection.every and self._selection.since is None

    def _is_recent(self, version: VersionPayload) -> bool:
        since = self._selection.since
        return (
            self._selection.every and since is not None and (version.updated or version.created or 0) >= since
        )

    def _comes_from_here(self, version: VersionPayload) -> bool:
        places = f"{version.source} {version.storage_location}"
        return (
            version.run_id in self.runs
            or any(run in self.runs for run in _RUN_ID.findall(places))
            or any(part in self.models for part in places.replace(":/", "/").replace(" ", "/").split("/"))
        )
