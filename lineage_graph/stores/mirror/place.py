"""Where a mirror lies, and one builder at a time."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lineage_graph.errors import StoreBusy, StoreUnreadable
from lineage_graph.settings import cache_directory
from lineage_graph.stores.file_lock import try_lock
from lineage_graph.stores.mirror.moment import Deadline

PATIENCE_SECONDS = 600.0
STEP_SECONDS = 0.05


def mirror_of(path: Path) -> Path:
    """The mirror of a graph in a file: in the user's cache, for it can be made again, and the graph's folder may be read-only."""
    key = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    folder = cache_directory() / "cypher"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnreadable(
            f"there is no place for the mirror at {folder}: {error.strerror}", hint="set XDG_CACHE_HOME"
        ) from error
    return folder / f"{key}.mirror"


@contextmanager
def building(target: Path, deadline: Deadline) -> Iterator[None]:
    """Hold the lock of this mirror: who waited finds it up to date."""
    handle = os.open(target.with_name(target.name + "-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not try_lock(handle):
            if time.monotonic() >= until:
                raise StoreBusy(
                    f"another process has been building {target} for long", hint="wait for it, or stop it"
                )
            deadline.sleep(STEP_SECONDS)
        yield
    finally:
        os.close(handle)
