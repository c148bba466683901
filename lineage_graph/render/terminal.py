"""Tables on a terminal, by rich. Imported only there: it costs more than a whole query."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from lineage_graph.render.text import Screen, Span, Style, clean

_STYLES: Mapping[Style, str] = {
    Style.PLAIN: "",
    Style.HEAD: "bold",
    Style.DIM: "dim",
    Style.DATA: "green",
    Style.RUN: "bright_black",
    Style.MODEL: "blue",
    Style.SERVING: "yellow",
    Style.EVALUATION: "magenta",
    Style.GAP: "dim italic",
    Style.FINDING: "red",
}


def render_grid(header: Sequence[str], rows: Sequence[Sequence[Span]], screen: Screen) -> str:
    """A table in which long cells wrap, so that nothing of them is lost."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        # Text, never markup: a crawled name may look like markup.
        table.add_row(*(Text(clean(cell.text), style=_STYLES[cell.style]) for cell in row))
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=screen.colour,
        no_color=not screen.colour,
        width=screen.width or 100,
        legacy_windows=False,
        emoji=False,
        highlight=False,
    )
    console.print(table)
    return "\n".join(text.rstrip() for text in out.getvalue().rstrip("\n").split("\n"))
