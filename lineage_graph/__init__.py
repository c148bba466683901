"""Data lineage for MLflow: from data sources to the applications that use the predictions."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineage_graph.api import Lineage

__all__ = ["Lineage", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The API wires sources, stores and queries together; importing the package must not cost that.
    if name == "Lineage":
        from lineage_graph.api import Lineage

        return Lineage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
