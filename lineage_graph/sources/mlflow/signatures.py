"""Reads the signatures of models from their MLmodel files, and what feature stores left beside them, for records that are made anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow import feast, feature_spec
from lineage_graph.sources.mlflow.feature_spec import FeatureSpec, is_packaged, parse_feature_spec
from lineage_graph.sources.mlflow.file_state import FileState
from lineage_graph.sources.mlflow.payload import ModelPayload, RunPayload
from lineage_graph.sources.mlflow.reader import Reader
from lineage_graph.sources.mlflow.signature import (
    NOT_READ,
    UNREADABLE,
    Signature,
    parse_mlmodel,
    parse_signature,
    parse_yaml,
)

HISTORY_TAG = "mlflow.log-model.history"
FILE = "MLmodel"


class ModelSignature(NamedTuple):
    """A model's signature. `retry`: it could not be read, so the next crawl tries again."""

    signature: Signature
    retry: bool = False


class RunSignatures(NamedTuple):
    """Signatures of a run's models of before MLflow 3, by their path; and what Feast logged beside its models."""

    signatures: Mapping[str, Signature]
    retry: bool = False
    feast: bytes | None = None


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
        signature = self._read(model.artifact_location, "", f"model {model.model_id}", expected)
        return ModelSignature(signature, expected and _is_lacking(signature))

    def of_run(self, run: RunPayload) -> RunSignatures:
        """The signatures of the models in a run's history that the history itself doesn't have (since MLflow 2.16)."""
        if not self._wanted:
            return RunSignatures({})
        file = self._reader.artifact(run.artifact_uri, feast.FILE) if feast.REFS_TAG in run.tags else None
        if HISTORY_TAG not in run.tags:
            return RunSignatures({}, feast=file)
        expected = run.lifecycle != "deleted"
        found = {}
        for path, entry in _last_entries(run.tags[HISTORY_TAG]).items():
            what = f"model {path} of run {run.run_id}"
            recorded = entry.get("signature")
            if not recorded:
                found[path] = self._read(run.artifact_uri, f"{path}/", what, expected)
            elif is_packaged(entry.get("flavors")):
                known = parse_signature(recorded) if isinstance(recorded, Mapping) else UNREADABLE
                features = self._read_features(run.artifact_uri, f"{path}/", what, expected)
                found[path] = known._replace(features=features)
        return RunSignatures(found, expected and any(map(_is_lacking, found.values())), file)

    def _read(self, location: str, folder: str, what: str, expected: bool) -> Signature:
        text = self._reader.artifact(location, f"{folder}{FILE}")
        signature = UNREADABLE if text is None else parse_mlmodel(text)
        if signature.state is not FileState.UNREADABLE:
            self._report.read["signatures"] += 1
        elif expected:
            self._report.skip("signature-unreadable", f"{what}: no readable {FILE} there")
        if signature.features is None:
            return signature
        return signature._replace(features=self._read_features(location, folder, what, expected))

    def _read_features(self, location: str, folder: str, what: str, expected: bool) -> FeatureSpec:
        text = self._reader.artifact(location, f"{folder}{feature_spec.FILE}")
        spec = feature_spec.UNREADABLE if text is None else parse_feature_spec(parse_yaml(text))
        if spec.state is FileState.READ:
            self._report.read["feature specs"] += 1
        elif expected:
            self._report.skip(
                "features-unreadable", f"{what}: {feature_spec.FILE} is not readable as a whole"
            )
        return spec


def _is_lacking(signature: Signature) -> bool:
    features = signature.features
    return signature.state is FileState.UNREADABLE or (
        features is not None and features.state is FileState.UNREADABLE
    )


def _last_entries(history: str) -> Mapping[str, Mapping[str, object]]:
    """Path -> what a history says last of the model of before MLflow 3 there."""
    try:
        entries = json.loads(history)
    except (ValueError, RecursionError):
        return {}
    return {
        entry["artifact_path"]: entry
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
        and isinstance(entry.get("artifact_path"), str)
        and not entry.get("model_id")
    }
