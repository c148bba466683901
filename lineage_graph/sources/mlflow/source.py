"""MLflow as a source of lineage: opens the right reader, and offers each payload with how to map it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from lineage_graph.errors import NotFound
from lineage_graph.graph import Origin, Record
from lineage_graph.naming.rows import USUAL_WORKSPACE
from lineage_graph.settings import DEFAULT_TIMEOUT
from lineage_graph.sources.base import Pending, Progress, Report, Source, no_progress
from lineage_graph.sources.mlflow import mapping
from lineage_graph.sources.mlflow.discover import Target, Way, find_target
from lineage_graph.sources.mlflow.members import Members
from lineage_graph.sources.mlflow.opening import open_reader
from lineage_graph.sources.mlflow.payload import ExperimentPayload, ModelPayload, RunPayload, VersionPayload
from lineage_graph.sources.mlflow.reader import Item, Reader, Selection, fingerprint_of, loaded
from lineage_graph.sources.mlflow.rooted import check_roots, nearest
from lineage_graph.sources.mlflow.scope import Scope
from lineage_graph.sources.mlflow.signatures import SignatureReading
from lineage_graph.sources.mlflow.texts import clean
from lineage_graph.sources.unreadable import attempt

M = TypeVar("M")
MAPPING = "4"
"""Raised whenever mapping gives other records for the same payloads: then everything is mapped anew."""


class MlflowSource(Source):
    """An MLflow store. Nothing is opened before it is read."""

    def __init__(  # noqa: PLR0913 - each is an option of `ingest mlflow`
        self,
        target: str | None = None,
        *,
        name: str = "",
        site: str = "",
        roots: Mapping[str, str] | None = None,
        known_roots: Collection[str] = (),
        experiments: Sequence[str] = (),
        since: int | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        artifacts: bool = True,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self.target: Target = find_target(target, self._environ, cwd or Path.cwd())
        # Mapping leaves paths as they were recorded: what roots they have is decided where declarations are known too.
        site = site or self.target.default_site
        workspace = _workspace_of(self.target, self._environ)
        beside = (f"-{workspace}", f"#workspace={workspace}") if workspace else ("", "")
        self.scope = Scope(name or self.target.default_name + beside[0], site)
        settings = {"site": site, "roots": dict(roots or {})} | (
            {"workspace": workspace} if workspace else {}
        )
        self.origin = Origin(f"mlflow:{self.scope.store}", "mlflow", self.target.shown + beside[1], settings)
        self.report = Report()
        self.partial = bool(experiments) or since is not None
        if self.partial:
            self.chosen = {"experiments": [clean(name) for name in experiments], "since": since}
        self._new_roots = tuple(name for name in roots or () if name not in known_roots)
        self._wanted, self._since, self._timeout = tuple(experiments), since, timeout
        self._artifacts = artifacts
        self._reader: Reader | None = None
        self._mark = fingerprint_of((MAPPING, site, self.scope.store, artifacts))

    def read(self, progress: Progress = no_progress) -> Iterator[Sequence[Pending]]:
        """Batches: experiments, logged models, runs, registered models with their pointers, versions."""
        reader = self._reader = self._reader or open_reader(self.target, self._timeout, self._environ)
        reader.report = self.report
        selection = self._select(reader)
        totals = reader.totals(selection)
        counted = _Counted(self.report, progress, totals)
        signatures = SignatureReading(reader, self._artifacts, self.report)
        yield self._pending_experiments(selection, counted)
        members = Members(selection)
        for models in reader.models(selection):
            members.models.update(item.key for item in models)
            yield counted.batch("models", [self._pending_model(item, signatures) for item in models])
        for runs in reader.runs(selection):
            members.runs.update(item.key for item in runs)
            yield counted.batch("runs", [self._pending_run(item, signatures) for item in runs])
        deleted = [loaded(model.model_id, model) for model in reader.unlisted_models(selection)]
        yield counted.batch("models", [self._pending_model(item, signatures) for item in deleted])
        yield from self._read_registry(reader, members, counted)

    def close(self) -> None:
        """Let go of the store."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _select(self, reader: Reader) -> Selection:
        every = {experiment.experiment_id: experiment for experiment in reader.experiments()}
        check_roots(self._new_roots, list(every.values()), self.target.shown)
        if not self._wanted:
            return Selection(every, since=self._since)
        known = {experiment.name for experiment in every.values()} | every.keys()
        for name in self._wanted:
            if name not in known:
                raise NotFound(
                    f"{self.target.shown} has no experiment {name!r}",
                    hint="give its name or id as MLflow shows it",
                    candidates=nearest(name, known),
                )
        chosen = {key: one for key, one in every.items() if key in self._wanted or one.name in self._wanted}
        return Selection(chosen, every=False, since=self._since)

    def _pending_experiments(self, selection: Selection, counted: _Counted) -> Sequence[Pending]:
        found = [self._pending_experiment(experiment) for experiment in selection.experiments.values()]
        return counted.batch("experiments", found)

    def _pending_experiment(self, experiment: ExperimentPayload) -> Pending:
        mark = self._marked(fingerprint_of(experiment))

        def make() -> Record:
            return mapping.map_experiment(experiment, self.scope)._replace(fingerprint=mark)

        return Pending(mapping.experiment_row(experiment), mark, make)

    def _pending_run(self, item: Item[RunPayload], signatures: SignatureReading) -> Pending:
        def make() -> Record:
            run = item.load()
            found = signatures.of_run(run)
            record = mapping.map_run(run, self.scope, found.signatures, found.feast)
            return record._replace(fingerprint=b"" if found.retry else mark)

        mark = self._marked(item.fingerprint)
        return Pending(f"runs/{item.key}", mark, make)

    def _pending_model(self, item: Item[ModelPayload], signatures: SignatureReading) -> Pending:
        def make() -> Record:
            model = item.load()
            signature = signatures.of_model(model)
            record = mapping.map_model(model, self.scope, signature.signature)
            return record._replace(fingerprint=b"" if signature.retry else mark)

        mark = self._marked(item.fingerprint)
        return Pending(f"logged-models/{item.key}", mark, make)

    def _read_registry(
        self, reader: Reader, members: Members, counted: _Counted
    ) -> Iterator[Sequence[Pending]]:
        """Versions, then registered models with their aliases and stages, which are about versions."""
        models = {(model.workspace, model.name): model for model in reader.registered_models()}
        prompts = {key for key, model in models.items() if mapping.is_prompt(model)}
        for _, name in sorted(prompts):
            self.report.skip("prompt", name)
        newest: dict[tuple[str, str], dict[str, VersionPayload]] = defaultdict(dict)
        for batch in reader.versions():
            models_only = [one for one in batch if (one.workspace, one.name) not in prompts]
            for version in models_only:
                _remember_newest(newest[version.workspace, version.name], version)
            kept = list(filter(members.keep, models_only))
            pending = [
                self._attempt("model-versions", one, partial(self._pending_version, one)) for one in kept
            ]
            yield counted.batch("versions", [one for one in pending if one])
        shown = [model for key, model in models.items() if key not in prompts and members.shows(*key)]
        records = (
            record
            for model in shown
            for record in self._attempt(
                "registered-models", model, partial(mapping.map_registered_model, model, self.scope)
            )
            or ()
        )
        stages = (
            record
            for key, by_stage in newest.items()
            if members.shows(*key)
            for record in self._attempt(
                "stages", key, partial(mapping.map_stages, key[1], by_stage.values(), self.scope)
            )
            or ()
        )
        yield counted.batch("registered models", self._made(records), len(shown))
        yield self._made(stages)

    def _pending_version(self, version: VersionPayload) -> Pending:
        mark = self._marked(fingerprint_of(version))

        def make() -> Record:
            return mapping.map_version(version, self.scope)._replace(fingerprint=mark)

        return Pending(mapping.version_row(version), mark, make)

    def _attempt(self, folder: str, what: tuple[object, ...], make: Callable[[], M]) -> M | None:
        """What is made of a thing by its name; without it, absence says nothing: what was known of it stays."""
        made = attempt(make, f"{folder}/{what[0]}", self.report)
        self.partial = self.partial or made is None
        return made

    def _made(self, records: Iterable[Record]) -> list[Pending]:
        """Records of several from one payload, which are few: their content is their fingerprint."""
        return [
            self._pending(record, blake2b(repr(record).encode("utf-8", "surrogatepass")).digest())
            for record in records
        ]

    def _pending(self, record: Record, fingerprint: bytes) -> Pending:
        mark = self._marked(fingerprint)
        return Pending(record.key, mark, partial(record._replace, fingerprint=mark))

    def _marked(self, fingerprint: bytes) -> bytes:
        """The payload's fingerprint with what else decides its records."""
        return blake2b(fingerprint + self._mark, digest_size=16).digest()


def _workspace_of(target: Target, environ: Mapping[str, str]) -> str:
    """Of a server with several, the one that is asked for; empty where it is the usual one, or a database, which has all.

    Each is an origin of its own: what a crawl of one does not see in the others is not gone.
    """
    asked = environ.get("MLFLOW_WORKSPACE", "") if target.way in (Way.REST, Way.CLIENT) else ""
    return "" if asked == USUAL_WORKSPACE else clean(asked)


class _Counted:
    """Counts what was read, and tells whoever watches."""

    def __init__(self, report: Report, progress: Progress, totals: Mapping[str, int]) -> None:
        self._report, self._progress, self._totals = report, progress, totals

    def batch(self, what: str, found: list[Pending], count: int | None = None) -> list[Pending]:
        """The batch, counted."""
        self._report.read[what] += len(found) if count is None else count
        self._progress(what, self._report.read[what], self._totals.get(what))
        return found


def _remember_newest(by_stage: dict[str, VersionPayload], version: VersionPayload) -> None:
    """Keep one version a stage, so that a model with a hundred thousand of them costs no more than one with four."""
    known = by_stage.get(version.stage)
    if known is None or _order(version) >= _order(known):
        by_stage[version.stage] = version


def _order(version: VersionPayload) -> tuple[int, str]:
    return (int(version.version) if version.version.isdecimal() else 0, version.version)
