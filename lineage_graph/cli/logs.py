"""With `-v` a crawl also says, on stderr, what this program logs of itself: where a record could not be mapped, and why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from lineage_graph.cli.options import Output
from lineage_graph.render.text import clean


class _Lines(logging.Formatter):
    """A traceback quotes code, and its last line foreign text."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(clean(line) for line in super().format(record).splitlines())


@contextmanager
def logged(output: Output) -> Iterator[None]:
    """Nothing is logged without `-v`; others' loggers are left alone."""
    if not output.verbose:
        yield
        return
    logger, handler = logging.getLogger("lineage_graph"), logging.StreamHandler()
    handler.setFormatter(_Lines("%(levelname)s: %(message)s"))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
