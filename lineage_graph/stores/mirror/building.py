"""A mirror from nothing: the whole store into files, the files into ladybug by COPY, the file into its place by one rename."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from lineage_graph.errors import StoreUnreadable
from lineage_graph.stores.cypher import unwatched
from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.database import ask, make_tables, opened, write_catalog
from lineage_graph.stores.mirror.moment import Moment
from lineage_graph.stores.mirror.shapes import CHUNK, gone_records, read_shown
from lineage_graph.stores.mirror.spooling import BETWEEN, EMPTY, OPTIONS, Spool, spell_row

ALL = -1
"""Since before the first change."""


Watch = Callable[[str, int, "int | None"], None]


def build(moment: Moment, target: Path, watch: Watch = unwatched) -> None:
    """Write the mirror at `target`, which stands as it was until the new one is whole. Raises `Moved`."""
    folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        with closing(Spools(folder)) as spools:
            catalog = _spool(moment, spools, watch)
        made = folder / "mirror"
        with opened(made, read_only=False) as connection:
            make_tables(connection, catalog)
            tables = spools.ordered()
            for done, spool in enumerate(tables, start=1):
                moment.deadline.check()
                _copy(connection, catalog, spool)
                watch("tables of the mirror", done, len(tables))
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
        self.waiting = Spool(folder / "edges.rows")
        """Edges, until all nodes were read and the kind of both ends is known."""

    def __getitem__(self, table: Table) -> Spool:
        if table not in self.by_table:
            self.by_table[table] = Spool(self._folder / f"{'-'.join(table)}.rows")
        return self.by_table[table]

    def close(self) -> None:
        """Of what was broken off as well."""
        for spool in (self.waiting, *self.by_table.values()):
            spool.close()

    def ordered(self) -> list[tuple[Table, Spool]]:
        """Nodes first."""
        return sorted(self.by_table.items(), key=lambda each: (len(each[0]), each[0]))


def _spool(moment: Moment, spools: Spools, watch: Watch) -> Catalog:
    store = moment.store
    catalog = Catalog(change=moment.change, stamp=moment.stamp, identity=store.identity())
    kinds: dict[str, str] = {}
    changed = store.changes(ALL).nodes
    for part, (nodes, edges) in enumerate(read_shown(store, changed, gone_records(store)), start=1):
        # Checked after each part: a crawl that runs is noticed long before all is read.
        moment.check()
        for node in nodes:
            catalog.add(node.kind, node.flat)
            kinds[node.id] = node.kind
            spools[node.kind,].add([node.id, node.kind, *spell_row(catalog, node.kind, node.flat)])
        for edge in edges:
            catalog.add(edge.type, edge.flat)
            spools.waiting.add([edge.type, edge.src, edge.dst, *spell_row(catalog, edge.type, edge.flat)])
        watch("nodes into the mirror", min(part * CHUNK, len(changed)), len(changed))
    moment.check()
    catalog.size = len(kinds)
    _sort_edges(spools, kinds, catalog)
    return catalog


def _sort_edges(spools: Spools, kinds: Mapping[str, str], catalog: Catalog) -> None:
    for edge_type, src, dst, *cells in spools.waiting.rows():
        assert edge_type is not None
        assert src is not None
        assert dst is not None
        if dst not in kinds:
            raise StoreUnreadable(
                f"the graph has {src} {edge_type} {dst}, and no {dst}", hint="ingest writes it anew"
            )
        catalog.join(edge_type, kinds[src], kinds[dst], loop=src == dst)
        spools[edge_type, kinds[src], kinds[dst]].add(
            [src, dst, src, dst, str(catalog.edges), edge_type, *cells]
        )
        catalog.edges += 1


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
        f"COPY {table[0]} FROM (LOAD WITH HEADERS ({', '.join(declared)}) FROM {_quoted(file)} {OPTIONS} "
        f"RETURN {', '.join(given)}){ends}",
    )
    file.unlink()


def _quoted(file: Path) -> str:
    """A text of ladybug's, which takes a backslash as the begin of an escape, and a file's name as a pattern."""
    text = glob.escape(file.as_posix()).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def _unspelt(name: str) -> str:
    return (
        f"CASE WHEN {name} = '{EMPTY}' THEN CAST([] AS STRING[]) ELSE string_split({name}, '{BETWEEN}') END"
    )
