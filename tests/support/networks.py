"""The walk's rules as the shape of a networkx graph: a node that may be left by some edges only is two nodes there.

Written anew from the rules (rules 1, 2, 8 and 12 of the design), with nothing of the package's own walk in it.
"""

from __future__ import annotations

from collections.abc import Mapping

import networkx

from lineage_graph.graph import Kind, Node

SCORED = "scored "
"""A run as what made predictions: only what it wrote comes of what it scored."""
JUDGEMENT = "judgement "
"""An evaluation as the way from data to the models that were judged on it."""


class Network:
    """Ancestors and descendants on an exported graph."""

    def __init__(
        self, exported: networkx.MultiDiGraph[str], nodes: Mapping[str, Node], *, evaluation: bool = False
    ) -> None:
        self._nodes = nodes
        self._graph: networkx.DiGraph[str] = networkx.DiGraph()
        self._graph.add_nodes_from(exported)
        for src, dst, edge in exported.edges(data=True):
            self._add(src, dst, edge)
        if evaluation:
            self._pass_through_evaluations(exported)

    def _add(self, src: str, dst: str, edge: Mapping[str, object]) -> None:
        properties = edge["properties"]
        assert isinstance(properties, Mapping)
        if edge["type"] == "READ_BY" and properties.get("role") == "inference":
            dst = SCORED + dst
        elif edge["type"] == "WROTE":
            self._graph.add_edge(SCORED + src, dst)
        elif edge["type"] == "SAME_CONTENT":
            self._graph.add_edge(dst, src)
        self._graph.add_edge(src, dst)

    def _pass_through_evaluations(self, exported: networkx.MultiDiGraph[str]) -> None:
        for src, dst, edge in exported.edges(data=True):
            if edge["type"] != "EVALUATED_IN":
                continue
            if self._nodes[src].kind is Kind.DATASET:
                self._graph.add_edge(src, JUDGEMENT + dst)
            else:
                self._graph.add_edge(JUDGEMENT + dst, src)

    def ancestors(self, node: str) -> set[str]:
        return self._plain(
            {above for one in self._sides(node) for above in networkx.ancestors(self._graph, one)}, node
        )

    def descendants(self, node: str) -> set[str]:
        """What depends on it, less deleted ends and failed models, and what becomes such an end by that."""
        below = {there for one in self._sides(node) for there in networkx.descendants(self._graph, one)}
        below |= set(self._sides(node))
        part = self._graph.subgraph(below)
        shown = {one for one in below if not _is_hidden(self._nodes[_plain(one)])}
        for one in list(shown):
            shown |= networkx.ancestors(part, one)
        return self._plain(shown, node)

    def _sides(self, node: str) -> list[str]:
        return [one for one in (node, SCORED + node, JUDGEMENT + node) if one in self._graph]

    def _plain(self, found: set[str], root: str) -> set[str]:
        return {_plain(one) for one in found} | {root}


def _plain(node: str) -> str:
    return node.removeprefix(SCORED).removeprefix(JUDGEMENT)


def _is_hidden(node: Node) -> bool:
    return node.state == "deleted" or (node.kind is Kind.MODEL and node.state == "failed")
