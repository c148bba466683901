"""What a query may do, judged by the server's own plan of it and never by its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lineage_graph.errors import QueryRefused
from lineage_graph.graph import EdgeType, Kind

READS = frozenset({"r"})
WRITES = frozenset({"r", "w", "rw", "s"})

_ELSEWHERE = "Neo4j Browser or cypher-shell run it, if the server lets you"
_REFUSED = {
    "LoadCSV": "load a file or an address",
    "TerminateTransactions": "end what others are doing",
    "ShowTransactions": "show what others are asking",
    "ShowSettings": "show how the server is set up",
    "AdministrationCommand": "administer the server",
}
"""Operators that no query may have: all but the last get through the server's own READ mode."""

_READING = frozenset(
    {
        "db.labels",
        "db.relationshipTypes",
        "db.propertyKeys",
        "db.schema.visualization",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
        "db.index.vector.queryNodes",
        "db.index.vector.queryRelationships",
    }
)
"""Procedures that look at the graph and nothing else. Others, plugins' too, may say that they read and fetch addresses or drop caches.
https://neo4j.com/docs/operations-manual/5/procedures/
"""


_OURS = re.compile(rf":[^\s()\[\]]*\b(?:{'|'.join((*Kind, *EdgeType))})\b")
"""A kind or a type of ours, as a plan writes labels and types."""


class Operator(NamedTuple):
    """One line of a plan."""

    depth: int
    name: str
    details: str
    arguments: Mapping[str, Any]


def list_operators(plan: Mapping[str, Any], depth: int = 0) -> Iterator[Operator]:
    """A plan's operators, each before those that feed it. The name is without the database behind it."""
    arguments = plan.get("args") or {}
    name = str(plan.get("operatorType", "")).partition("@")[0]
    yield Operator(depth, name, str(arguments.get("Details", "")), arguments)
    for child in plan.get("children") or ():
        yield from list_operators(child, depth + 1)


def check_plan(query_type: str | None, plan: Mapping[str, Any] | None, *, write: bool) -> list[Operator]:
    """The plan's operators; raises `QueryRefused` for what may not run here."""
    operators = list(list_operators(plan)) if plan else []
    for operator in operators:
        if operator.name in _REFUSED:
            raise QueryRefused(f"this query would {_REFUSED[operator.name]}", hint=_ELSEWHERE)
        if operator.name == "ProcedureCall" and not write:
            _check_procedure(operator.details)
    if not operators or query_type not in (WRITES if write else READS):
        hint = _ELSEWHERE if write or query_type == "s" else "--write allows it"
        raise QueryRefused("this query would write", hint=hint)
    return operators


def _check_procedure(details: str) -> None:
    named = re.match(r"[\w.`]+", details)
    name = named[0].replace("`", "") if named else "?"
    if name not in _READING:
        raise QueryRefused(
            f"this query would call {name}, which may do more than read the graph", hint=_ELSEWHERE
        )


def list_notes(operators: list[Operator]) -> tuple[str, ...]:
    """What the asker should know: that a pattern without a label meets what is not ours."""
    for operator in operators:
        counts_all = operator.name == "NodeCountFromCountStore" and "(:" not in operator.details
        if operator.name == "AllNodesScan" or counts_all:
            return (
                "this looks at every node in the database, also at those of others and at the store's own"
                " records: (n:LineageNode) is a node of the graph",
            )
    return ()


def may_meet_others(operators: list[Operator]) -> bool:
    """Whether a query names kinds or types of ours and nowhere says that it means our nodes: others may use the same names."""
    details = [operator.details for operator in operators]
    return any(map(_OURS.search, details)) and not any(":LineageNode" in each for each in details)
