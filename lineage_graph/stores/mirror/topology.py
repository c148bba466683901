"""How deep a graph is along some types, and whether it runs in circles: found out when a question needs it, and kept beside the mirror."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.moment import MEASURING, Deadline
from lineage_graph.stores.mirror.scope import Topology

Edge = tuple[Any, Any]
PART = 10_000
"""Edges or nodes between two looks at the clock."""


class Topologies:
    """Of one state of the mirror."""

    def __init__(
        self,
        connection: Any,
        target: Path,
        catalog: Catalog,
        deadline: Deadline = Deadline(),  # noqa: B008 - it is frozen
    ) -> None:
        self._connection = connection
        self._deadline = deadline
        self._file = target.with_name(target.name + "-depths.json")
        self._state = [catalog.change, catalog.stamp]

    def find(self, types: frozenset[str]) -> Topology:
        """Of these types together."""
        key = "|".join(sorted(types))
        kept = self._kept()
        if key not in kept:
            kept[key] = longest_chain(self._edges(types), self._check)
            self._keep(kept)
        return Topology(kept[key])

    def _check(self) -> None:
        self._deadline.check(MEASURING)

    def _edges(self, types: frozenset[str]) -> Iterator[Edge]:
        if not types:
            return
        self._check()
        text = f"MATCH (a)-[r:{'|'.join(sorted(types))}]->(b) RETURN r.src, r.dst"
        self._connection.set_query_timeout(self._deadline.left())
        try:
            result = self._connection.execute(text)
        except RuntimeError as error:
            if "interrupt" in str(error).lower():
                raise self._deadline.over(MEASURING) from None
            raise
        try:
            while result.has_next():
                self._check()
                yield from ((src, dst) for src, dst in result.get_n(PART))
        finally:
            result.close()

    def _kept(self) -> dict[str, int | None]:
        with suppress(OSError, ValueError):
            found = json.loads(self._file.read_text(encoding="utf-8"))
            if isinstance(found, dict) and found.get("state") == self._state:
                return dict(found["longest"])
        return {}

    def _keep(self, longest: dict[str, int | None]) -> None:
        part = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            part.write_text(json.dumps({"state": self._state, "longest": longest}), encoding="utf-8")
            part.replace(self._file)


def longest_chain(edges: Iterable[Edge], check: Callable[[], None] = lambda: None) -> int | None:
    """The most edges that follow one another; None where they run in circles. `check` is called now and then.

    >>> longest_chain([("a", "b"), ("b", "c"), ("a", "c")]), longest_chain([("a", "b"), ("b", "a")]), longest_chain([])
    (2, None, 0)
    """
    below: dict[Any, list[Any]] = {}
    waiting: dict[Any, int] = {}
    for src, dst in edges:
        below.setdefault(src, []).append(dst)
        waiting[dst] = waiting.get(dst, 0) + 1
        waiting.setdefault(src, 0)
    depth = dict.fromkeys((node for node, count in waiting.items() if count == 0), 0)
    ready = list(depth)
    done = 0
    while ready:
        if done % PART == 0:
            check()
        node = ready.pop()
        done += 1
        for child in below.get(node, ()):
            depth[child] = max(depth.get(child, 0), depth[node] + 1)
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)
    return max(depth.values(), default=0) if done == len(waiting) else None
