"""Which part of the model registry belongs to a crawl of some experiments, or of recent runs only.

A version whose run was left out on purpose would look as if the store had lost that run.
"""

from __future__ import annotations

import re

from lineage_graph.sources.mlflow.payload import RegisteredModelPayload, VersionPayload
from lineage_graph.sources.mlflow.reader import Selection

_RUN_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


class Members:
    """What was read so far: runs and logged models by id, then the versions that come from them."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self.runs: set[str] = set()
        self.models: set[str] = set()
        self._versions: dict[tuple[str, str], set[str]] = {}

    def keep(self, version: VersionPayload) -> bool:
        """Whether the version belongs to what is crawled."""
        if not (self._everything or self._comes_from_here(version) or self._is_recent(version)):
            return False
        if not self._selection.every:
            self._versions.setdefault((version.workspace, version.name), set()).add(version.version)
        return True

    def part_of(self, model: RegisteredModelPayload) -> RegisteredModelPayload | None:
        """The registered model with the aliases of versions that were kept; None where none was."""
        if self._selection.every:
            return model
        kept = self._versions.get((model.workspace, model.name))
        if not kept:
            return None
        return model._replace(
            aliases={name: version for name, version in model.aliases.items() if version in kept}
        )

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
