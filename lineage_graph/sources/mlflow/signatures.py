"""Reads the signatures of models from their MLmodel files, for those models whose records are made anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow.payload import ModelPayload, RunPayload
from lineage_graph.sources.mlflow.reader import Reader
from lineage_graph.sources.mlflow.signature import (
    NOT_READ,
    UNREADABLE,
    Signature,
    SignatureState,
    parse_mlmodel,
)

HISTORY_TAG = "mlflow.log-model.history"
FILE = "MLmodel"


class ModelSignature(NamedTuple):
    """A model's signature. `retry`: it could not be read, so the next crawl tries again."""

    signature: Signature
    retry: bool = False


class RunSignatures(NamedTuple):
    """Signatures of a run's models of before MLflow 3, by their path."""

    signatures: Mapping[str, Signature]
    retry: bool = False


class SignatureReading:
    """Reads MLmodel files through the store's reader, and counts them."""

    def __init__(self, reader: Reader, wanted: bool, report: Report) -> None:
        self._reader, self._wanted, self._report = reader, wanted, report

    def of_model(self, model: ModelPayload) -> ModelSignature:
        """The signature of a logged model."""
        if not self._wanted:
            return ModelSignature(NOT_READ)
        # A model that is PENDING or FAILED, or was deleted, may well have no file: that is no fault of the reading.
        expected = model.status == "READY" and model.lifecycle != "deleted"
        signature = self._read(model.artifact_location, FILE, f"model {model.model_id}", expected)
        return ModelSignature(signature, expected and signature.state is SignatureState.UNREADABLE)

    def of_run(self, run: RunPayload) -> RunSignatures:
        """The signatures of the models in a run's history that the history itself doesn't have (since MLflow 2.16)."""
        if not self._wanted or HISTORY_TAG not in run.tags:
            return RunSignatures({})
        expected = run.lifecycle != "deleted"
        found = {
            path: self._read(
                run.artifact_uri, f"{path}/{FILE}", f"model {path} of run {run.run_id}", expected
            )
            for path in _paths_without_signature(run.tags[HISTORY_TAG])
        }
        unreadable = any(signature.state is SignatureState.UNREADABLE for signature in found.values())
        return RunSignatures(found, expected and unreadable)

    def _read(self, location: str, path: str, what: str, expected: bool) -> Signature:
        text = self._reader.artifact(location, path)
        signature = UNREADABLE if text is None else parse_mlmodel(text)
        if signature.state is not SignatureState.UNREADABLE:
            self._report.read["signatures"] += 1
        elif expected:
            self._report.skip("signature-unreadable", f"{what}: no readable {FILE} there")
        return signature


def _paths_without_signature(history: str) -> Iterator[str]:
    try:
        entries = json.loads(history)
    except (ValueError, RecursionError):
        return
    last = {
        entry["artifact_path"]: entry
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
        and isinstance(entry.get("artifact_path"), str)
        and not entry.get("model_id")
    }
    for path, entry in last.items():
        if not entry.get("signature"):
            yield path
