"""A table of Cypher's values: as JSON, as text, as CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from lineage_graph.render.csv import write_rows
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, columns, count_of, line, paint
from lineage_graph.stores.cypher import CypherNode, CypherPath, CypherRelationship, CypherTable

SCHEMA = "lineage-graph/table/1"
LIMITED = "limit"


def map_table(table: CypherTable) -> dict[str, object]:
    """The JSON envelope."""
    return {
        "schema": SCHEMA,
        "columns": list(table.columns),
        "rows": [[map_cell(cell) for cell in row] for row in table.rows],
        "truncated": {"rows": table.left_out if table.more else 0, "why": LIMITED if table.more else None},
    }


def map_cell(value: object) -> object:  # noqa: PLR0911 - one a type
    """A value as JSON has it: times in RFC 3339, what is no number as null.

    >>> map_cell(CypherRelationship("a", "b", "READ_BY", {"role": "training"}))
    {'from': 'a', 'to': 'b', 'type': 'READ_BY', 'properties': {'role': 'training'}}
    """
    if isinstance(value, CypherPath):
        return [map_cell(item) for item in value.items]
    if isinstance(value, CypherNode):
        kind = value.kind or ""
        return {
            "id": value.id,
            "kind": kind,
            "name": value.name,
            "properties": map_cell(dict(value.properties)),
        }
    if isinstance(value, CypherRelationship):
        properties = map_cell(dict(value.properties))
        return {"from": value.src, "to": value.dst, "type": value.type, "properties": properties}
    if isinstance(value, datetime):
        return _spell_time(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): map_cell(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_cell(item) for item in value]
    return value


def _spell_time(moment: datetime) -> str:
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def render_cells(table: CypherTable, screen: Screen = PIPE) -> str:
    """Rows for people: on a terminal folded, on a pipe whole."""
    rows = table.rows[: screen.fold] if screen.fold else table.rows
    texts = [[Span(spell_cell(cell)) for cell in row] for row in rows]
    if screen.terminal:
        from lineage_graph.render.terminal import render_grid

        shown = render_grid([_short(name) for name in table.columns], texts, screen)
    else:
        shown = paint(columns([list(table.columns), *texts]), screen)
    below = paint(_render_below(table, len(rows), screen), screen)
    return "\n".join(part for part in (shown, below) if part)


def _short(name: str, most: int = 60) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _render_below(table: CypherTable, shown: int, screen: Screen) -> Iterator[Line]:
    if len(table.rows) > shown:
        more = f"… {count_of(len(table.rows) - shown, 'row')} more: folded on a terminal; -o csv, -o json or a pipe have all"
        yield line(Span(more, Style.FINDING))
    if screen.terminal:
        yield line(Span(count_of(len(table.rows), "row"), Style.DIM))
    if table.more:
        yield line(Span(say_limit(table), Style.FINDING))


def say_limit(table: CypherTable) -> str:
    """What `--limit` left out."""
    left = "more rows" if table.left_out is None else count_of(table.left_out, "more row")
    return f"not shown: {left} (--limit)"


def spell_cell(value: object) -> str:  # noqa: PLR0911 - one a type
    """A value in one line."""
    if isinstance(value, CypherPath):
        return "".join(_spell_step(item) for item in value.items)
    if isinstance(value, CypherNode):
        return f"({value.kind or 'node'} {value.name or value.id})"
    if isinstance(value, CypherRelationship):
        return f"({value.src})-[{value.type}]->({value.dst})"
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(spell_cell(item) for item in value)
    return _spell_json(map_cell(value))


def _spell_step(item: CypherNode | CypherRelationship) -> str:
    return f"-[{item.type}]-" if isinstance(item, CypherRelationship) else spell_cell(item)


def _spell_json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def render_cells_csv(table: CypherTable) -> str:
    """A column a column; a node is its id, what has parts is JSON."""
    rows = [list(table.columns), *([_spell_csv(cell) for cell in row] for row in table.rows)]
    # The names of columns are the asker's own text: cells like all others.
    return write_rows((), rows).removeprefix("\n")


def _spell_csv(value: object) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return value.id if isinstance(value, CypherNode) else _spell_json(map_cell(value))
