"""Finding nodes: indexes and text narrow, `matches` decides on the merged node."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection

from lineage_graph.graph import Node
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.json_text import to_json
from lineage_graph.stores.matching import by_kind_and_id, fold, matches
from lineage_graph.stores.sqlite.loading import load_nodes
from lineage_graph.stores.sqlite.reading import Reading
from lineage_graph.stores.sqlite.schema import ABSENT, KIND_CODES

LOADED = 500
"""Candidates merged at a time: a limit stops the loading."""

UNITED = frozenset({"names", "tags"})
"""Properties that are merged from several claims: no single claim need hold the value that is looked for."""


def find_nodes(reading: Reading, wanted: NodeFilter) -> list[Node]:
    """The nodes that match, by (kind, id)."""
    found: list[Node] = []
    candidates = _candidates(reading.connection, wanted)
    # Codes of kinds rise in the order of kinds, so candidates come in the order of the answer.
    for start in range(0, len(candidates), LOADED):
        nodes = load_nodes(reading, candidates[start : start + LOADED])
        found += [node for node in nodes.values() if matches(node, wanted)]
        if wanted.limit is not None and len(found) >= wanted.limit:
            break
    return sorted(found, key=by_kind_and_id)[: wanted.limit]


def _candidates(connection: Connection, wanted: NodeFilter) -> list[int]:
    if wanted.name_contains:
        text = wanted.name_contains
        connection.create_function("holds", 1, lambda name: fold(text, text) in fold(name, text))
    conditions = list(_conditions(wanted))
    sql = " AND ".join(
        [f"SELECT n.id FROM node n WHERE n.standing <> {ABSENT}", *(sql for sql, _ in conditions)]
    )
    values = [value for _, bound in conditions for value in bound]
    return [row[0] for row in connection.execute(f"{sql} ORDER BY n.kind, n.uid", values)]


Condition = tuple[str, list[object]]
"""SQL, and what is bound in it."""


def _conditions(wanted: NodeFilter) -> Iterator[Condition]:
    if wanted.kinds:
        yield f"n.kind IN ({','.join(str(KIND_CODES[kind]) for kind in sorted(wanted.kinds))})", []
    if wanted.id_prefix:
        # Ids are compared byte by byte; nothing that begins so lies beyond the last character there is.
        yield "n.uid >= ? AND n.uid < ?", [wanted.id_prefix, wanted.id_prefix + "\U0010ffff"]
    if wanted.name is not None:
        yield _named(wanted.name)
    if wanted.name_contains:
        yield _containing(wanted.name_contains)
    if wanted.gap is not None:
        yield _GAP, [f" {wanted.gap} "]
    if wanted.has is not None:
        yield _PROPERTY, [_text_of_key(wanted.has)]
    for key, value in wanted.properties.items():
        if key not in UNITED:
            yield _PROPERTY, [_text_of_key(key) + (to_json(value) if isinstance(value, str) else "")]


_GAP = """n.id IN (SELECT node FROM node_claim WHERE gaps IN (SELECT id FROM word WHERE instr(' ' || text || ' ', ?)))"""
_PROPERTY = "EXISTS (SELECT 1 FROM node_claim c WHERE c.node = n.id AND instr(c.properties, ?))"
_NAMES = """(n.id IN (SELECT node FROM node_claim WHERE name {0})
OR n.id IN (SELECT c.node FROM label l CROSS JOIN node_claim c ON c.id = l.claim WHERE l.text {0}) OR {1})"""


def _named(name: str) -> Condition:
    """By name, other name, file name; a stub goes by what follows the kind in its id."""
    stubs = [f"{kind.value.lower()}:{name}" for kind in KIND_CODES]
    return _NAMES.format("= ?", f"n.uid IN ({','.join('?' * len(stubs))})"), [name, name, *stubs]


def _containing(text: str) -> Condition:
    """By a part of a name or location. LIKE folds the case of ASCII only, as `fold` does for an ASCII text."""
    stub = "n.uid {0} AND NOT EXISTS (SELECT 1 FROM node_claim WHERE node = n.id)"
    if not text.isascii():
        sql = _NAMES.replace("name {0}", "holds(name)").replace("l.text {0}", "holds(l.text)")
        return sql.format("", stub.replace("n.uid {0}", "holds(n.uid)")), []
    pattern = "%" + "".join("\\" + letter if letter in "%_\\" else letter for letter in text) + "%"
    like = "LIKE ? ESCAPE '\\'"
    return _NAMES.format(like, stub.format(like)), [pattern] * 3


def _text_of_key(key: str) -> str:
    """How a key ends in the JSON text, also the `x` of `params.x`."""
    return to_json(key.partition(".")[2] or key)[1:] + ":"
