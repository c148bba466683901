"""What a crawl did: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lineage_graph.query.answer import rfc3339
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, count_of, line, paint

if TYPE_CHECKING:
    from lineage_graph.ingest import IngestReport

SCHEMA = "lineage-graph/ingest/1"


def render_crawl(report: IngestReport, screen: Screen = PIPE) -> str:
    """A few lines: what was read, what changed, what was left out, what to type next."""
    return paint(_render_lines(report), screen)


def _render_lines(report: IngestReport) -> Iterator[Line]:
    verb = "would read" if report.dry_run else "read"
    yield line(Span(report.origin.name, Style.HEAD), f"  {verb} in {report.seconds:.1f} s")
    if report.read:
        yield line(
            "  ", ", ".join(count_of(number, what.removesuffix("s")) for what, number in report.read.items())
        )
    seen = report.seen
    if report.dry_run:
        yield line("  dry run: nothing was written")
    else:
        yield line(
            f"  {count_of(seen.written, 'record')} new or changed, {seen.unchanged:,} as before, {seen.retracted:,} gone;"
            f" {count_of(report.resolved, 'link')} made from several records"
        )
    for skip in report.skipped:
        text = f"  skipped {skip['count']:,} × {skip['code']}" + (
            f", such as {skip['example']}" if skip["example"] else ""
        )
        yield line(Span(text, Style.FINDING))
    if not report.dry_run:
        yield line(
            Span(
                "next: lineage-graph doctor · lineage-graph search TEXT · lineage-graph impact DATA",
                Style.DIM,
            )
        )


def map_crawl(report: IngestReport) -> dict[str, object]:
    """The report as `lineage-graph/ingest/1`."""
    return {
        "schema": SCHEMA,
        "origin": {
            "name": report.origin.name,
            "type": report.origin.type,
            "uri": report.origin.uri,
            "read_at": rfc3339(report.origin.read_at),
        },
        "dry_run": report.dry_run,
        "seconds": round(report.seconds, 3),
        "read": dict(report.read),
        "skipped": [dict(skip) for skip in report.skipped],
        "unresolved": list(report.unresolved),
        "records": report.seen._asdict(),
        "resolved": report.resolved,
    }
