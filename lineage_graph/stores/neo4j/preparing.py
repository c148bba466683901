"""A batch worked out ahead, as if nothing of it were there; what is there is worked out again. Pure.

Nearly all of a first load is new. Worked out while the server has the batch before, it costs no time of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from lineage_graph.graph import Record
from lineage_graph.stores.neo4j.kept import Kept, Observing, put, restore, tell_head
from lineage_graph.stores.neo4j.patching import Lines, Patch, Replaced, plan
from lineage_graph.stores.neo4j.texts import EdgeKey, edge_key, line_start
from lineage_graph.stores.neo4j.values import Values, mention_rows, values_of_edge, values_of_node
from lineage_graph.stores.stored import Stored

K = TypeVar("K")


class Told(NamedTuple):
    """A record's own node, but for its number and who needs it, and its mentions."""

    head: Mapping[str, object]
    mentions: Sequence[Mapping[str, object]]


class Prepared(NamedTuple):
    """Records, what they bring, and the rows of what they bring alone. A transaction may be made again: nothing here changes."""

    kept: Mapping[str, Kept]
    patch: Patch
    nodes: Mapping[str, Values]
    edges: Mapping[EdgeKey, Values]
    told: Mapping[str, Told]


UNPREPARED = Prepared({}, Patch(), {}, {}, {})


def prepare_records(origin: str, records: Mapping[str, Record], observing: Observing) -> Prepared:
    """Records as a source gives them, shared ones first."""
    shared = {inner.key: inner for record in records.values() for inner in record.shared}
    return _prepare(
        {key: put(origin, each, None, observing) for key, each in {**shared, **records}.items()}, records
    )


def prepare_stored(origin: str, records: Mapping[str, Stored]) -> Prepared:
    """Records as another store kept them, shared ones first."""
    shared = {inner.record.key: inner for stored in records.values() for inner in stored.shared}
    return _prepare(
        {key: restore(origin, each, None) for key, each in {**shared, **records}.items()}, records
    )


def _prepare(kept: Mapping[str, Kept], own: Iterable[str]) -> Prepared:
    """Rows are made for `own` records: what is shared is, as a rule, there already."""
    patch = plan(Replaced(None, each) for each in kept.values())
    ours = [kept[key] for key in own]
    nodes = dict.fromkeys(claim.id for each in ours for claim in each.nodes)
    edges = dict.fromkeys(edge_key(claim) for each in ours for claim in each.edges)
    nothing = Lines()
    return Prepared(
        kept,
        patch,
        {
            node: values_of_node(node, patch.claims[node], patch.past.get(node, nothing), None)
            for node in nodes
        },
        {edge: values_of_edge(edge, patch.edges[edge], None) for edge in edges},
        {each.key: Told(tell_head(each), mention_rows(each)) for each in ours},
    )


def fit(prepared: Prepared, replaced: Sequence[Replaced]) -> Prepared:
    """What was prepared, as far as it is so, and the rest: records in the place of others, or not needed, or gone."""
    new = {each.key for old, each in replaced if old is None and each is not None} & prepared.kept.keys()
    wrong = [kept for key, kept in prepared.kept.items() if key not in new]
    rest = plan(each for each in replaced if each.new is None or each.new.key not in new)
    starts = {line_start(kept.origin, kept.key) for kept in wrong}
    nodes = {claim.id for kept in wrong for claim in kept.nodes}
    edges = {edge_key(claim) for kept in wrong for claim in kept.edges}
    patch = Patch()
    patch.claims.update(_fit(prepared.patch.claims, nodes, starts, rest.claims))
    patch.past.update(_fit(prepared.patch.past, nodes, starts, rest.past))
    patch.edges.update(_fit(prepared.patch.edges, edges, starts, rest.edges))
    nodes.update(rest.claims, rest.past)
    edges.update(rest.edges)
    return Prepared(
        prepared.kept,
        patch,
        {node: values for node, values in prepared.nodes.items() if node not in nodes},
        {edge: values for edge, values in prepared.edges.items() if edge not in edges},
        {key: told for key, told in prepared.told.items() if key in new},
    )


def _fit(
    lines: Mapping[K, Lines], wrong: Iterable[K], starts: set[str], more: Mapping[K, Lines]
) -> dict[K, Lines]:
    """Lines without those of these records, which speak of what is `wrong`, and with more."""
    fitted = dict(lines)
    for key in wrong:
        if key in fitted:
            rest = fitted.pop(key).without(starts)
            if rest.brings:
                fitted[key] = rest
    for key, added in more.items():
        fitted[key] = fitted[key].with_more(added) if key in fitted else added
    return fitted
