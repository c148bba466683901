"""The store under test, and how to look at it past its own code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from lineage_graph.stores.base import Store

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it
"""Where there is one, stores that live for one example need not wait for a disk."""


def scratch_directory() -> TemporaryDirectory[str]:
    """A directory for one example."""
    return TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)


class Inside(NamedTuple):
    """What lies in a store, found by the back door: SQL, Cypher, attributes; never by the store's own methods."""

    records: frozenset[tuple[str, str]]
    """(origin, key) of all records that are there, shared ones too, retracted ones not."""
    nodes: frozenset[str]
    """Nodes that something that is now speaks of."""
    edges: frozenset[tuple[str, str, str]]
    """(from, type, to) of open edges."""


class Subject(ABC):
    """What a store's test class says of its store."""

    @abstractmethod
    def open_store(self, directory: Path) -> Store:
        """An empty store of its own; `directory` is empty, and is deleted afterwards."""

    @abstractmethod
    def look_inside(self, store: Store) -> Inside:
        """What lies in it."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """An empty store."""
        with closing(self.open_store(tmp_path)) as store:
            yield store

    @contextmanager
    def fresh_store(self) -> Iterator[Store]:
        """Another empty store: hypothesis needs one for each example."""
        with scratch_directory() as directory, closing(self.open_store(Path(directory))) as store:
            yield store
