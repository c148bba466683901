"""Shortest paths from a node to itself: Neo4j breaks a query off that comes to one, ladybug has no rows for it.

https://neo4j.com/docs/operations-manual/current/configuration/configuration-settings/ (`cypher.forbid_shortestpath_common_nodes`)
"""

from __future__ import annotations

from collections.abc import Iterable

from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.scope import Context, Scope
from lineage_graph.stores.mirror.syntax import Binary, Expression, Variable


def check_ends(context: Context, start: str, end: str) -> None:
    """Raises `QueryRefused` where two nodes whose labels overlap may be one. Told apart are two ids, and what `WHERE a <> b` named."""
    ids = {context.ids.get(start), context.ids.get(end)}
    if frozenset({start, end}) in context.apart or (None not in ids and len(ids) == 2):
        return
    raise refused(
        "a shortest path whose ends may be one node",
        "Neo4j breaks off where they are",
        "give its ends labels that no node has both of, or say in a MATCH before it: WHERE a <> b",
    )


def tell_apart(context: Context, wheres: Iterable[Expression], scope: Scope) -> None:
    """Which nodes a match's conditions say are two, for the matches after it."""
    for where in wheres:
        if isinstance(where, Binary) and where.sign == "<>":
            sides = (where.left, where.right)
            named = [side.name for side in sides if isinstance(side, Variable) and side.name in scope]
            if len(named) == 2:
                context.apart.add(frozenset(scope[name].value.text for name in named))
