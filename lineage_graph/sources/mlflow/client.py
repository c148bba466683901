"""Stores that only MLflow's own client reads: Databricks, and what plugins bring.

It answers the questions that the REST reader asks, so that paging and mapping are the same. Opening a database this way could
migrate it, which is why databases are read directly.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lineage_graph.errors import LineageError, MissingExtra, SourceDenied, SourceUnreadable, UnknownScheme
from lineage_graph.redact import redact_text, redact_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

API = "/api/2.0/mlflow"
DENIED = frozenset({"PERMISSION_DENIED", "UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED"})
MISSING = frozenset({"RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND"})
Query = Mapping[str, Any]


class ClientApi:
    """MLflow's client, asked as a tracking server is."""

    workers = 1

    def __init__(self, uri: str, environ: Mapping[str, str]) -> None:
        self.shown = redact_uri(uri)
        self.workspace = environ.get("MLFLOW_WORKSPACE", "")
        self._client = _open(uri, self.shown)
        # Every answer is thousands of objects in no cycle: looking for cycles among them made it 2.7 times slower.
        self._thresholds = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(1_000_000, 50, 100)

    def post(self, path: str, body: Query) -> dict[str, Any] | None:
        """See Server."""
        return self._answer(path, body)

    def get(self, path: str, query: Query) -> dict[str, Any] | None:
        """See Server."""
        return self._answer(path, query)

    def content(self, path: str, limit: int) -> bytes | None:
        """See Server. Artifacts behind a plugin are left alone."""
        return None

    def close(self) -> None:
        """See Server."""
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()

    def _answer(self, path: str, asked: Query) -> dict[str, Any] | None:
        from mlflow.exceptions import MlflowException

        questions: dict[str, Callable[[Query], dict[str, Any]]] = {
            "experiments/search": self._experiments,
            "runs/search": self._runs,
            "runs/get": lambda query: {"run": _json(self._client.get_run(query["run_id"]))},
            "logged-models/search": self._models,
            "registered-models/search": self._registered_models,
            "model-versions/search": self._versions,
            "model-versions/get-download-uri": self._download_uri,
        }
        kind, _, name = path.removeprefix(f"{API}/").rpartition("/")
        question = (
            self._model if kind == "logged-models" and name != "search" else questions.get(f"{kind}/{name}")
        )
        if question is None:
            return None
        try:
            return question({**asked, "model_id": name})
        except MlflowException as error:
            if error.error_code in MISSING:
                return None
            raise _wrapped(error, self.shown) from None
        except (NotImplementedError, AttributeError, TypeError):
            # A plugin, or an older client, without logged models.
            return None
        except OSError as error:
            raise _wrapped(error, self.shown) from None

    def _experiments(self, body: Query) -> dict[str, Any]:
        from mlflow.entities import ViewType

        page = self._client.search_experiments(
            ViewType.ALL, body["max_results"], order_by=body["order_by"], page_token=body.get("page_token")
        )
        return _page("experiments", page)

    def _runs(self, body: Query) -> dict[str, Any]:
        from mlflow.entities import ViewType

        page = self._client.search_runs(
            body["experiment_ids"],
            body["filter"],
            ViewType.ALL,
            body["max_results"],
            body["order_by"],
            body.get("page_token"),
        )
        return _page("runs", page)

    def _models(self, body: Query) -> dict[str, Any]:
        page = self._client.search_logged_models(
            body["experiment_ids"],
            body["filter"] or None,
            max_results=body["max_results"],
            order_by=body["order_by"],
            page_token=body.get("page_token"),
        )
        return _page("models", page)

    def _model(self, query: Query) -> dict[str, Any]:
        # The public client hides deleted models, as lists do; its store does not.
        store = self._client._tracking_client.store
        return {"model": _json(store.get_logged_model(query["model_id"], allow_deleted=True))}

    def _registered_models(self, query: Query) -> dict[str, Any]:
        page = self._client.search_registered_models(
            query.get("filter"), int(query["max_results"]), page_token=query.get("page_token")
        )
        return _page("registered_models", page)

    def _versions(self, query: Query) -> dict[str, Any]:
        page = self._client.search_model_versions(
            None, int(query["max_results"]), [query["order_by"]], query.get("page_token")
        )
        return _page("model_versions", page)

    def _download_uri(self, query: Query) -> dict[str, Any]:
        return {"artifact_uri": self._client.get_model_version_download_uri(query["name"], query["version"])}


def _open(uri: str, shown: str) -> MlflowClient:
    try:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
    except ImportError as error:
        raise MissingExtra(
            f"{shown} is read through MLflow, which is not installed",
            hint="install it: pip install mlflow-skinny",
        ) from error
    try:
        return MlflowClient(tracking_uri=uri, registry_uri=uri)
    except ImportError as error:
        raise MissingExtra(
            f"{shown} needs a package that is not installed: {error.name}",
            hint=f"install it: pip install {error.name}",
        ) from error
    except MlflowException as error:
        if "unsupported URI" in str(error) or "supported" in type(error).__name__.lower():
            raise UnknownScheme(
                f"{shown}: neither lineage-graph nor MLflow reads this kind of store",
                hint="known: http(s)://, sqlite:///, postgresql://, mysql://, a file, a folder, and schemes of MLflow plugins",
            ) from None
        raise _wrapped(error, shown) from None


def _wrapped(error: Exception, shown: str) -> LineageError:
    words = " ".join(redact_text(str(error)).split())[:300]
    if getattr(error, "error_code", "") in DENIED:
        return SourceDenied(f"{shown} refused: {words}", hint="check the credentials that MLflow uses")
    return SourceUnreadable(
        f"{shown} cannot be read through MLflow: {words}", hint="try the same with MLflow alone"
    )


def _page(key: str, page: Any) -> dict[str, Any]:
    return {key: [_json(one) for one in page], "next_page_token": page.token or ""}


def _json(entity: Any) -> dict[str, Any]:
    """An entity of MLflow's as its REST API would send it."""
    from mlflow.utils.proto_json_utils import message_to_json

    found: dict[str, Any] = json.loads(message_to_json(entity.to_proto()))
    return found
