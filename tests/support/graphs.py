"""A whole graph as plain sets, taken out of a store at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lineage_graph import Lineage
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.stores.base import NodeFilter


class Graph(NamedTuple):
    nodes: Mapping[str, Node]
    edges: Mapping[tuple[str, str, str], Edge]
    """(from, type, to) -> what is certain and open."""


def graph_of(lineage: Lineage) -> Graph:
    nodes = {node.id: node for node in lineage.store.find(NodeFilter())}
    around = lineage.store.neighbours(list(nodes))
    edges = [edge for edge in around.edges if edge.valid_to is None]
    return Graph(nodes, {edge.key: edge for edge in edges if edge.evidence is not Evidence.POSSIBLE})


def inputs_of(graph: Graph) -> set[tuple[str, str]]:
    """(dataset, run id) of whatever a run had, to train on, to predict for, or to judge a model on."""
    wanted = (EdgeType.READ_BY, EdgeType.EVALUATED_IN)
    return {
        (edge.src, str(graph.nodes[edge.dst].properties["run_id"]))
        for edge in graph.edges.values()
        if edge.type in wanted and graph.nodes[edge.src].kind is Kind.DATASET
    }
