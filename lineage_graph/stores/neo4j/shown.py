"""The driver's values as the values of a result: what is internal is left out, times are in UTC. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lineage_graph.graph import Kind
from lineage_graph.stores.cypher import CypherNode, CypherPath, CypherRelationship
from lineage_graph.stores.flat import INTERNAL
from lineage_graph.stores.neo4j.importing import import_driver

OURS = "LineageNode"
FOREIGN = "element:"
"""Begins the id of a node that is not ours: its place in the database, good until it is deleted."""

_KINDS = frozenset(Kind)


class Shower:
    """Shows the rows of one result. A relationship names its ends, which the server sends without their ids: see `unnamed`."""

    def __init__(self, rows: Sequence[Sequence[object]]) -> None:
        library = import_driver()
        self._graph, self._moment = library.graph, library.time.DateTime
        self._rows = rows
        self._ids: dict[str, str] = {}
        self._ends: set[str] = set()
        for row in rows:
            for entity in self._entities(row):
                if isinstance(entity, self._graph.Node):
                    self._ids[entity.element_id] = self._id(entity)
                else:
                    self._ends.update(node.element_id for node in entity.nodes if node is not None)

    @property
    def unnamed(self) -> list[str]:
        """Element ids of ends that are in no row: `name` them first."""
        return sorted(self._ends - self._ids.keys())

    def name(self, ids: Iterable[Sequence[object]]) -> None:
        """Take pairs of an element id and the id of a node of ours."""
        self._ids.update((str(element), uid) for element, uid in ids if isinstance(uid, str))

    def rows(self) -> tuple[tuple[object, ...], ...]:
        """The rows as a result has them."""
        return tuple(tuple(map(self.show, row)) for row in self._rows)

    def _entities(self, value: object) -> Iterator[Any]:
        """Nodes and relationships, wherever they are in a value."""
        if isinstance(value, self._graph.Entity):
            yield value
        elif isinstance(value, self._graph.Path):
            yield from (*value.nodes, *value.relationships)
        elif isinstance(value, (list, tuple)):
            for item in value:
                yield from self._entities(item)
        elif isinstance(value, Mapping):
            yield from self._entities(list(value.values()))

    def show(self, value: Any) -> object:
        """A value of JSON's own, a datetime, or one of the three types of a graph."""
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, (self._graph.Entity, self._graph.Path)):
            return self._show_entity(value)
        if type(value) is list:
            return [self.show(item) for item in value]
        return self._properties(value) if isinstance(value, Mapping) else self._moment_or_text(value)

    def _show_entity(self, value: Any) -> CypherNode | CypherRelationship | CypherPath:
        if isinstance(value, self._graph.Node):
            return self._node(value)
        return self._path(value) if isinstance(value, self._graph.Path) else self._relationship(value)

    def _moment_or_text(self, value: Any) -> object:
        if isinstance(value, self._moment) and value.tzinfo is not None:
            native: datetime = value.to_native()
            return native.astimezone(UTC)
        if hasattr(value, "iso_format"):
            return value.iso_format()
        if isinstance(value, (bytes, bytearray)):
            return value.hex()
        return str(value)

    def _properties(self, properties: Mapping[str, Any]) -> dict[str, object]:
        return {
            str(name): self.show(value)
            for name, value in properties.items()
            if not str(name).startswith(INTERNAL)
        }

    def _id(self, node: Any) -> str:
        own = node.get("id") if OURS in node.labels else None
        return own if isinstance(own, str) else f"{FOREIGN}{node.element_id}"

    def _node(self, node: Any) -> CypherNode:
        kinds = sorted(node.labels & _KINDS) if OURS in node.labels else []
        name = node.get("name")
        return CypherNode(
            self._id(node),
            kinds[0] if kinds else None,
            name if isinstance(name, str) else "",
            self._properties(node),
        )

    def _relationship(self, relationship: Any) -> CypherRelationship:
        src, dst = (
            FOREIGN if node is None else self._ids.get(node.element_id, f"{FOREIGN}{node.element_id}")
            for node in relationship.nodes
        )
        return CypherRelationship(src, dst, relationship.type, self._properties(relationship))

    def _path(self, path: Any) -> CypherPath:
        nodes = [self._node(node) for node in path.nodes]
        items: list[CypherNode | CypherRelationship] = nodes[:1]  # type: ignore[assignment]
        for relationship, node in zip(path.relationships, nodes[1:], strict=True):
            items += [self._relationship(relationship), node]
        return CypherPath(tuple(items))
