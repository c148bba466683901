"""`status`, `doctor`, `stats`: what is in the graph, how fresh, and what is missing."""

from __future__ import annotations

import time
from typing import Any

import click

from lineage_graph.cli.opening import opened
from lineage_graph.cli.options import (
    REPORT_FORMATS,
    IntParam,
    Output,
    StoreChoice,
    output_options,
    store_option,
)
from lineage_graph.cli.times import WHAT_A_SPAN_IS, parse_span
from lineage_graph.cli.writing import load, screen_of, write, write_json
from lineage_graph.errors import GateFailed, UsageError


class TimeSpan(IntParam):
    """A length of time, as milliseconds."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse it, or say what a span looks like."""
        try:
            return value if isinstance(value, int) else parse_span(str(value))
        except ValueError:
            self.fail(f"{value!r} is not {WHAT_A_SPAN_IS}.", param, ctx)


@click.command()
@click.option(
    "--max-age",
    type=TimeSpan(),
    metavar="SPAN",
    help="Exit with 3 if an origin's last crawl was longer ago or did not read what it was asked for, whole or a part.",
)
@store_option
@output_options(REPORT_FORMATS)
def status(max_age: int | None, store: StoreChoice, output: Output) -> None:
    """What was crawled, when, what was skipped, and what the graph holds.

    \b
    Examples:
      lineage-graph status
      lineage-graph status -o json
      lineage-graph status --max-age 24h          for a monitor: exit code 3 when the graph is stale
    """
    with opened(store, output) as lineage:
        found = lineage.status()
    _write_report(found, output, "lineage_graph.render.status:render_status")
    if max_age is not None:
        _check_age(found, max_age)


def _check_age(found: Any, max_age: int) -> None:
    from lineage_graph.query.parts import has_ended

    oldest = round(time.time() * 1000) - max_age
    crawled = [origin for origin in found.graph.origins if origin.type not in NOT_CRAWLED]
    unread = [_name_part(origin) for origin in crawled if not has_ended(origin)]
    stale = [
        _name_part(origin)
        for origin in crawled
        if has_ended(origin) and (origin.read_at is None or origin.read_at < oldest)
    ]
    told = [f"older than --max-age: {', '.join(stale)}"] * bool(stale)
    told += [f"being read, broken off, or not readable in full: {', '.join(unread)}"] * bool(unread)
    if told or not found.graph.origins:
        what = "; ".join(told) or "nothing was ever crawled"
        raise GateFailed(what, hint="crawl again: lineage-graph ingest")


def _name_part(origin: Any) -> str:
    from lineage_graph.query.parts import part_of

    part = part_of(origin)
    return f"{origin.name} (only {part.options})" if part and part.is_chosen else str(origin.name)


NOT_CRAWLED = frozenset({"resolve"})
"""What this program derived itself has no age of its own."""


@click.command()
@click.argument("code", required=False)
@click.option(
    "--fail-on",
    "gates",
    multiple=True,
    metavar="CODE",
    help="Exit with 3 if there is a gap of this code (any: of any code).",
)
@store_option
@output_options(REPORT_FORMATS)
def doctor(code: str | None, gates: tuple[str, ...], store: StoreChoice, output: Output) -> None:
    """How much of the lineage is known, what is missing, and how to close it.

    One screen. With CODE, a gap's code such as relative-path: every place where it is.

    \b
    Examples:
      lineage-graph doctor
      lineage-graph doctor evaluation-without-model
      lineage-graph doctor --fail-on signature-unreadable
    """
    with opened(store, output) as lineage:
        found = lineage.doctor(code=code)
    if code is not None and not found.gaps:
        _check_code(code)
    _write_report(found, output, "lineage_graph.render.doctor:render_doctor")
    if gates:
        _check_codes(found.to_dict(), gates)


def _check_code(code: str) -> None:
    """No gap of that code is an answer; a code that there is not is a mistake."""
    from lineage_graph.query.gaps import WORDINGS

    if code not in WORDINGS:
        import difflib

        near = difflib.get_close_matches(code, WORDINGS, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"there is no gap code {code!r}{meant}", hint=f"known: {', '.join(WORDINGS)}")


def _check_codes(found: dict[str, Any], gates: tuple[str, ...]) -> None:
    present = {str(gap["code"]) for gap in found.get("gaps", [])}
    met = sorted(present if "any" in gates else present & set(gates))
    if met:
        raise GateFailed(f"gaps found: {', '.join(met)}", hint="asked for by --fail-on")


@click.command()
@store_option
@output_options(REPORT_FORMATS)
def stats(store: StoreChoice, output: Output) -> None:
    """How many nodes and edges of each sort the graph holds now.

    \b
    Examples:
      lineage-graph stats
      lineage-graph stats -o json
    """
    with opened(store, output) as lineage:
        found = lineage.stats()
    _write_report(found, output, "lineage_graph.render.status:render_stats")


def _write_report(found: Any, output: Output, renderer: str) -> None:
    if output.format == "json":
        write_json(found)
    else:
        write(load(renderer)(found, screen_of(output)))
