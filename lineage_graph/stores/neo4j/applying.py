"""A patch, written: a statement a label or type, rows in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lineage_graph.naming import kind_of
from lineage_graph.stores.neo4j.connection import Transaction
from lineage_graph.stores.neo4j.kept import Kept, write_head
from lineage_graph.stores.neo4j.looking import Looking, NodeText
from lineage_graph.stores.neo4j.patching import (
    EDGE_TIMES,
    NODE_TIMES,
    Lines,
    Patch,
    Replaced,
    Row,
    edge_row,
    names_of_edge,
    names_of_node,
    node_row,
    take_times,
    tell_edge,
    tell_node,
    with_absent,
)
from lineage_graph.stores.neo4j.schema import ALL_TYPES
from lineage_graph.stores.neo4j.sending import Sending
from lineage_graph.stores.neo4j.texts import EdgeKey, key_of, to_text, write_interval


def _moments(name: str, times: Sequence[str]) -> str:
    """Times as such, from epoch milliseconds that follow a row's first value, or its first two."""
    first = 2 if times == NODE_TIMES else 1
    return ", ".join(
        f"{name}.{time} = CASE WHEN row[{place}] IS NULL THEN null ELSE datetime({{epochMillis: row[{place}]}}) END"
        for place, time in enumerate(times, first)
    )


# Labels and types are values here, from our own closed lists: one plan serves all of them.
_CREATE_NODES = f"""UNWIND $rows AS row CREATE (n:LineageNode:$(row[1]))
SET {_moments("n", NODE_TIMES)}, n += row[0]"""
_UPDATE_NODES = f"""UNWIND $rows AS row MATCH (n:LineageNode {{id: row[0].id}})
SET {_moments("n", NODE_TIMES)}, n += row[0]"""
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


class Applying:
    """Writes within a transaction that its caller holds."""

    def __init__(self, transaction: Transaction, sending: Sending, change: int) -> None:
        self._transaction = transaction
        self._sending = sending
        self._change = change

    def graph(self, patch: Patch, looking: Looking) -> None:
        """Bring nodes and relationships up to date."""
        looking.look_at(patch.claims.keys() | patch.past.keys(), patch.edges)
        rewritten = self._nodes(patch, looking)
        lost = self._edges(patch, looking)
        gone = self._delete_bare(patch, looking, lost)
        rest = [node for node in patch.touched - rewritten - gone if node in looking.described]
        self._run(_MARK, ids=sorted(map(key_of, rest)), change=self._change)

    def _nodes(self, patch: Patch, looking: Looking) -> set[str]:
        """Nodes that are new or of which something else is claimed; those that only edges name are stubs."""
        claimed = patch.claims.keys() | patch.past.keys()
        changed = {node for node in claimed if looking.nodes[node] is not None}
        new = {node for node in claimed - changed if patch.claims[node].brings}
        ends = {end for edge, lines in patch.edges.items() if lines.brings for end in (edge.src, edge.dst)}
        new |= ends - looking.described.keys()
        self._send(_CREATE_NODES, (self._node_values(node, patch, None) for node in sorted(new)))
        self._send(
            _UPDATE_NODES, (self._node_values(node, patch, looking.nodes[node]) for node in sorted(changed))
        )
        looking.described.update(dict.fromkeys(new, True))
        return new | changed

    def _node_values(self, node: str, patch: Patch, before: NodeText | None) -> list[object]:
        told = tell_node(node, patch.claims.get(node) or Lines(), before.claims if before else None)
        past = patch.past.get(node) or Lines()
        lines = [*past.kept_of(before.past if before else None), *past.added]
        row = node_row(node, told, "\n".join(lines), self._change)
        if before is not None:
            row = with_absent(row, names_of_node(node, before))
        return [row, kind_of(node).value, *take_times(row, NODE_TIMES)]

    def _edges(self, patch: Patch, looking: Looking) -> set[str]:
        """Relationships; the ends of those that are gone."""
        made: list[EdgeKey] = []
        changed: list[EdgeKey] = []
        gone: list[list[object]] = []
        lost: set[str] = set()
        for edge in sorted(patch.edges, key=_order):
            before, lines = looking.edges[edge], patch.edges[edge]
            if lines.brings or lines.kept_of(before):
                (changed if before else made).append(edge)
            else:
                gone += [_edge_values(edge, {})] if before else []
                lost |= {edge.src, edge.dst}
        self._send(_DELETE_EDGES, gone)
        self._send(
            _UPDATE_EDGES, (_edge_changes(edge, patch.edges[edge], looking.edges[edge]) for edge in changed)
        )
        self._send(_CREATE_EDGES, (_edge_changes(edge, patch.edges[edge], None) for edge in made))
        return lost

    def _delete_bare(self, patch: Patch, looking: Looking, lost: set[str]) -> set[str]:
        """Nodes that nothing is said of any more go, but for what others have tied to them: that stays, as theirs."""
        without = {node for node, lines in patch.claims.items() if not lines.brings} | lost
        candidates = {key_of(node): node for node in without if node in looking.described}
        bare = self._run(_BARE, ids=sorted(candidates))
        self._run(_DELETE_NODES, ids=[key for key, held in bare if not held])
        self._run(_LET_GO, rows=[_let_go(candidates[str(key)]) for key, held in bare if held])
        gone = {candidates[str(key)] for key, _ in bare}
        rows = [{"id": key_of(node), "change": self._change, "_id": _long(node)} for node in sorted(gone)]
        self._run(_REMEMBER, rows=rows)
        return gone

    def records(self, replaced: Sequence[Replaced], touched: Sequence[tuple[str, int, int | None]]) -> None:
        """Records with their mentions; `touched` are shared ones: id, how many need it, when it was seen."""
        self._run(_DELETE_RECORDS, ids=sorted(old.id for old, new in replaced if old and new is None))
        changed = sorted((new for old, new in replaced if old and new), key=_by_id)
        made = sorted((new for old, new in replaced if old is None and new), key=_by_id)
        self._send(_UPDATE_RECORDS, map(write_head, changed))
        self._send(_CREATE_RECORDS, map(write_head, made))
        self._send(_TOUCH_RECORDS, map(list, sorted(touched)))
        before = [[key_of(each.key), old.id] for old, _ in replaced if old for each in old.mentions]
        self._send(_DELETE_MENTIONS, sorted(before))
        self._send(_CREATE_MENTIONS, _mention_rows(new for _, new in replaced if new))

    def _send(self, query: str, rows: Iterable[object]) -> None:
        """A statement with many rows, some at a time: those that follow are made while the server works."""
        self._sending.send(query, rows)

    def _run(self, query: str, **parameters: object) -> list[list[object]]:
        """A statement, unless it has no rows."""
        if not (parameters.get("rows") or parameters.get("ids")):
            return []
        self._sending.wait()
        return self._transaction.run(query, **parameters)


def _order(edge: EdgeKey) -> tuple[str, str, str, str]:
    return (edge.src, edge.dst, edge.type, write_interval(edge))


def _edge_changes(edge: EdgeKey, lines: Lines, before: str | None) -> list[object]:
    row = edge_row(edge, tell_edge(edge, lines, before))
    return _edge_values(edge, row if before is None else with_absent(row, names_of_edge(edge, before)))


def _edge_values(edge: EdgeKey, row: Row) -> list[object]:
    times = take_times(row, EDGE_TIMES)
    return [row, *times, key_of(edge.src), key_of(edge.dst), edge.type, write_interval(edge)]


def _let_go(node: str) -> list[object]:
    """Takes what is ours from a node of which nothing is claimed any more."""
    ours = names_of_node(node, NodeText(None, None)) | {"_claims", "_past", "_id"}
    return [key_of(node), kind_of(node).value, dict.fromkeys(sorted(ours - {"id"}))]


def _long(node: str) -> str | None:
    return None if key_of(node) == node else to_text(node)


def _by_id(kept: Kept) -> str:
    return kept.id


def _mention_rows(records: Iterable[Kept]) -> list[dict[str, object]]:
    return [
        {"key": key_of(key), "node": key_of(node), "record": kept.id, "told": to_text([key, node])}
        for kept in records
        for key, node in dict.fromkeys(kept.mentions)
    ]
