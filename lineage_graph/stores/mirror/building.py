"""A mirror from nothing: the whole store into files, the files into ladybug by COPY, the file into its place by one rename."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from lineage_graph.stores.base import Store
from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.database import ask, make_tables, opened, write_catalog
from lineage_graph.stores.mirror.shapes import gone_records, read_shown
from lineage_graph.stores.mirror.spooling import BETWEEN, EMPTY, OPTIONS, Spool, spell_row

ALL = -1
"""Since before the first change."""


def build(store: Store, target: Path, stamp: str) -> None:
    """Write the mirror at `target`, which stands as it was until the new one is whole."""
    folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        catalog, spools = _spool(store, folder, stamp)
        made = folder / "mirror"
        with opened(made, read_only=False) as connection:
            make_tables(connection, catalog)
            for spool in spools:
                _copy(connection, catalog, spool)
            write_catalog(connection, catalog)
        os.replace(made, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


Table = tuple[str, ...]
"""A kind, or an edge type with the kinds that it joins."""


class Spools:
    """The files, by their table; nodes before edges, for edges are copied between nodes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.by_table: dict[Table, Spool] = {}

    def __getitem__(self, table: Table) -> Spool:
        if table not in self.by_table:
            self.by_table[table] = Spool(self._folder / f"{'-'.join(table)}.rows")
        return self.by_table[table]

    def ordered(self) -> list[tuple[Table, Spool]]:
        """Nodes first."""
        return sorted(self.by_table.items(), key=lambda each: (len(each[0]), each[0]))


def _spool(store: Store, folder: Path, stamp: str) -> tuple[Catalog, list[tuple[Table, Spool]]]:
    changes = store.changes(ALL)
    catalog = Catalog(change=changes.last, stamp=stamp, identity=store.identity())
    gone = gone_records(store)
    kinds: dict[str, str] = {}
    spools = Spools(folder)
    waiting = Spool(folder / "edges.rows")
    for nodes, edges in read_shown(store, changes.nodes, gone):
        for node in nodes:
            catalog.add(node.kind, node.flat)
            kinds[node.id] = node.kind
            spools[node.kind,].add([node.id, node.kind, *spell_row(catalog, node.kind, node.flat)])
        for edge in edges:
            catalog.add(edge.type, edge.flat)
            # The other end's kind is known when all nodes were read.
            waiting.add([edge.type, edge.src, edge.dst, *spell_row(catalog, edge.type, edge.flat)])
    catalog.size = len(kinds)
    for edge_type, src, dst, *cells in waiting.rows():
        assert edge_type is not None
        assert src is not None
        assert dst is not None
        if src in kinds and dst in kinds:
            catalog.join(edge_type, kinds[src], kinds[dst], loop=src == dst)
            spools[edge_type, kinds[src], kinds[dst]].add(
                [src, dst, src, dst, str(catalog.edges), edge_type, *cells]
            )
            catalog.edges += 1
    return catalog, spools.ordered()


def _copy(connection: Any, catalog: Catalog, spool: tuple[Table, Spool]) -> None:
    table, rows = spool
    fixed = 2 if len(table) == 1 else 6
    columns = list(catalog.columns_of(table[0]))
    file = rows.finish(fixed + len(columns))
    declared = [f"f{at} {'INT64' if at == 4 else 'STRING'}" for at in range(fixed)]
    given = [f"f{at}" for at in range(fixed)]
    for name, type_ in columns:
        declared.append(f"{name} {'STRING' if type_ == 'STRING[]' else type_}")
        given.append(_unspelt(name) if type_ == "STRING[]" else name)
    ends = "" if len(table) == 1 else f" (from='{table[1]}', to='{table[2]}')"
    ask(
        connection,
        f"COPY {table[0]} FROM (LOAD WITH HEADERS ({', '.join(declared)}) FROM '{file}' {OPTIONS} "
        f"RETURN {', '.join(given)}){ends}",
    )
    file.unlink()


def _unspelt(name: str) -> str:
    return (
        f"CASE WHEN {name} = '{EMPTY}' THEN CAST([] AS STRING[]) ELSE string_split({name}, '{BETWEEN}') END"
    )
