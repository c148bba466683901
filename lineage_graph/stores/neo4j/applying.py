"""What was worked out, written: a statement for all labels or types, rows in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice

from lineage_graph.stores.json_fast import to_json_fast
from lineage_graph.stores.neo4j.connection import Transaction
from lineage_graph.stores.neo4j.kept import Kept, write_head
from lineage_graph.stores.neo4j.looking import Looking
from lineage_graph.stores.neo4j.patching import EDGE_TIMES, NODE_TIMES, Lines, Patch, Replaced
from lineage_graph.stores.neo4j.preparing import Prepared
from lineage_graph.stores.neo4j.schema import ALL_TYPES
from lineage_graph.stores.neo4j.texts import EdgeKey, key_of, write_interval
from lineage_graph.stores.neo4j.values import let_go, mention_rows, place_edge, values_of_edge, values_of_node


def _moments(name: str, times: Sequence[str]) -> str:
    """Times as such, from epoch milliseconds that follow a row's first value, or its first two."""
    first = 2 if times == NODE_TIMES else 1
    return ", ".join(
        f"{name}.{time} = CASE WHEN row[{place}] IS NULL THEN null ELSE datetime({{epochMillis: row[{place}]}}) END"
        for place, time in enumerate(times, first)
    )


# Labels and types are values here, from our own closed lists: one plan serves all of them.
_CREATE_NODES = f"""UNWIND $rows AS row CREATE (n:LineageNode:$(row[1]))
SET {_moments("n", NODE_TIMES)}, n += row[0], n._changed = $change"""
_UPDATE_NODES = f"""UNWIND $rows AS row MATCH (n:LineageNode {{id: row[0].id}})
SET {_moments("n", NODE_TIMES)}, n += row[0], n._changed = $change"""
_MARK = "UNWIND $ids AS id MATCH (n:LineageNode {id: id}) SET n._changed = $change"
_FIND_EDGE = """UNWIND $rows AS row MATCH (a:LineageNode {id: row[3]}) MATCH (b:LineageNode {id: row[4]})
CALL (row, a, b) { MATCH (a)-[r:$(row[5])]->(b) WHERE r._claims IS NOT NULL AND coalesce(r._interval, '') = row[6] """
_UPDATE_EDGES = _FIND_EDGE + f"SET {_moments('r', EDGE_TIMES)}, r += row[0] }}"
_DELETE_EDGES = _FIND_EDGE + "DELETE r }"
_CREATE_EDGES = f"""UNWIND $rows AS row
MATCH (a:LineageNode {{id: row[3]}}) MATCH (b:LineageNode {{id: row[4]}})
CREATE (a)-[r:$(row[5])]->(b) SET {_moments("r", EDGE_TIMES)}, r += row[0]"""
_BARE = f"""UNWIND $ids AS id MATCH (n:LineageNode {{id: id}})
WHERE n._claims IS NULL AND NOT EXISTS {{ (n)-[r:{ALL_TYPES}]-(:LineageNode) WHERE r._claims IS NOT NULL }}
RETURN n.id, EXISTS {{ (n)--() }}"""
_DELETE_NODES = "UNWIND $ids AS id MATCH (n:LineageNode {id: id}) DELETE n"
# The id stays: it tells whoever has tied something to the node what this was.
_LET_GO = """UNWIND $rows AS row MATCH (n:LineageNode {id: row[0]})
REMOVE n:LineageNode, n:$(row[1]) SET n += row[2]"""
_REMEMBER = "UNWIND $rows AS row MERGE (g:LineageGone {id: row.id}) SET g += row"

_DELETE_RECORDS = "UNWIND $ids AS id MATCH (r:LineageRecord {id: id}) DELETE r"
_UPDATE_RECORDS = "UNWIND $rows AS row MATCH (r:LineageRecord {id: row.id}) SET r = row"
_CREATE_RECORDS = "UNWIND $rows AS row CREATE (r:LineageRecord) SET r = row"
_TOUCH_RECORDS = """UNWIND $rows AS row MATCH (r:LineageRecord {id: row[0]})
SET r.needed = row[1], r.last_seen = coalesce(row[2], r.last_seen)"""
_DELETE_MENTIONS = (
    "UNWIND $rows AS row MATCH (m:LineageMention {key: row[0]}) WHERE m.record = row[1] DELETE m"
)
_CREATE_MENTIONS = "UNWIND $rows AS row CREATE (m:LineageMention) SET m = row"


ROWS = 1_000
"""Rows a statement."""


class Applying:
    """Writes within a transaction that its caller holds."""

    def __init__(self, transaction: Transaction, change: int) -> None:
        self._transaction = transaction
        self._change = change

    def graph(self, prepared: Prepared, looking: Looking) -> None:
        """Bring nodes and relationships up to date."""
        patch = prepared.patch
        looking.look_at(patch.claims.keys() | patch.past.keys(), patch.edges)
        rewritten = self._nodes(prepared, looking)
        lost = self._edges(prepared, looking)
        gone = self._delete_bare(patch, looking, lost)
        rest = [node for node in patch.touched - rewritten - gone if node in looking.described]
        self._run(_MARK, ids=sorted(map(key_of, rest)), change=self._change)

    def _nodes(self, prepared: Prepared, looking: Looking) -> set[str]:
        """Nodes that are new or of which something else is claimed; those that only edges name are stubs."""
        patch, ready = prepared.patch, prepared.nodes
        claimed = patch.claims.keys() | patch.past.keys()
        changed = {node for node in claimed if looking.nodes[node] is not None}
        new = {node for node in claimed - changed if node in patch.claims and patch.claims[node].brings}
        ends = {end for edge, lines in patch.edges.items() if lines.brings for end in (edge.src, edge.dst)}
        new |= ends - looking.described.keys()

        def values(node: str) -> list[object]:
            claims, past = patch.claims.get(node) or Lines(), patch.past.get(node) or Lines()
            return values_of_node(node, claims, past, looking.nodes.get(node))

        self._send(_CREATE_NODES, (ready.get(node) or values(node) for node in sorted(new)), self._change)
        self._send(_UPDATE_NODES, map(values, sorted(changed)), self._change)
        looking.described.update(dict.fromkeys(new, True))
        return new | changed

    def _edges(self, prepared: Prepared, looking: Looking) -> set[str]:
        """Relationships; the ends of those that are gone."""
        patch, ready = prepared.patch, prepared.edges
        made: list[EdgeKey] = []
        changed: list[EdgeKey] = []
        gone: list[list[object]] = []
        lost: set[str] = set()
        for edge in sorted(patch.edges, key=_order):
            before, lines = looking.edges[edge], patch.edges[edge]
            if lines.brings or lines.kept_of(before):
                (changed if before else made).append(edge)
            else:
                gone += [place_edge(edge, {})] if before else []
                lost |= {edge.src, edge.dst}

        def values(edge: EdgeKey) -> list[object]:
            return values_of_edge(edge, patch.edges[edge], looking.edges[edge])

        self._send(_DELETE_EDGES, gone)
        self._send(_UPDATE_EDGES, map(values, changed))
        self._send(_CREATE_EDGES, (ready.get(edge) or values(edge) for edge in made))
        return lost

    def _delete_bare(self, patch: Patch, looking: Looking, lost: set[str]) -> set[str]:
        """Nodes that nothing is said of any more go, but for what others have tied to them: that stays, as theirs."""
        without = {node for node, lines in patch.claims.items() if not lines.brings} | lost
        candidates = {key_of(node): node for node in without if node in looking.described}
        bare = self._run(_BARE, ids=sorted(candidates))
        self._run(_DELETE_NODES, ids=[key for key, held in bare if not held])
        self._run(_LET_GO, rows=[let_go(candidates[str(key)]) for key, held in bare if held])
        gone = {candidates[str(key)] for key, _ in bare}
        rows = [{"id": key_of(node), "change": self._change, "_id": _long(node)} for node in sorted(gone)]
        self._run(_REMEMBER, rows=rows)
        return gone

    def records(
        self,
        prepared: Prepared,
        replaced: Sequence[Replaced],
        touched: Sequence[tuple[str, int, int | None]],
        numbers: Mapping[str, int],
    ) -> None:
        """Records by their numbers, with their mentions; `touched` are shared ones: id, how many need it, when it was seen."""
        self._run(_DELETE_RECORDS, ids=sorted(old.id for old, new in replaced if old and new is None))
        changed = sorted((new for old, new in replaced if old and new), key=_by_id)
        made = sorted((new for old, new in replaced if old is None and new), key=_by_id)
        told = prepared.told

        def head(kept: Kept) -> dict[str, object]:
            ready = told[kept.key].head if kept.key in told else None
            return write_head(kept, numbers[kept.key], ready)

        self._send(_UPDATE_RECORDS, map(head, changed))
        self._send(_CREATE_RECORDS, map(head, made))
        self._send(_TOUCH_RECORDS, map(list, sorted(touched)))
        before = [[key_of(each.key), old.id] for old, _ in replaced if old for each in old.mentions]
        self._send(_DELETE_MENTIONS, sorted(before))
        self._send(
            _CREATE_MENTIONS,
            chain.from_iterable(
                told[new.key].mentions if new.key in told else mention_rows(new) for _, new in replaced if new
            ),
        )

    def _send(self, query: str, rows: Iterable[object], change: int | None = None) -> None:
        """A statement with many rows, some at a time: those that follow are made and packed while the server works."""
        iterator = iter(rows)
        while some := list(islice(iterator, ROWS)):
            self._transaction.send(query, rows=some, change=change)

    def _run(self, query: str, **parameters: object) -> list[list[object]]:
        """A statement, unless it has no rows."""
        if not (parameters.get("rows") or parameters.get("ids")):
            return []
        return self._transaction.run(query, **parameters)


def _order(edge: EdgeKey) -> tuple[str, str, str, str]:
    return (edge.src, edge.dst, edge.type, write_interval(edge))


def _long(node: str) -> str | None:
    return None if key_of(node) == node else to_json_fast(node)


def _by_id(kept: Kept) -> str:
    return kept.id
