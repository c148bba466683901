"""What ladybug gives, as a person knows it: our properties by their names, times in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lineage_graph.stores.cypher import CypherNode, CypherPath, CypherRelationship
from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.shapes import PAST

HIDDEN = frozenset({PAST})
"""What is nobody's to see."""


class Results:
    """Reads values of one mirror."""

    def __init__(self, catalog: Catalog) -> None:
        self._properties = catalog.properties()

    def value(self, value: Any) -> object:
        """Any value."""
        if isinstance(value, datetime):
            return value.replace(tzinfo=UTC) if value.tzinfo is None else value
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return self._structure(value)
        return value

    def _structure(self, value: Mapping[str, Any]) -> object:
        if "_NODES" in value:
            return self._path(value["_NODES"], value["_RELS"])
        if "_SRC" in value:
            return CypherRelationship(value["src"], value["dst"], value["_LABEL"], self._own(value))
        if "uid" in value and value["uid"] is None:
            return None
        own = self._own(value)
        public = {name: each for name, each in own.items() if name not in HIDDEN}
        return CypherNode(value["uid"], value["_LABEL"], str(own.get("name", "")), public)

    def _own(self, value: Mapping[str, Any]) -> dict[str, object]:
        return {
            self._properties[column]: self.value(each)
            for column, each in value.items()
            if each is not None and column in self._properties
        }

    def _path(self, nodes: list[Any], relationships: list[Any]) -> CypherPath:
        items: list[Any] = [self.value(nodes[0])]
        for relationship, node in zip(relationships, nodes[1:], strict=True):
            items += [self.value(relationship), self.value(node)]
        return CypherPath(tuple(items))
