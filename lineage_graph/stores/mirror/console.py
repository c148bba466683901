"""Cypher about a graph in any store, answered by its mirror."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lineage_graph.errors import QueryInvalid, QueryRefused, StoreBusy, StoreUnreadable
from lineage_graph.graph import EdgeType, Kind
from lineage_graph.stores.base import Store
from lineage_graph.stores.cypher import CypherConsole, CypherTable
from lineage_graph.stores.mirror.building import build
from lineage_graph.stores.mirror.catalog import COMMON_LABEL, Catalog
from lineage_graph.stores.mirror.database import holds, load_ladybug, opened, read_catalog
from lineage_graph.stores.mirror.lengths import DEEPEST
from lineage_graph.stores.mirror.moment import RUNNING, Deadline, Moment, Moved
from lineage_graph.stores.mirror.place import building, mirror_of
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.results import Results
from lineage_graph.stores.mirror.running import run_in_thread
from lineage_graph.stores.mirror.syncing import sync
from lineage_graph.stores.mirror.topology import Topologies
from lineage_graph.stores.mirror.translating import Translated, translate
from lineage_graph.stores.mirror.types import PythonFunction, name_type

PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0, 3.0, 3.0)
"""Seconds before each try to read the graph in one state: a crawl writes in parts, with time between them."""
LOST = (RuntimeError, OSError, ValueError, KeyError, TypeError)
"""What a mirror that is damaged, half there or of another version fails with: it is made again, whatever it was."""

UNREACHED = {
    "by zero": ("a division by zero", "in Neo4j a condition may keep it from being reached"),
    "overflow": (
        "what leaves the integers of 64 bits",
        "in Neo4j a condition may keep it from being reached",
    ),
}
"""What breaks ladybug off, which works out both sides of a condition, and how it is said."""


class Damaged(QueryInvalid):
    """The mirror's file could be opened and not be read."""


class MirrorConsole(CypherConsole):
    """A console on a store's mirror, brought up to date before each query."""

    def __init__(self, store: Store, path: Path | None = None) -> None:
        self._store = store
        self._path = path
        """Of the graph's own file; a store without one has its mirror for as long as the console lasts."""
        self._folder: Path | None = None
        self._forget: weakref.finalize[Any, Any] | None = None

    def run(
        self,
        query: str,
        parameters: Mapping[str, object],
        *,
        timeout: float | None = None,
        limit: int | None = None,
        write: bool = False,
    ) -> CypherTable:
        """The rows of a query: the same as on Neo4j, or refused."""
        if write:
            raise QueryRefused(
                "the embedded store takes nothing that Cypher writes: its graph is what was crawled",
                hint=f"ingest and declare write it; Neo4j takes --write: lineage-graph copy {self._name()} bolt://HOST:7687",
            )
        load_ladybug()
        deadline = Deadline.after(timeout)
        try:
            try:
                return self._ask(self._update(deadline), query, parameters, deadline, limit)
            except Damaged:
                self._target().unlink(missing_ok=True)
                return self._ask(self._update(deadline), query, parameters, deadline, limit)
        except QueryRefused as error:
            hint = error.hint.replace("{store}", self._name())
            raise QueryRefused(error.message, hint=hint) from None

    def words(self) -> Mapping[str, tuple[str, ...]]:
        """Labels, types and properties that the graph has now."""
        load_ladybug()
        with opened(self._update(), read_only=True) as connection:
            catalog = read_catalog(connection) or Catalog()
            kinds = [kind.value for kind in Kind if holds(connection, f"(:{kind})")]
            types = [type_.value for type_ in EdgeType if holds(connection, f"()-[:{type_}]->()")]
        keys = {key.rpartition(" ")[0] for table in (*kinds, *types) for key in catalog.tables[table]}
        return {
            "labels": (COMMON_LABEL, *kinds) if kinds else (),
            "types": tuple(types),
            "properties": tuple(sorted(key for key in keys if not key.startswith("_"))),
        }

    def close(self) -> None:
        """Let go of a mirror that was for this console alone."""
        if self._forget is not None:
            self._forget()
        self._folder = self._forget = None

    def _name(self) -> str:
        return str(self._path) if self._path is not None else f"{self._store.type}:"

    def _target(self) -> Path:
        if self._path is not None:
            return mirror_of(self._path)
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="lineage-graph-"))
            # Nobody has to close a console: a notebook's ends with it.
            self._forget = weakref.finalize(self, shutil.rmtree, str(self._folder), True)
        return self._folder / "mirror"

    def _update(self, deadline: Deadline = Deadline()) -> Path:  # noqa: B008 - it is frozen
        """The mirror, up to date. A graph that does not exist is said by the store, before anything is made."""
        moment = Moment.of(self._store, deadline)
        target = self._target()
        if not _is_of(_look(target), moment):
            with building(target, deadline):
                self._catch_up(target, deadline)
        return target

    def _catch_up(self, target: Path, deadline: Deadline) -> None:
        """A mirror of one state, the store's when it was read; never one of two."""
        for pause in PAUSES:
            deadline.sleep(pause)
            moment = Moment.of(self._store, deadline)
            try:
                if not _is_of(_look(target), moment):
                    self._renew(target, moment)
            except Moved:
                continue
            return
        raise StoreBusy(
            f"{self._name()} is being written without a pause, and could not be read in one state",
            hint="ask again when the ingest has ended; no answer is made of two states",
        )

    def _renew(self, target: Path, moment: Moment) -> None:
        for left in target.parent.glob(f"{target.name}.*"):
            # Of a process that was killed: who builds holds the lock.
            shutil.rmtree(left, ignore_errors=True)
        catalog = _look(target)
        if catalog is not None:
            try:
                if sync(moment, target, catalog):
                    return
            except LOST:
                target.unlink(missing_ok=True)
        try:
            build(moment, target, self.watch)
        except (OSError, RuntimeError) as error:
            reason = str(getattr(error, "strerror", None) or error).split("\n", 1)[0]
            raise StoreUnreadable(
                f"the mirror cannot be written to {target.parent}: {reason}",
                hint="Cypher without a server needs as much room there as the graph has",
            ) from error

    def _ask(
        self,
        target: Path,
        query: str,
        parameters: Mapping[str, object],
        deadline: Deadline,
        limit: int | None,
    ) -> CypherTable:
        with opened(target, read_only=True) as connection:
            catalog = read_catalog(connection)
            if catalog is None:
                raise StoreUnreadable(f"the mirror at {target} was replaced meanwhile", hint="ask again")
            topologies = Topologies(connection, target, catalog, deadline)
            asked = translate(query, parameters, catalog, topologies.find)
            rows, total = _execute(connection, asked, deadline, limit)
        results = Results(catalog)
        width = len(asked.columns)
        shown = tuple(tuple(results.value(cell) for cell in row[:width]) for row in rows)
        return CypherTable(asked.columns, shown, total > len(shown), total - len(shown))


def _is_of(catalog: Catalog | None, moment: Moment) -> bool:
    return catalog is not None and (catalog.change, catalog.stamp) == (moment.change, moment.stamp)


def _look(target: Path) -> Catalog | None:
    if not target.is_file():
        return None
    try:
        with opened(target, read_only=True) as connection:
            return read_catalog(connection)
    except LOST:
        target.unlink(missing_ok=True)
        return None


def _execute(
    connection: Any, asked: Translated, deadline: Deadline, limit: int | None
) -> tuple[list[list[Any]], int]:
    connection.execute(f"CALL var_length_extend_max_depth={DEEPEST}").close()
    for name, function in asked.functions.items():
        _add_function(connection, name, function)
    deadline.check(RUNNING)
    connection.set_query_timeout(deadline.left())

    def ask() -> tuple[list[list[Any]], int]:
        result = connection.execute(asked.text, dict(asked.parameters))
        try:
            total = result.get_num_tuples()
            return result.get_n(total if limit is None else min(limit, total)), total
        finally:
            result.close()

    try:
        return run_in_thread(ask, connection.interrupt)
    except RuntimeError as error:
        raise _explain(error, deadline) from error


def _add_function(connection: Any, name: str, function: PythonFunction) -> None:
    ladybug = load_ladybug()

    def named(type_: str) -> Any:
        return type_ if type_.endswith("[]") else getattr(ladybug.Type, type_)

    takes = [named(type_) for type_ in function.takes]
    connection.create_function(name, function.does, takes, named(name_type(function.gives)))


def _explain(error: RuntimeError, deadline: Deadline) -> Exception:
    text = str(error).split("\n", 1)[0]
    low = text.lower()
    if low.startswith(("io exception", "storage exception", "catalog exception")) or "checksum" in low:
        return Damaged(
            f"the mirror cannot be read: {text}", hint="delete lineage_graph/cypher in your cache directory"
        )
    if "interrupt" in low or "timeout" in low:
        if deadline.timeout is None:
            return QueryInvalid("the query was interrupted")
        return deadline.over(RUNNING)
    if "buffer" in low and "memory" in low:
        return refused(
            "a query that needs more memory than it is given", "", "ask for fewer paths: *1..5, LIMIT"
        )
    return refused(
        *next(
            (named for sign, named in UNREACHED.items() if sign in low),
            ("this query", f"it broke off: {text}"),
        )
    )
