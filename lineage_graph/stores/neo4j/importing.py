"""Neo4j's official driver, imported late and without pandas, numpy and pyarrow.

It loads those three wherever they are installed, for conversions that nothing here asks for: a cold question would take
four times as long.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

UNWANTED = frozenset({"numpy", "pandas", "pyarrow"})


class _Hidden(MetaPathFinder):
    """Hides what is unwanted, from the thread that imports the driver alone: others import what they like meanwhile."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing, so that the next finder is asked; raises for what is hidden."""
        if threading.get_ident() == self._thread and fullname.partition(".")[0] in UNWANTED:
            raise ModuleNotFoundError(f"{fullname} is not needed by the driver", name=fullname)
        return None


def import_driver() -> ModuleType:
    """The package `neo4j`. What a program has imported already stays and is used by the driver."""
    if "neo4j" in sys.modules:
        import neo4j  # waits where another thread is still at it
    else:
        with _hidden():
            import neo4j
        # Nobody who has set up no logging wants its own words for what we say in ours, on stderr.
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
    return neo4j


@contextmanager
def _hidden() -> Iterator[None]:
    finder = _Hidden()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
