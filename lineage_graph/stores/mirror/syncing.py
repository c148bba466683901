"""A mirror brought up to date by what changed since: on a copy, which takes its place when it is whole and counts the same as the store."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from lineage_graph.graph import EdgeType, Kind
from lineage_graph.naming import kind_of
from lineage_graph.naming.ids import is_id
from lineage_graph.stores.base import Changes, Store, StoreInfo
from lineage_graph.stores.flat import Flat
from lineage_graph.stores.mirror.catalog import Catalog, key_of
from lineage_graph.stores.mirror.database import ask, opened, write_catalog
from lineage_graph.stores.mirror.moment import Moment
from lineage_graph.stores.mirror.scope import to_naive
from lineage_graph.stores.mirror.shapes import (
    PAST,
    ShownEdge,
    ShownNode,
    gone_records,
    read_shown,
    show_edge,
)

FEW = 500
"""Nodes that are written one by one; from there on, and beyond a tenth of the graph, building anew is quicker."""


def sync(moment: Moment, target: Path, catalog: Catalog) -> bool:
    """Raises `Moved`. False where the mirror has to be built anew: too much changed, or something came that it has no column for."""
    store = moment.store
    if catalog.identity != store.identity():
        return False
    changes = store.changes(catalog.change)
    if moment.change < catalog.change or len(changes.nodes) > max(FEW, catalog.size // 10):
        return False
    nodes, edges, kinds = _read_changed(store, changes)
    moment.check()
    if not _fits(catalog, nodes, edges, kinds):
        return False
    folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        made = folder / "mirror"
        shutil.copyfile(target, made)
        with opened(made, read_only=False) as connection:
            _replace(connection, catalog, changes.nodes, nodes, edges, kinds)
            catalog.change, catalog.stamp = moment.change, moment.stamp
            catalog.size = _count(connection, "MATCH (n) WHERE n.uid IS NOT NULL RETURN count(*)")
            write_catalog(connection, catalog)
            moment.deadline.check()
            info = store.info()
            # Counts of a later state say nothing about what was read; of what was read it is known that it is one state.
            if info.change == moment.change and not _agrees(connection, catalog, info):
                return False
        os.replace(made, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def _read_changed(
    store: Store, changes: Changes
) -> tuple[list[ShownNode], list[ShownEdge], Mapping[str, str]]:
    gone = gone_records(store)
    nodes = [node for shown, _ in read_shown(store, changes.nodes, gone) for node in shown]
    edges = [show_edge(edge) for edge in store.edges(changes.nodes)]
    ends = {end for edge in edges for end in (edge.src, edge.dst)}
    kinds = {node.id: node.kind for node in nodes}
    others = store.get(sorted(ends - kinds.keys()))
    return nodes, edges, kinds | {node.id: node.kind.value for node in others.values()}


def _fits(
    catalog: Catalog, nodes: Sequence[ShownNode], edges: Sequence[ShownEdge], kinds: Mapping[str, str]
) -> bool:
    return all(catalog.knows(node.kind, node.flat) for node in nodes) and all(
        catalog.knows(edge.type, edge.flat)
        and [kinds.get(edge.src), kinds.get(edge.dst)] in catalog.pairs[edge.type]
        and (edge.src != edge.dst or edge.type in catalog.loops)
        for edge in edges
    )


def _replace(
    connection: Any,
    catalog: Catalog,
    changed: Sequence[str],
    nodes: Sequence[ShownNode],
    edges: Sequence[ShownEdge],
    kinds: Mapping[str, str],
) -> None:
    known = {node.id: node.kind for node in nodes}
    ask(connection, "BEGIN TRANSACTION")
    for uid in changed:
        kind = known.get(uid) or (kind_of(uid).value if is_id(uid) else "")
        for each in [kind] if kind else list(Kind):
            ask(connection, f"MATCH (n:{each} {{uid: $uid}}) DETACH DELETE n", {"uid": uid})
    for node in nodes:
        fields, values = _fields(catalog, node.flat)
        ask(
            connection,
            f"CREATE (:{node.kind} {{uid: $uid, lbl: '{node.kind}'{fields}}})",
            {"uid": node.id, **values},
        )
    for edge in edges:
        fields, values = _fields(catalog, edge.flat)
        ask(
            connection,
            f"MATCH (a:{kinds[edge.src]} {{uid: $src}}), (b:{kinds[edge.dst]} {{uid: $dst}}) "
            f"CREATE (a)-[:{edge.type} {{src: $src, dst: $dst, eid: $eid, lbl: '{edge.type}'{fields}}}]->(b)",
            {"src": edge.src, "dst": edge.dst, "eid": catalog.edges, **values},
        )
        catalog.edges += 1
    ask(connection, "COMMIT")


def _fields(catalog: Catalog, flat: Mapping[str, Flat]) -> tuple[str, dict[str, object]]:
    texts: list[str] = []
    values: dict[str, object] = {}
    for name, value in flat.items():
        column = catalog.columns[key_of(name, value)]
        if value == []:
            texts.append(f", {column}: CAST([] AS STRING[])")
            continue
        texts.append(f", {column}: ${column}")
        values[column] = to_naive(value) if isinstance(value, datetime) else value
    return "".join(texts), values


def _agrees(connection: Any, catalog: Catalog, info: StoreInfo) -> bool:
    """Whether it counts what the store counts. Where the store was put back to another time meanwhile, it does not."""
    past, ended = catalog.columns.get(f"{PAST} BOOL"), catalog.columns.get("valid_to TIMESTAMP")
    for kind in Kind:
        has_past = past and f"{PAST} BOOL" in catalog.tables[kind.value]
        now = f" WHERE n.{past} IS NULL" if has_past else ""
        if _count(connection, f"MATCH (n:{kind.value}){now} RETURN count(*)") != info.nodes.get(kind, 0):
            return False
    for edge_type in EdgeType:
        has_ended = ended and "valid_to TIMESTAMP" in catalog.tables[edge_type.value]
        now = f" WHERE r.{ended} IS NULL" if has_ended else ""
        found = _count(connection, f"MATCH ()-[r:{edge_type.value}]->(){now} RETURN count(*)")
        if found != info.edges.get(edge_type, 0):
            return False
    return True


def _count(connection: Any, query: str) -> int:
    return int(ask(connection, query)[0][0])
