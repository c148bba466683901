"""What a mirror holds: of each kind and each type of relationship the properties that occur, with their types, and what joins what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lineage_graph.graph import EdgeType, Kind
from lineage_graph.stores.flat import Flat

FORMAT = 3
"""Of the mirror's file: another number is another layout, and the mirror is built anew."""
COMMON_LABEL = "LineageNode"
"""The label that every node of ours has in Neo4j beside its kind."""
BOOKKEEPING = "LineageRecord"
"""A label of what lies beside the graph in Neo4j, and not here."""

SCALARS: Mapping[type, str] = {
    bool: "BOOL",
    int: "INT64",
    float: "DOUBLE",
    str: "STRING",
    datetime: "TIMESTAMP",
}


def name_of_type(value: Flat) -> str:
    """The column type of a property's value; an empty list is one of texts."""
    if isinstance(value, list):
        return SCALARS[type(value[0])] + "[]" if value else "STRING[]"
    return SCALARS[type(value)]


def key_of(name: str, value: Flat) -> str:
    """A property with the type of this value."""
    return f"{name} {name_of_type(value)}"


@dataclass(slots=True)
class Catalog:
    """A property with two types has two columns, and no question may look at it: Neo4j would see one."""

    change: int = 0
    stamp: str = ""
    identity: str = ""
    """Of the store: another one's changes would be followed from nowhere."""
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    """kind or edge type -> `property type` -> its place among the columns."""
    columns: dict[str, str] = field(default_factory=dict)
    """`property type` -> the column's name, in all tables the same."""
    pairs: dict[str, list[list[str]]] = field(default_factory=dict)
    """edge type -> kinds that it joins."""
    loops: list[str] = field(default_factory=list)
    """Types with an edge from a node to itself."""
    size: int = 0
    """Nodes."""
    edges: int = 0
    """The number that the next edge gets."""

    def __post_init__(self) -> None:
        for table in (*Kind, *EdgeType):
            self.tables.setdefault(table.value, {})
        for edge_type in EdgeType:
            self.pairs.setdefault(edge_type.value, [])

    def add(self, table: str, flat: Mapping[str, Flat]) -> None:
        """See a node's or an edge's properties."""
        places = self.tables[table]
        for name, value in flat.items():
            key = key_of(name, value)
            if key not in places:
                places[key] = len(places)
                self.columns.setdefault(key, f"p{len(self.columns)}")

    def knows(self, table: str, flat: Mapping[str, Flat]) -> bool:
        """Whether every one of these properties has its column."""
        places = self.tables[table]
        return all(key_of(name, value) in places for name, value in flat.items())

    def join(self, edge_type: str, src: str, dst: str, *, loop: bool) -> None:
        """See an edge's ends."""
        pair = [src, dst]
        if pair not in self.pairs[edge_type]:
            self.pairs[edge_type].append(pair)
        if loop and edge_type not in self.loops:
            self.loops.append(edge_type)

    def types(self, tables: Iterable[str], name: str) -> set[str]:
        """The types that a property has in any of these tables."""
        keys = (key.rpartition(" ") for table in tables for key in self.tables[table])
        return {type_ for found, _, type_ in keys if found == name}

    def column(self, name: str, type_name: str) -> str:
        """The column of a property of this type."""
        return self.columns[f"{name} {type_name}"]

    def columns_of(self, table: str) -> Iterator[tuple[str, str]]:
        """Column and type, in the order of the table."""
        for key in self.tables[table]:
            yield self.columns[key], key.rpartition(" ")[2]

    def properties(self) -> dict[str, str]:
        """Column -> property."""
        return {column: key.rpartition(" ")[0] for key, column in self.columns.items()}

    def to_json(self) -> str:
        """As it lies in the mirror."""
        return json.dumps({"format": FORMAT, **{name: getattr(self, name) for name in self.__slots__}})

    @classmethod
    def from_json(cls, text: str) -> Catalog | None:
        """None for another layout."""
        values = json.loads(text)
        return cls(**values) if values.pop("format", None) == FORMAT else None
