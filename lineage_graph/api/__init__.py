"""The Python interface: `Lineage`."""

from lineage_graph.api.lineage import Lineage

__all__ = ["Lineage"]
