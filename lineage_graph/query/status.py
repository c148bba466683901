"""What is in the graph and how fresh it is: `status` and `stats` (`lineage-graph/status/1`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lineage_graph.graph import KIND_ORDER, EdgeType, Kind, Origin
from lineage_graph.query.answer import GraphState
from lineage_graph.query.envelope import map_graph, map_origin, map_value
from lineage_graph.query.parts import part_of
from lineage_graph.stores.base import Store

SCHEMA = "lineage-graph/status/1"


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of what is now, and for each origin what its last crawl read and skipped."""

    graph: GraphState
    gaps: Mapping[str, Mapping[str, int]]
    """Origin -> gap code -> nodes."""
    counts: Mapping[Kind, int]
    edges: Mapping[EdgeType, int]

    @property
    def oldest(self) -> int | None:
        """When the origin that was read longest ago was read; None where one never was."""
        times = [origin.read_at for origin in self.graph.origins]
        return None if not times or None in times else min(time for time in times if time is not None)

    def to_dict(self) -> dict[str, object]:
        """The JSON."""
        origins = [self._map_origin(origin) for origin in self.graph.origins]
        return {
            "schema": SCHEMA,
            "graph": {**map_graph(self.graph), "origins": origins},
            "counts": {str(kind): self.counts[kind] for kind in KIND_ORDER if self.counts.get(kind)},
            "edges": {str(type_): self.edges[type_] for type_ in EdgeType if self.edges.get(type_)},
        }

    def _map_origin(self, origin: Origin) -> dict[str, object]:
        return {
            **map_origin(origin),
            "read": map_value(origin.report.get("read") or {}),
            "skipped": map_value(origin.report.get("skipped") or []),
            "part": None if (part := part_of(origin)) is None else map_value(part.to_dict()),
            "gaps": dict(sorted(self.gaps.get(origin.name, {}).items())),
        }


def read_status(store: Store) -> Status:
    """The state of a graph."""
    info = store.info()
    return Status(GraphState(info.type, info.change, info.origins), info.gaps, info.nodes, info.edges)
