"""Cypher asked by a person: read-only by the server's word, bounded in time and rows, nothing of the store's own shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from lineage_graph.errors import LineageError, QueryInvalid, QueryRefused, QueryTimeout
from lineage_graph.graph import EdgeType, Kind
from lineage_graph.stores.cypher import CypherConsole, CypherTable
from lineage_graph.stores.flat import INTERNAL
from lineage_graph.stores.neo4j.admission import (
    Operator,
    check_plan,
    list_notes,
    list_operators,
    may_meet_others,
)
from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.stores.neo4j.importing import import_driver
from lineage_graph.stores.neo4j.schema import check_store
from lineage_graph.stores.neo4j.shown import OURS, Shower
from lineage_graph.stores.neo4j.translating import one_line, translate

if TYPE_CHECKING:
    import neo4j

SHORTEST_TIMEOUT = 0.001
"""Seconds; zero would mean none."""
SAMPLE = 200
"""Nodes of a kind that are looked at for the names of properties."""

# Only what may stand before it, so that nothing else is ever taken for it: comments, and the version and options of CYPHER.
# https://neo4j.com/docs/cypher-manual/current/planning-and-tuning/
_BLANK = r"(?:\s|//[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/)"
_OPTIONS = rf"CYPHER\b(?:{_BLANK}+\d[\d.]*|{_BLANK}+\w+{_BLANK}*={_BLANK}*\w+)*{_BLANK}+"
_PROFILE = re.compile(rf"({_BLANK}*(?:{_OPTIONS})?)PROFILE\b", re.IGNORECASE)
_POSITION = re.compile(r"\s*\(line (\d+), column (\d+)(?: \(offset: \d+\))?\).*\Z", re.DOTALL)
_IDS = f"MATCH (n:{OURS}) WHERE elementId(n) IN $ids RETURN elementId(n), n.id"

_COUNTS = f"RETURN COUNT {{ (:{OURS}) }}, {' + '.join(f'COUNT {{ (:{kind}) }}' for kind in Kind)}"
_OTHERS = (
    "others keep nodes with labels of ours in this database, and these may be among the answers:"
    f" (n:{OURS}&Run) is a run of the graph, (n:Run) anybody's"
)


class Neo4jConsole(CypherConsole):
    """Answers Cypher about a graph in Neo4j."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_checked = False

    def run(
        self,
        query: str,
        parameters: Mapping[str, object],
        *,
        timeout: float | None = None,
        limit: int | None = None,
        write: bool = False,
    ) -> CypherTable:
        """The rows of a query. Its plan is judged first; then the server itself refuses to write, unless with `write`."""
        if not query.strip():
            raise QueryInvalid("the query is empty", hint="such as: MATCH (m:ModelVersion) RETURN m LIMIT 5")
        if not self._is_checked:
            check_store(self._connection)
            self._is_checked = True
        seconds = None if timeout is None else max(timeout, SHORTEST_TIMEOUT)
        parameters = {name: _at_fixed_offsets(value) for name, value in parameters.items()}
        operators = self._plan(query, parameters, seconds, write)
        errors = import_driver().exceptions
        rows = -1 if limit is None else limit + 1
        with self._connection.session("WRITE" if write else "READ", rows=rows) as session:
            try:
                table = self._ask(session, query, parameters, seconds, limit)
            except (errors.Neo4jError, errors.BrokenRecordError) as error:
                raise self._said(error, timeout) from None
        notes = list_notes(operators)
        if not notes and may_meet_others(operators) and self._has_others():
            notes = (_OTHERS,)
        return _with_notes(table, notes)

    def _has_others(self) -> bool:
        """Whether nodes of others have our labels. Each of ours has one kind; counts of labels cost the server nothing."""
        ((ours, all_of_our_kinds),) = self._connection.read(_COUNTS)
        return all_of_our_kinds != ours

    def words(self) -> Mapping[str, tuple[str, ...]]:
        """Labels, types and property keys of the graph; of keys those that the first nodes of each kind have."""
        there = {str(row[0]) for row in self._connection.read("CALL db.labels()")}
        used = {str(row[0]) for row in self._connection.read("CALL db.relationshipTypes()")}
        kinds = [kind for kind in Kind if kind in there]
        types = [type_ for type_ in EdgeType if type_ in used]
        parts = [
            f"MATCH (x:{OURS}&{kind}) WITH x LIMIT {SAMPLE} UNWIND keys(x) AS k RETURN k" for kind in kinds
        ]
        parts += [
            f"MATCH (:{OURS})-[x:{type_}]->(:{OURS}) WITH x LIMIT {SAMPLE} UNWIND keys(x) AS k RETURN k"
            for type_ in types
        ]
        found = self._connection.read(" UNION ".join(parts)) if parts else []
        keys = sorted({str(row[0]) for row in found if not str(row[0]).startswith(INTERNAL)})
        labels = (OURS, *kinds) if kinds else ()
        return {"labels": tuple(map(str, labels)), "types": tuple(map(str, types)), "properties": tuple(keys)}

    def _plan(
        self, query: str, parameters: Mapping[str, object], timeout: float | None, write: bool
    ) -> list[Operator]:
        """The server's plan of the query, found fit to run."""
        library = import_driver()
        profiled = _PROFILE.match(query)
        plain = profiled[1] + query[profiled.end() :] if profiled else query
        with self._connection.session("READ") as session:
            try:
                text = library.Query(f"EXPLAIN\n{plain}", timeout=timeout)
                summary = session.run(text, dict(parameters)).consume()
            except library.exceptions.Neo4jError as error:
                raise self._said(error, timeout, lines_before=1) from None
            except (TypeError, ValueError, OverflowError) as error:
                raise QueryInvalid(
                    f"a parameter cannot be sent to Neo4j: {one_line(str(error))}",
                    hint="it takes text, numbers of 64 bits, true, false, null, lists and maps",
                ) from None
        return check_plan(summary.query_type, summary.plan, write=write)

    def _ask(
        self,
        session: neo4j.Session,
        query: str,
        parameters: Mapping[str, object],
        timeout: float | None,
        limit: int | None,
    ) -> CypherTable:
        text: Any = import_driver().Query(query, timeout=timeout)
        result = session.run(text, dict(parameters))
        columns = tuple(result.keys())
        records = list(map(tuple, result if limit is None else result.fetch(limit + 1)))
        more = limit is not None and len(records) > limit
        records = records[:limit] if more else records
        summary = result.consume()
        plan = summary.profile or summary.plan
        if plan is not None:
            return _show_plan(plan, limit)
        shower = Shower(records)
        if shower.unnamed:
            shower.name(session.run(_IDS, {"ids": shower.unnamed}).values())
        rows = shower.rows()
        return CypherTable(columns, rows, more, None if more else 0, _tell_counters(summary))

    def _said(self, error: Exception, timeout: float | None, lines_before: int = 0) -> LineageError:
        """The error in our words, with the place in the query that Neo4j names."""
        code = getattr(error, "code", None) or ""
        name = code.rpartition(".")[2]
        if "TimedOut" in name:
            after = "the server's own limit" if timeout is None else f"{timeout:g} s"
            return QueryTimeout(
                f"the query was cut off after {after}",
                hint="--timeout SECONDS gives it longer; a narrower question is quicker",
            )
        if name == "AccessMode":
            return QueryRefused("this query would write", hint="--write allows it")
        message = getattr(error, "message", None) or str(error)
        if not code:
            return QueryInvalid(
                f"a value of the answer cannot be shown: {one_line(message)}",
                hint="toString(…) in the query turns it into text",
            )
        if ".Statement." in code or ".Procedure." in code or ".Schema." in code:
            return _invalid(name, message, lines_before)
        return translate(error, self._connection.address, self._connection.database)


def _at_fixed_offsets(value: object) -> object:
    """A moment by its offset: the driver asks a zone of `zoneinfo` about times of its own, which has crashed Python."""
    if isinstance(value, datetime) and (offset := value.utcoffset()) is not None:
        return value.astimezone(timezone(offset))
    if isinstance(value, Mapping):
        return {name: _at_fixed_offsets(inner) for name, inner in value.items()}
    return [_at_fixed_offsets(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _invalid(name: str, message: str, lines_before: int) -> QueryInvalid:
    if name == "ParameterMissing":
        return QueryInvalid(one_line(message), hint="-p NAME=VALUE gives a parameter its value")
    where, said = _POSITION.search(message), _POSITION.sub("", message)
    place = f" (line {max(1, int(where[1]) - lines_before)}, column {where[2]})" if where else ""
    return QueryInvalid(
        f"{name}: {one_line(said)}{place}",
        hint="https://neo4j.com/docs/cypher-manual/current/ has the language",
    )


def _show_plan(plan: Mapping[str, Any], limit: int | None) -> CypherTable:
    """What EXPLAIN and PROFILE give: a row an operator."""
    profiled = "DbHits" in (plan.get("args") or {})
    rows = []
    for operator in list_operators(plan):
        arguments = operator.arguments
        row: list[object] = [
            "  " * operator.depth + operator.name,
            operator.details,
            arguments.get("EstimatedRows"),
        ]
        rows.append((*row, arguments.get("Rows"), arguments.get("DbHits")) if profiled else tuple(row))
    columns = ("operator", "details", "estimated_rows", *(("rows", "db_hits") if profiled else ()))
    kept = rows if limit is None else rows[:limit]
    return CypherTable(columns, tuple(kept), len(kept) < len(rows), len(rows) - len(kept))


def _tell_counters(summary: Any) -> tuple[str, ...]:
    """What a writing query did."""
    did = [
        f"{name.replace('_', ' ')}: {count}"
        for name, count in vars(summary.counters).items()
        if isinstance(count, int) and not isinstance(count, bool) and count and not name.startswith("_")
    ]
    return (", ".join(did),) if did else ()


def _with_notes(table: CypherTable, notes: tuple[str, ...]) -> CypherTable:
    return CypherTable(table.columns, table.rows, table.more, table.left_out, (*notes, *table.notes))
