"""A tracking server, read over its REST API without MLflow's client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

from lineage_graph.errors import SourceUnreadable
from lineage_graph.sources.base import Report
from lineage_graph.sources.mlflow import answers
from lineage_graph.sources.mlflow.artifacts import MAX_SIZE, proxied_path, read_local
from lineage_graph.sources.mlflow.measured import MeasuredMetrics
from lineage_graph.sources.mlflow.merged import merged
from lineage_graph.sources.mlflow.pages import Thing, by_time, by_token
from lineage_graph.sources.mlflow.payload import (
    ExperimentPayload,
    ModelPayload,
    RegisteredModelPayload,
    RunPayload,
    VersionPayload,
)
from lineage_graph.sources.mlflow.reader import UNFINISHED, UNFINISHED_MODEL, Item, Reader, Selection, loaded
from lineage_graph.sources.mlflow.unread import UnreadableSources

API = "/api/2.0/mlflow"
PAGE = 1_000
EXPERIMENTS_A_SEARCH = 20
PROMPTS = "tags.`mlflow.prompt.is_prompt` = 'true'"


class Api(Protocol):
    """What answers: a tracking server, or MLflow's client in its place."""

    shown: str
    workspace: str
    workers: int

    def post(self, path: str, body: Mapping[str, Any], /) -> dict[str, Any] | None:
        """The answer to a search; None where there is no such path."""

    def get(self, path: str, query: Mapping[str, Any], /) -> dict[str, Any] | None:
        """The answer to a look-up; None where there is no such thing."""

    def content(self, path: str, limit: int, /) -> bytes | None:
        """A file that is handed out; None where there is none, or it is longer than `limit`."""

    def close(self) -> None:
        """Let go of what is open."""


class RestReader(Reader):
    """One tracking server."""

    def __init__(self, server: Api) -> None:
        self.report = Report()
        self._server = server
        self._workspace = server.workspace or "default"
        self._measured = MeasuredMetrics()
        self._locations: dict[str, str] = {}
        """Logged models that were listed -> where their artifacts are."""
        self._unfinished: set[str] = set()
        self._sourced: dict[str, list[str]] = {}
        """Run -> logged models that say that it made them."""
        self._ask_for_models: set[str] = set()
        """Runs that a model's metric names and that are not the model's own."""
        self._unlisted: dict[str, ModelPayload | None] = {}
        """Logged models that runs name and no list has: the deleted ones; None for those that are gone for good."""
        self._has_models = False
        self._lookups = ThreadPoolExecutor(server.workers, thread_name_prefix="mlflow-rest")

    def close(self) -> None:
        """See Reader."""
        self._lookups.shutdown(wait=False, cancel_futures=True)
        self._server.close()

    def experiments(self) -> list[ExperimentPayload]:
        """See Reader."""
        body = {"view_type": "ALL", "max_results": PAGE, "order_by": ["experiment_id ASC"]}
        with self._understanding("experiments"):
            pages = list(by_token(partial(self._page, f"{API}/experiments/search", body), "experiments"))
            return [answers.experiment_of(thing, self._workspace) for page in pages for thing in page]

    def models(self, selection: Selection) -> Iterator[list[Item[ModelPayload]]]:
        """See Reader."""
        # One experiment at a time: over several at once the server's time grows with the square of their models.
        streams = [self._model_pages(key, selection.since) for key in selection.experiments]
        with self._understanding("logged models"):
            for page in merged(streams, self._server.workers):
                yield [self._model(thing, selection) for thing in page]

    def runs(self, selection: Selection) -> Iterator[list[Item[RunPayload]]]:
        """See Reader."""
        ids = list(selection.experiments)
        groups = [ids[at : at + EXPERIMENTS_A_SEARCH] for at in range(0, len(ids), EXPERIMENTS_A_SEARCH)]
        unread = UnreadableSources(self.report)
        with self._understanding("runs"):
            for page in merged([self._run_pages(group, selection) for group in groups], self._server.workers):
                for payload in page:
                    unread.look_at_inputs(payload)
                yield [loaded(payload.run_id, payload) for payload in page]

    def unlisted_models(self, selection: Selection) -> list[ModelPayload]:
        """See Reader."""
        return [payload for _, payload in sorted(self._unlisted.items()) if payload is not None]

    def registered_models(self) -> list[RegisteredModelPayload]:
        """See Reader."""
        found: dict[str, RegisteredModelPayload] = {}
        with self._understanding("registered models"):
            for condition in ("", PROMPTS):
                for page in self._registered(condition):
                    payloads = (answers.registered_model_of(thing, self._workspace) for thing in page)
                    found.update((payload.name, payload) for payload in payloads)
        return [found[name] for name in sorted(found)]

    def versions(self) -> Iterator[list[VersionPayload]]:
        """See Reader."""
        query = {"max_results": str(PAGE), "order_by": "name ASC"}

        def ask(token: str) -> Mapping[str, Any] | None:
            return self._server.get(f"{API}/model-versions/search", query | _token(token))

        with self._understanding("model versions"):
            for page in by_token(ask, "model_versions"):
                locations = list(self._lookups.map(self._storage_location, page))
                yield [
                    answers.version_of(thing, self._workspace, location)
                    for thing, location in zip(page, locations, strict=True)
                ]

    def artifact(self, location: str, path: str) -> bytes | None:
        """See Reader. Through the server where it serves artifacts, else from this machine."""
        proxied = proxied_path(location, path)
        if proxied is not None:
            return self._server.content(f"/api/2.0/mlflow-artifacts/artifacts/{proxied}", MAX_SIZE)
        return read_local(location, path)

    @contextmanager
    def _understanding(self, what: str) -> Iterator[None]:
        """JSON that has not the shape of MLflow's is said to be that, wherever it is first missed."""
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceUnreadable(
                f"{self._server.shown} answered JSON that MLflow does not answer, asked for its {what}",
                hint="is this an MLflow server, and of a version that others read?",
            ) from error

    def _page(self, path: str, body: Mapping[str, object], token: str) -> Mapping[str, Any]:
        answer = self._server.post(path, {**body, **_token(token)})
        if answer is None:
            raise SourceUnreadable(
                f"{self._server.shown} has no MLflow REST API ({path} is not found)",
                hint="give the address of the MLflow server, as in MLFLOW_TRACKING_URI",
            )
        return answer

    def _model_pages(self, experiment: str, since: int | None) -> Iterator[list[Thing]]:
        def ask(start: int | None, token: str) -> Mapping[str, Any] | None:
            conditions = [] if since is None else [f"last_updated_timestamp >= {int(since)}"]
            conditions += [] if start is None else [f"creation_timestamp >= {start}"]
            body = {
                "experiment_ids": [experiment],
                "max_results": PAGE,
                "order_by": [{"field_name": "creation_timestamp", "ascending": True}],
                "filter": " AND ".join(conditions),
            }
            # Before MLflow 3 there is no such path.
            return self._server.post(f"{API}/logged-models/search", {**body, **_token(token)})

        return by_time(ask, "models", _identify_model)

    def _model(self, thing: Thing, selection: Selection) -> Item[ModelPayload]:
        info = thing.get("info", {})
        payload = answers.model_of(thing, selection.experiments.get(str(info.get("experiment_id"))))
        self._has_models = True
        self._locations[payload.model_id] = payload.artifact_location
        if payload.status in UNFINISHED_MODEL:
            self._unfinished.add(payload.model_id)
        if payload.source_run_id:
            self._sourced.setdefault(payload.source_run_id, []).append(payload.model_id)
        metrics = answers.metrics_of(thing)
        self._measured.add(payload.model_id, metrics)
        runs = {line.run_id for lines in metrics.values() for line in lines if line.run_id}
        self._ask_for_models |= runs - {payload.source_run_id}
        return loaded(payload.model_id, payload)

    def _run_pages(self, experiments: Sequence[str], selection: Selection) -> Iterator[list[RunPayload]]:
        seen: set[str] = set()
        for condition in _run_conditions(selection.since):
            for page in by_time(self._run_search(experiments, condition), "runs", _identify_run):
                fresh = [thing for thing in page if answers.run_id_of(thing) not in seen]
                if selection.since is not None:
                    seen.update(map(answers.run_id_of, fresh))
                yield self._runs_of(fresh, selection)

    def _run_search(
        self, experiments: Sequence[str], condition: str
    ) -> Callable[[int | None, str], Mapping[str, Any] | None]:
        def ask(start: int | None, token: str) -> Mapping[str, Any] | None:
            conditions = [condition] if condition else []
            conditions += [] if start is None else [f"attributes.start_time >= {start}"]
            body = {
                "experiment_ids": list(experiments),
                "run_view_type": "ALL",
                "max_results": PAGE,
                "order_by": ["attributes.start_time ASC"],
                "filter": " AND ".join(conditions),
            }
            return self._page(f"{API}/runs/search", body, token)

        return ask

    def _runs_of(self, things: Sequence[Thing], selection: Selection) -> list[RunPayload]:
        self._look_up_models(things, selection)
        payloads = [
            answers.run_of(
                thing,
                selection.experiments.get(str(thing.get("info", {}).get("experiment_id"))),
                self._measured.of(answers.run_id_of(thing)),
                self._unfinished,
                self._sourced.get(answers.run_id_of(thing), ()),
            )
            for thing in things
        ]
        # A search leaves out the models that a run was evaluated with: https://github.com/mlflow/mlflow (`_search_runs`).
        asked = [at for at, payload in enumerate(payloads) if self._may_have_model_inputs(payload)]
        for at, models in zip(
            asked, self._lookups.map(self._model_inputs, [payloads[at].run_id for at in asked])
        ):
            payloads[at] = payloads[at]._replace(model_inputs=models)
        return payloads

    def _may_have_model_inputs(self, payload: RunPayload) -> bool:
        signs = "example_count" in payload.metrics or "mlflow.datasets" in payload.tags
        return self._has_models and (signs or payload.run_id in self._ask_for_models)

    def _model_inputs(self, run_id: str) -> tuple[str, ...]:
        answer = self._server.get(f"{API}/runs/get", {"run_id": run_id})
        return answers.model_inputs_of(answer.get("run", {})) if answer else ()

    def _look_up_models(self, things: Sequence[Thing], selection: Selection) -> None:
        """Ask for the models that these runs made and that were not listed; their status decides what the runs claim."""
        named = {model for thing in things for model, _ in answers.model_outputs_of(thing)}
        missing = sorted(named - self._locations.keys() - self._unlisted.keys())
        for model_id, payload in zip(
            missing, self._lookups.map(partial(self._look_up_model, selection), missing), strict=True
        ):
            self._unlisted[model_id] = payload
            if payload is not None and payload.status in UNFINISHED_MODEL:
                self._unfinished.add(model_id)

    def _look_up_model(self, selection: Selection, model_id: str) -> ModelPayload | None:
        answer = self._server.get(f"{API}/logged-models/{model_id}", {"allow_deleted": "true"})
        if not answer or "model" not in answer:
            return None
        thing = answer["model"]
        experiment = selection.experiments.get(str(thing.get("info", {}).get("experiment_id")))
        # Listed ones were read before: what is only found this way is deleted, or was made this moment.
        return answers.model_of(thing, experiment, "deleted")

    def _registered(self, condition: str) -> Iterator[list[Thing]]:
        query = {"max_results": str(PAGE)} | ({"filter": condition} if condition else {})

        def ask(token: str) -> Mapping[str, Any] | None:
            return self._server.get(f"{API}/registered-models/search", query | _token(token))

        return by_token(ask, "registered_models")

    def _storage_location(self, thing: Thing) -> str:
        """Where a version's files lie, if not at its source: only a source `models:/…` is something else than a place."""
        source = str(thing.get("source", ""))
        if not source.startswith("models:/"):
            return ""
        listed = self._locations.get(source.removeprefix("models:/"))
        if listed is not None:
            return listed
        query = {"name": str(thing["name"]), "version": str(thing["version"])}
        answer = self._server.get(f"{API}/model-versions/get-download-uri", query)
        found = str((answer or {}).get("artifact_uri", ""))
        return "" if found == source else found


def _run_conditions(since: int | None) -> list[str]:
    """Filters that together select: there is no OR in MLflow's language."""
    if since is None:
        return [""]
    before = f"attributes.start_time < {int(since)}"
    recent = [f"attributes.start_time >= {int(since)}", f"attributes.end_time >= {int(since)} AND {before}"]
    return recent + [f"attributes.status = '{status}' AND {before}" for status in sorted(UNFINISHED)]


def _identify_run(thing: Thing) -> tuple[str, int | None]:
    return answers.run_id_of(thing), answers.number(thing.get("info", {}), "start_time")


def _identify_model(thing: Thing) -> tuple[str, int | None]:
    info = thing.get("info", {})
    return str(info.get("model_id", "")), answers.number(info, "creation_timestamp_ms")


def _token(token: str) -> dict[str, str]:
    return {"page_token": token} if token else {}
