"""`status` and `stats`: what is in the graph, from where, how fresh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lineage_graph.graph import Origin
from lineage_graph.query.answer import rfc3339
from lineage_graph.query.parts import part_of
from lineage_graph.query.status import Status
from lineage_graph.render.labels import word
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, columns, count_of, line, paint


def render_status(status: Status, screen: Screen = PIPE) -> str:
    """Every origin with its age, what was read, skipped and found missing; and the totals."""
    return paint(_render_status(status), screen)


def render_stats(status: Status, screen: Screen = PIPE) -> str:
    """Nodes by kind and edges by type."""
    return paint(_render_stats(status), screen)


def _render_status(status: Status) -> Iterator[Line]:
    total = f"{count_of(sum(status.counts.values()), 'node')}, {count_of(sum(status.edges.values()), 'edge')}"
    yield line(Span(f"{status.graph.store} graph", Style.HEAD), f"  {total}, change {status.graph.change:,}")
    for origin in status.graph.origins:
        yield from _render_origin(origin, status.gaps.get(origin.name, {}))
    if not status.graph.origins:
        yield line(Span("nothing was crawled yet: lineage-graph ingest mlflow", Style.FINDING))


def _render_origin(origin: Origin, gaps: Mapping[str, int]) -> Iterator[Line]:
    read_at = rfc3339(origin.read_at) or "never"
    yield line(
        Span(origin.name, Style.HEAD),
        f"  {origin.uri}" if origin.uri else "",
        f"  read {read_at}",
        _how_whole(origin),
    )
    read = origin.report.get("read")
    if isinstance(read, Mapping) and read:
        yield line(
            "  read     ",
            ", ".join(count_of(int(number), str(what).removesuffix("s")) for what, number in read.items()),
        )
    skipped = origin.report.get("skipped")
    for skip in skipped if isinstance(skipped, list | tuple) else ():
        example = f", such as {skip['example']}" if skip.get("example") else ""
        yield line(Span(f"  skipped  {skip['count']:,} × {skip['code']}{example}", Style.FINDING))
    if gaps:
        yield line(
            Span(
                "  gaps     " + ", ".join(f"{number:,} {code}" for code, number in sorted(gaps.items())),
                Style.GAP,
            )
        )


def _how_whole(origin: Origin) -> Span:
    part = part_of(origin)
    chosen = part is not None and part.is_chosen
    if origin.complete:
        return Span(f"  complete, last read in part: {part.options}" if part and chosen else "  complete")
    if part is None:
        return Span("  NOT COMPLETE: being read, or broken off", Style.FINDING)
    why = f"only a part: {part.options}" if chosen else "NOT COMPLETE: something could not be read"
    return Span(f"  {why}", Style.FINDING)


def _render_stats(status: Status) -> Iterator[Line]:
    nodes = [[f"{number:,}", word(kind)] for kind, number in status.counts.items() if number]
    edges = [[f"{number:,}", type_.value] for type_, number in status.edges.items() if number]
    for title, rows in (("NODES", nodes), ("EDGES", edges)):
        wide = max((len(row[0]) for row in rows), default=0)
        yield line(Span(title, Style.HEAD), f"  {sum(int(row[0].replace(',', '')) for row in rows):,}")
        yield from columns([[row[0].rjust(wide), row[1]] for row in rows], indent="  ")
