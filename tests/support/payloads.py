"""Everything that a reader gives, in one order, to compare readers by."""

from __future__ import annotations

from typing import Any

from lineage_graph.sources.mlflow.reader import Reader, Selection


def read_everything(reader: Reader, **chosen: Any) -> dict[str, list[Any]]:
    """All payloads by kind, sorted."""
    experiments = reader.experiments()
    selection = Selection({one.experiment_id: one for one in experiments}, **chosen)
    models = [item.load() for batch in reader.models(selection) for item in batch]
    runs = [item.load() for batch in reader.runs(selection) for item in batch]
    models += reader.unlisted_models(selection)
    registered = reader.registered_models()
    # Prompts are no models; whether their versions are given differs, and the source leaves them out.
    prompts = {one.name for one in registered if "mlflow.prompt.is_prompt" in one.tags}
    versions = [one for batch in reader.versions() for one in batch if one.name not in prompts]
    return {
        "experiments": sorted(experiments, key=lambda one: one.experiment_id),
        "models": sorted(models, key=lambda one: one.model_id),
        "runs": sorted(runs, key=lambda one: one.run_id),
        "registered": sorted(registered, key=lambda one: one.name),
        "versions": sorted(versions, key=lambda one: (one.name, int(one.version))),
    }


def shown(payloads: dict[str, list[Any]]) -> dict[str, list[dict[str, Any]]]:
    """The payloads for comparison: mappings without order, and a NaN that equals itself."""
    return {kind: [_plain(payload._asdict()) for payload in found] for kind, found in payloads.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in sorted(value.items())}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return "NaN" if isinstance(value, float) and value != value else value
