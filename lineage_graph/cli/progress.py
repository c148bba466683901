"""A crawl's progress bars: on a terminal, on stderr, and nowhere else."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lineage_graph.cli.options import Output
from lineage_graph.render.text import clean
from lineage_graph.sources.base import Progress, no_progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class BarWatch:
    """One bar for each thing that is counted."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Move the bar of `what`."""
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(clean(what), total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)


@contextmanager
def watched(output: Output) -> Iterator[Progress]:
    """An observer of a crawl that draws bars where a person is watching."""
    gc.enable()  # `start` turned it off for questions; a crawl lasts and must not grow
    if output.quiet or not sys.stderr.isatty():
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True, no_color=not output.colour, highlight=False)
    shown = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*shown, console=console, transient=True) as bars:
        yield BarWatch(bars)
