"""The graph in a table of Cypher's values, as an answer that the pictures draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress

from lineage_graph.errors import UsageError
from lineage_graph.graph import KIND_ORDER, Edge, EdgeType, Evidence, Kind, Node, State
from lineage_graph.query.answer import Answer, GraphState, Options, Root, Verdict
from lineage_graph.redact import redact_text
from lineage_graph.render.text import count_of
from lineage_graph.stores.cypher import CypherNode, CypherPath, CypherRelationship, CypherTable

NOTHING = "the query found nothing: there is nothing to draw"
ALL_HIDDEN = "--limit hides all that the query found: there is nothing to draw"


def map_graph(
    table: CypherTable, graph: GraphState, ends: dict[str, Node] | None = None, *, rooted: bool = False
) -> Answer:
    """Nodes, relationships and paths of all rows; `ends` are nodes that relationships name and no row has.

    A tree has to begin somewhere: `rooted` makes roots of what nothing leads to. In a picture nothing was asked for.

    No rows are an empty picture. Raises `UsageError` where there are rows and no graph in them.
    """
    if not table.rows:
        note = ALL_HIDDEN if table.more else NOTHING
        return Answer("cypher", "downstream", (), Options(), graph, Verdict.FOUND, notes=(note,))
    nodes, edges, others = _parts(table, ends or {})
    if not nodes:
        raise UsageError(
            f"there is no graph in these rows to draw{f', only {others}' if others else ''}",
            hint="RETURN nodes, relationships or paths, such as MATCH p = (:Source)-[]->() RETURN p, or use -o table",
        )
    ordered = sorted(nodes.values(), key=lambda node: (KIND_ORDER[node.kind], node.id))
    drawn = tuple(sorted(edges, key=lambda edge: edge.key))
    starts = {node.id for node in ordered} - {edge.dst for edge in drawn if edge.dst != edge.src}
    roots = tuple(Root(node.id, node.id) for node in ordered if node.id in starts) or (
        Root(ordered[0].id, ordered[0].id),
    )
    return Answer(
        "cypher",
        "downstream",
        roots if rooted else (),
        Options(),
        graph,
        Verdict.FOUND,
        tuple(ordered),
        edges=drawn,
        counts=Counter(node.kind.value for node in ordered),
        notes=(f"{others} not drawn",) if others else (),
    )


def _parts(table: CypherTable, ends: Mapping[str, Node]) -> tuple[dict[str, Node], list[Edge], str]:
    """Nodes, relationships, and how many are of others, in words."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[object, ...], Edge] = {}
    foreign_nodes: set[str] = set()
    foreign_edges: set[tuple[object, ...]] = set()
    for item in _items(table.rows):
        if isinstance(item, CypherRelationship):
            if (edge := _edge(item)) is not None:
                edges[*edge.key, edge.valid_from, edge.valid_to] = edge
            else:
                foreign_edges.add((item.src, item.dst, item.type, repr(sorted(item.properties.items()))))
        elif item.kind is None:
            foreign_nodes.add(item.id)
        else:
            nodes[item.id] = _node(item)
    for edge in edges.values():
        for end in (edge.src, edge.dst):
            if end in ends:
                nodes.setdefault(end, ends[end])
    # A type may be ours and an end somebody else's.
    drawn = [edge for edge in edges.values() if edge.src in nodes and edge.dst in nodes]
    return nodes, drawn, _of_others(len(foreign_nodes), len(foreign_edges) + len(edges) - len(drawn))


def _of_others(nodes: int, relationships: int) -> str:
    counted = [(nodes, "node"), (relationships, "relationship")]
    said = " and ".join(count_of(number, what) for number, what in counted if number)
    return f"{said} of others" if said else ""


def ends_of(table: CypherTable) -> list[str]:
    """The ids of nodes that relationships of the rows join."""
    joined = {
        end
        for item in _items(table.rows)
        if isinstance(item, CypherRelationship)
        for end in (item.src, item.dst)
    }
    return sorted(joined)


def _items(value: object) -> Iterator[CypherNode | CypherRelationship]:
    if isinstance(value, CypherPath):
        yield from value.items
    elif isinstance(value, CypherNode | CypherRelationship):
        yield value
    elif isinstance(value, dict):
        yield from _items(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _items(item)


def _node(item: CypherNode) -> Node:
    # A label may be cut out of a URI, and then nothing tells any more that a part of it was a secret.
    properties = {
        name: redact_text(value) if isinstance(value, str) else value
        for name, value in item.properties.items()
    }
    state, gaps = State.LIVE, properties.pop("gaps", None)
    with suppress(ValueError):
        state = State(str(properties.pop("state", "live")))
    words = tuple(str(gap) for gap in gaps) if isinstance(gaps, list) else ()
    return Node(item.id, Kind(str(item.kind)), redact_text(item.name), state, properties, words, ("cypher",))


def _edge(item: CypherRelationship) -> Edge | None:
    """None for a type of others."""
    with suppress(ValueError):
        properties = dict(item.properties)
        evidence = Evidence(str(properties.pop("evidence", "logged")))
        times = [_ms(properties.pop(name, None)) for name in ("valid_from", "valid_to")]
        rule = str(properties.pop("rule", "") or "")
        return Edge(
            item.src, item.dst, EdgeType(item.type), evidence, rule, (), times[0], times[1], properties
        )
    return None


def _ms(value: object) -> int | None:
    from datetime import datetime

    return round(value.timestamp() * 1000) if isinstance(value, datetime) else None
