"""Progress bars of a crawl, a copy, a mirror: on a terminal, on stderr, and nowhere else."""

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

    from lineage_graph.api import Lineage


class BarWatch:
    """One bar for each thing that is counted, from the first that is: a question that has nothing to make first loads no library."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Move the bar of `what`."""
        if self._bars is None:
            self._bars = _start_bars(self._output)
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(clean(what), total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)

    def stop(self) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()


@contextmanager
def watched(output: Output) -> Iterator[Progress]:
    """An observer of a crawl that draws bars where a person is watching."""
    gc.enable()  # `start` turned it off for questions; a crawl lasts and must not grow
    with _drawn(output) as progress:
        yield progress


@contextmanager
def mirrored(lineage: Lineage, output: Output) -> Iterator[None]:
    """While it lasts, bars show what must be made before a query in Cypher can be answered."""
    console = lineage.console()
    before = console.watch
    with _drawn(output) as progress:
        console.watch = progress
        try:
            yield
        finally:
            console.watch = before


@contextmanager
def _drawn(output: Output) -> Iterator[Progress]:
    if output.quiet or not sys.stderr.isatty():
        yield no_progress
        return
    watch = BarWatch(output)
    try:
        yield watch
    finally:
        watch.stop()


def _start_bars(output: Output) -> Bars:
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
    bars = Bars(*shown, console=console, transient=True)
    bars.start()
    return bars
