"""Where the data came from: each location with the versions of it on the way, what is known of them, and who read them for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lineage_graph.governance.citing import Owner
from lineage_graph.governance.history import time_of
from lineage_graph.governance.material import Material
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.query.labels import label, text_of


class Column(NamedTuple):
    """A column of the schema as it was logged."""

    name: str
    type: str | None


class Read(NamedTuple):
    """A run read it, for this."""

    run: str
    name: str
    role: str
    context: str | None
    since: int | None
    evidence: Evidence
    rule: str
    records: tuple[str, ...]


class Data(NamedTuple):
    """One version of data. `derived`: something on the way wrote it, so its own origins are in the report too."""

    id: str
    name: str
    names: tuple[str, ...]
    state: str
    digest: str | None
    digest_strength: str | None
    digest_rows: int | None
    rows: int | None
    columns: tuple[Column, ...]
    derived: bool
    reads: tuple[Read, ...]
    records: tuple[str, ...]


class Place(NamedTuple):
    """A location of data, or data without one (`uri` null). `first`: nothing that is recorded made it."""

    id: str | None
    uri: str | None
    recorded: str | None
    name: str
    owner: Owner | None
    first: bool
    data: tuple[Data, ...]
    records: tuple[str, ...]


def list_origins(material: Material) -> tuple[Place, ...]:
    """Locations, first origins first, then those on the way; last, data whose location is not recorded."""
    places: list[Place] = []
    placed: set[str] = set()
    for source in material.above(Kind.SOURCE):
        versions = [
            material.nodes[edge.dst]
            for edge in material.out_of(source.id, EdgeType.HAS_VERSION)
            if edge.dst in material.nodes
        ]
        placed.update(node.id for node in versions)
        places.append(_place(material, source, versions))
    homeless = [node for node in material.above(Kind.DATASET) if node.id not in placed]
    places += [_place(material, None, [node]) for node in homeless]
    return tuple(
        sorted(places, key=lambda place: (place.uri is None, not place.first, place.uri or "", place.name))
    )


def _place(material: Material, source: Node | None, versions: Sequence[Node]) -> Place:
    data = tuple(describe_data(material, node) for node in sorted(versions, key=lambda node: node.id))
    first = not data or any(not each.derived for each in data)
    if source is None:
        return Place(None, None, None, data[0].name, material.owners.get(data[0].id), first, data, ())
    return Place(
        id=source.id,
        uri=text_of(source, "uri") or None,
        recorded=text_of(source, "recorded") or None,
        name=label(source),
        owner=material.owners.get(source.id),
        first=first,
        data=data,
        records=_of_place(material, source),
    )


def _of_place(material: Material, source: Node) -> tuple[str, ...]:
    """A location is named by whatever names its versions."""
    edges = material.out_of(source.id, EdgeType.HAS_VERSION)
    return material.citations.of(ref for edge in edges for ref in edge.records) or material.citations.of_node(
        source
    )


def describe_data(material: Material, node: Node) -> Data:
    """What is known of one version of data."""
    names = node.properties.get("names")
    return Data(
        id=node.id,
        name=label(node),
        names=tuple(map(str, names)) if isinstance(names, (list, tuple)) else (node.name,),
        state=str(node.state),
        digest=text_of(node, "digest") or None,
        digest_strength=text_of(node, "digest_strength") or None,
        digest_rows=time_of(node.properties.get("digest_rows")),
        rows=time_of(node.properties.get("rows")),
        columns=tuple(columns_of(node.properties.get("columns"))),
        derived=any(material.into(node.id, EdgeType.WROTE, EdgeType.CONTINUES_AS)),
        reads=tuple(_read(material, edge) for edge in material.out_of(node.id, EdgeType.READ_BY)),
        records=material.citations.of_node(node),
    )


def columns_of(said: object) -> Iterable[Column]:
    """Columns as `[{"name", "type"}]` says them."""
    for column in said if isinstance(said, (list, tuple)) else ():
        if isinstance(column, dict):
            type_ = column.get("type")
            yield Column(str(column.get("name", "")), None if type_ is None else str(type_))


def _read(material: Material, edge: Edge) -> Read:
    run = material.nodes.get(edge.dst)
    context = edge.properties.get("context")
    return Read(
        run=edge.dst,
        name=label(run) if run else edge.dst,
        role=str(edge.properties.get("role") or "unspecified"),
        context=None if context is None else str(context),
        since=edge.valid_from,
        evidence=edge.evidence,
        rule=edge.rule,
        records=material.citations.of(edge.records),
    )
