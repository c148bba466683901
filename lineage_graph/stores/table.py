"""Which store a URL names. Stores are imported by name, one at a time: a question to SQLite loads no driver of Neo4j."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from lineage_graph.errors import UnknownScheme
from lineage_graph.stores.base import Store
from lineage_graph.stores.cypher import CypherConsole

NEO4J = "lineage_graph.stores.neo4j.store:Neo4jStore"
STORES: Mapping[str, str] = {
    "sqlite": "lineage_graph.stores.sqlite.store:SqliteStore",
    "memory": "lineage_graph.stores.memory.store:MemoryStore",
    # Plain, by TLS, and by TLS with a certificate that nobody signed; neo4j: also finds its way in a cluster.
    "bolt": NEO4J,
    "bolt+s": NEO4J,
    "bolt+ssc": NEO4J,
    "neo4j": NEO4J,
    "neo4j+s": NEO4J,
    "neo4j+ssc": NEO4J,
}
MIRROR = "lineage_graph.stores.mirror.console:MirrorConsole"
ENTRY_POINTS = "lineage_graph.stores"


def open_store(url: str) -> Store:
    """The store that a URL or a path names. Nothing is created, connected to or read yet.

    >>> open_store("memory:").type
    'memory'
    """
    module, _, name = _find_store(url).partition(":")
    store_type = cast("type[Store]", getattr(import_module(module), name))
    return store_type(url)  # type: ignore[call-arg]  # every store takes its URL


def open_console(store: Store) -> CypherConsole:
    """Cypher on a store: its own, or that of a mirror beside it."""
    own = store.console()
    if own is not None:
        return own
    module, _, name = MIRROR.partition(":")
    found: CypherConsole = getattr(import_module(module), name)(store, getattr(store, "path", None))
    return found


def read_scheme(url: str) -> str:
    r"""The scheme of a store's URL; a path has none and is a SQLite file.

    >>> read_scheme("bolt://localhost:7687"), read_scheme("graphs/prod.db"), read_scheme(r"C:\graph.db")
    ('bolt', 'sqlite', 'sqlite')
    """
    scheme, colon, rest = url.partition(":")
    if not colon or len(scheme) == 1 or "/" in scheme or "\\" in scheme:
        return "sqlite"
    is_url = rest.startswith("//") or scheme in STORES
    return scheme.lower() if is_url or not rest else "sqlite"


def _find_store(url: str) -> str:
    scheme = read_scheme(url)
    if scheme in STORES:
        return STORES[scheme]
    # Reading entry points costs 25 ms: only for a scheme that is not ours.
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=ENTRY_POINTS, name=scheme):
        return entry_point.value
    known = ", ".join(f"{name}:" for name in STORES)
    raise UnknownScheme(f"no store reads {scheme}:", hint=f"A store is a path, or a URL with one of: {known}")
