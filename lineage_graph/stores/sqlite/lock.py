"""One writer at a time, also between its transactions: a lock on a file beside the store, which ends with its process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lineage_graph.errors import StoreBusy, StoreUnreadable
from lineage_graph.stores.file_lock import try_lock

STEP_SECONDS = 0.02


@contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Hold the lock of this store; raises `StoreBusy` when another still holds it after `patience` seconds."""
    if path.is_dir():
        raise StoreUnreadable(f"{path} is a folder", hint="Name a file: --store graph.db")
    lock = path.with_name(path.name + "-lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise StoreUnreadable(
            f"{path} cannot be written: {error.strerror}", hint="Check the path and its permissions."
        ) from error
    try:
        _wait(handle, path, patience)
        # The file stays: were it removed, a waiting process could hold the lock of a file that no one else sees.
        yield
    finally:
        os.close(handle)


def _wait(handle: int, path: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while not try_lock(handle):
        if time.monotonic() >= until:
            raise StoreBusy(
                f"another ingest has been writing {path} for more than {patience:g} s",
                hint="Wait for it, or stop it: the lock goes with its process.",
            )
        time.sleep(STEP_SECONDS)
