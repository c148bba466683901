"""Loading many nodes and edges at once. Most have one claim, and one claim needs no merging."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from sqlite3 import Connection

from lineage_graph.graph import NOTHING, Edge, Node, open_gaps
from lineage_graph.stores.merging import merge_edges
from lineage_graph.stores.sqlite.reading import Reading
from lineage_graph.stores.sqlite.rows import Encoded, decode_often, select_in
from lineage_graph.stores.sqlite.schema import EVIDENCES, KINDS, RECORD_SHIFT, STATES, TYPES

_NODES = f"""
SELECT n.id, n.uid, n.kind, c.name, c.state, c.gaps, c.properties, r.origin, r.key
FROM node_claim c JOIN node n ON n.id = c.node JOIN record r ON r.id = c.id >> {RECORD_SHIFT}
WHERE c.node IN ({{}})"""
_EDGES = f"""
SELECT e.id, e.src, e.dst, e.type, e.evidence, e.rule, e.ref, e.valid_from, e.valid_to, e.properties, r.origin, r.key
FROM edge e JOIN record r ON r.id = e.id >> {RECORD_SHIFT} WHERE e.id IN ({{}})"""


def load_nodes(reading: Reading, numbers: Collection[int]) -> dict[int, Node]:
    """These nodes, as they are now."""
    words = read_words(reading.connection)
    # A claim that closes a gap may be the only one.
    gaps_of = {number: open_gaps(text.split()) for number, text in words.items()}
    origins, found, several = reading.origins, dict[int, Node](), set[int]()
    for number, uid, kind, name, state, gaps, properties, origin, key in select_in(
        reading.connection, _NODES, list(numbers)
    ):
        if number in found:
            several.add(number)
        found[number] = Node(
            uid,
            KINDS[kind],
            name,
            STATES[state],
            Encoded(properties) if properties else NOTHING,
            gaps_of[gaps] if gaps else (),
            (f"{origins[origin]}/{key}",),
        )
    # Stubs have no claim, others several.
    rest = [number for number in numbers if number in several or number not in found]
    found.update(reading.nodes(rest))
    return found


def load_edges(reading: Reading, claims: Collection[int], uids: Mapping[int, str]) -> list[Edge]:
    """The edges that these claims make, by (from, type, to)."""
    words, origins = read_words(reading.connection), reading.origins
    found: dict[tuple[int, int, int], Edge] = {}
    places: dict[tuple[int, int, int], list[int]] = {}
    for row in select_in(reading.connection, _EDGES, list(claims)):
        place, src, dst, edge_type, evidence, rule, ref, valid_from, valid_to, properties, origin, key = row
        ends = (src, dst, edge_type)
        places.setdefault(ends, []).append(place)
        found[ends] = Edge(
            uids[src],
            uids[dst],
            TYPES[edge_type],
            EVIDENCES[evidence],
            words[rule],
            (f"{origins[origin]}/{ref or key}",),
            valid_from,
            valid_to,
            decode_often(properties),
        )
    several = [place for group in places.values() if len(group) > 1 for place in group]
    single = [edge for ends, edge in found.items() if len(places[ends]) == 1]
    merged = merge_edges(reading.edge_claims("id", several, uids).values()) if several else []
    return sorted([*single, *merged], key=_by_ends)


def _by_ends(edge: Edge) -> tuple[str, str, str]:
    return (edge[0], edge[2], edge[1])


def read_words(connection: Connection) -> dict[int, str]:
    """All words: rules and sets of gaps, a few dozen."""
    rows: Iterable[tuple[int, str]] = connection.execute("SELECT id, text FROM word")
    return dict(rows)
