"""A row of `inputs` less: what must vanish with it, worked out from the graph before and from the rows."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from lineage_graph.graph import Edge, EdgeType
from tests.support.databases import committed, rows
from tests.support.graphs import Graph, inputs_of


class InputRow(NamedTuple):
    uuid: str
    source_type: str
    source_id: str
    destination_type: str
    destination_id: str

    @property
    def run(self) -> str:
        return self.destination_id if self.destination_type == "RUN" else self.source_id


def input_rows(store: str) -> list[InputRow]:
    found = rows(
        committed(store),
        "SELECT input_uuid, source_type, source_id, destination_type, destination_id FROM inputs ORDER BY 1",
    )
    return [InputRow(*row) for row in found]


def delete_row(db: sqlite3.Connection, row: InputRow) -> None:
    db.execute("DELETE FROM inputs WHERE input_uuid = ?", (row.uuid,))
    db.execute("DELETE FROM input_tags WHERE input_uuid = ?", (row.uuid,))


def flow_of(graph: Graph) -> dict[tuple[str, str, str], Edge]:
    """All but judgements: what those say of one row hangs on the other rows of its run."""
    return {key: edge for key, edge in graph.edges.items() if edge.type is not EdgeType.EVALUATED_IN}


def lost_input(store: str, row: InputRow, before: Graph) -> set[tuple[str, str]]:
    """What the run has no longer, unless it has the same data by another row too."""
    if row.source_type != "DATASET":
        return set()
    dataset = dataset_of(store, row, before)
    others = {
        dataset_of(store, other, before)
        for other in input_rows(store)
        if other.source_type == "DATASET" and other.run == row.run and other != row
    }
    return set() if dataset in others else {(dataset, row.run)}


def dataset_of(store: str, row: InputRow, graph: Graph) -> str:
    """The node of the row's data among what its run had: the one with its name and digest."""
    ((name, digest),) = rows(
        committed(store), "SELECT name, digest FROM datasets WHERE dataset_uuid = ?", row.source_id
    )
    found = [
        dataset
        for dataset, run in inputs_of(graph)
        if run == row.run and graph.nodes[dataset].properties["digest"] == digest
    ]
    if len(found) > 1:
        found = [dataset for dataset in found if name in _list(graph, dataset, "names")]
    (dataset,) = found
    return dataset


def _list(graph: Graph, node: str, name: str) -> list[Any]:
    value = graph.nodes[node].properties.get(name, [])
    assert isinstance(value, list)
    return value


OF_FEATURE_STORES = ("feast-retrieval", "feature-spec")
"""Rules of columns that no dataset's schema names."""


def without_row(store: str, row: InputRow, before: Graph) -> dict[tuple[str, str, str], Edge]:
    """The flow less what only this row says, and less the data, places and columns to which nothing leads any more."""
    edges = flow_of(before)
    if row.source_type == "RUN_OUTPUT":
        maker = rows(
            committed(store),
            "SELECT source_run_id FROM logged_models WHERE model_id = ?",
            row.destination_id,
        )
        if maker != [(row.run,)]:
            del edges[f"run:{row.run}", "PRODUCED", f"model:{row.destination_id}"]
        return edges
    if row.source_type != "DATASET" or not lost_input(store, row, before):
        return edges
    dataset = dataset_of(store, row, before)
    edges.pop((dataset, "READ_BY", f"run:{row.run}"), None)
    had = inputs_of(before) - {(dataset, row.run)}
    read = {data for data, _ in had}
    edges = {
        key: edge for key, edge in edges.items() if edge.type is not EdgeType.HAS_VERSION or key[2] in read
    }
    columns = {
        f"feature:{place}#{column['name']}"
        for data in read
        for place in _places(before, data)
        for column in _list(before, data, "columns")
    }
    edges = {
        key: edge
        for key, edge in edges.items()
        if edge.type is not EdgeType.HAS_COLUMN or key[2] in columns or edge.rule in OF_FEATURE_STORES
    }
    return _without_unfed_columns(edges)


def _places(graph: Graph, dataset: str) -> set[str]:
    """Where the dataset lies; itself where nobody recorded that."""
    places = {
        edge.src for edge in graph.edges.values() if edge.type is EdgeType.HAS_VERSION and edge.dst == dataset
    }
    return places or {dataset}


def _without_unfed_columns(edges: dict[tuple[str, str, str], Edge]) -> dict[tuple[str, str, str], Edge]:
    """A model uses the columns of a place only as long as it was trained on data from there, or a feature store says that it does."""
    trained = _trained_on(edges)
    owner = {edge.dst: edge.src for edge in edges.values() if edge.type is EdgeType.HAS_COLUMN}
    owners: dict[str, set[str]] = {}
    for edge in edges.values():
        if edge.type is EdgeType.PART_OF:
            owners.setdefault(edge.dst, set()).add(owner.get(edge.src, ""))
    used = {
        key: edge
        for key, edge in edges.items()
        if edge.type is not EdgeType.USED_BY
        or edge.rule in OF_FEATURE_STORES
        or owners[edge.src] & trained.get(edge.dst, set())
    }
    live = {edge.src for edge in used.values() if edge.type is EdgeType.USED_BY}
    return {key: edge for key, edge in used.items() if edge.type is not EdgeType.PART_OF or edge.dst in live}


def _trained_on(edges: dict[tuple[str, str, str], Edge]) -> dict[str, set[str]]:
    """model -> the places, or data without one, that its run read for anything but predictions."""
    place = {edge.dst: edge.src for edge in edges.values() if edge.type is EdgeType.HAS_VERSION}
    reads: dict[str, set[str]] = {}
    for edge in edges.values():
        if edge.type is EdgeType.READ_BY and edge.properties["role"] != "inference":
            reads.setdefault(edge.dst, set()).update({edge.src, place.get(edge.src, edge.src)})
    return {edge.dst: reads.get(edge.src, set()) for edge in edges.values() if edge.type is EdgeType.PRODUCED}
