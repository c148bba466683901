"""Datasets whose source makes no sense: each is a gap in the graph, and is told with what a crawl skipped."""

from __future__ import annotations

from hashlib import blake2b

from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow.origins import read_origin
from lineage_graph.sources.mlflow.payload import RunPayload
from lineage_graph.sources.mlflow.texts import clean

CODE = "source-unreadable"


class UnreadableSources:
    """Tells of each once a crawl, however many runs read it. Also of runs that are not new: their gap is still there."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._told: set[bytes] = set()
        """Hashes: a source may be of any length."""

    def look_at_inputs(self, run: RunPayload) -> None:
        """Tell of those that the run read."""
        for given in run.inputs:
            self.look_at(run.experiment_id, *given[:4])

    def look_at(
        self, experiment: str, name: object, digest: object, source_type: object, source: object
    ) -> None:
        """Tell if that is one."""
        if not names_no_place(source_type, source):
            return
        told = repr((experiment, str(name), str(digest), source_type, source))
        key = blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in self._told:
            self._told.add(key)
            self._report.skip(CODE, f"dataset {clean(f'{name}@{digest}')}: its source names no place")


def names_no_place(source_type: object, source: object) -> bool:
    """Whether a source is one of those. What is no text at all is told where its run is mapped."""
    if not (isinstance(source_type, str) and isinstance(source, str)):
        return False
    return "recorded" in read_origin(source_type, source).details
