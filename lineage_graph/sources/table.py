"""Which class reads which kind of source. Each is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module

from lineage_graph.errors import UsageError
from lineage_graph.sources.base import Source

SOURCES = {
    "mlflow": "lineage_graph.sources.mlflow.source:MlflowSource",
    "declared": "lineage_graph.sources.declared.source:DeclaredSource",
}
GROUP = "lineage_graph.sources"
"""The entry-point group of sources that other packages bring; read only for an unknown kind."""


def open_source(kind: str, target: str | None, **options: object) -> Source:
    """The source of that kind. Raises `UsageError` for one that nothing installed reads."""
    place = SOURCES.get(kind) or _entry_point(kind)
    module, _, name = place.partition(":")
    source: Source = getattr(import_module(module), name)(target, **options)
    return source


def _entry_point(kind: str) -> str:
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP, name=kind):
        return entry.value
    raise UsageError(
        f"nothing here reads a source of kind {kind!r}", hint=f"known: {', '.join(sorted(SOURCES))}"
    )
