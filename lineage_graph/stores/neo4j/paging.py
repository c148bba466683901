"""Lists of nodes without a limit: page by page in the order of the index, so that the server holds one page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lineage_graph.graph import NOTHING
from lineage_graph.stores.neo4j.reading import NODE, Ask, read_id
from lineage_graph.stores.neo4j.rows import CHUNKS, chunked
from lineage_graph.stores.neo4j.texts import key_of

PAGE = 2_000
"""Nodes in a page. One with a thousand columns takes 50 kB."""
LAST = "\U0010ffff"
"""Comes after every id."""


def list_nodes(
    ask: Ask, condition: str, bound: Mapping[str, object] = NOTHING, *, after: str = "", end: str = LAST
) -> Iterator[list[Any]]:
    """Rows of the nodes with ids between these two that a condition on `n` takes, by what the index keeps for the id."""
    query = page_query(condition)
    while True:
        rows = list(chunked(ask(query, after=after, end=end, page=PAGE, **bound)))
        yield from rows
        if len(rows) < PAGE:
            return
        after = key_of(read_id(rows[-1][0]))


def page_query(condition: str) -> str:
    """The statement for one page. Told to go by the ids: the planner would read all nodes of a label and sort them for each page."""
    also = f" AND {condition}" if condition else ""
    return f"""MATCH (n:LineageNode) USING INDEX n:LineageNode(id) WHERE n.id > $after AND n.id < $end{also}
WITH n ORDER BY n.id LIMIT $page WITH collect({NODE}) AS rows {CHUNKS}"""
