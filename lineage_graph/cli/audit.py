"""`audit`: a report to hand over."""

from __future__ import annotations

import click

from lineage_graph.cli.opening import opened
from lineage_graph.cli.options import Output, StoreChoice, Time, fail_on_option, output_options, store_option
from lineage_graph.cli.times import WHAT_A_TIME_IS
from lineage_graph.cli.writing import check_gates, write_answer

FORMATS = ("html", "md", "json")
RENDERERS = {
    "html": "lineage_graph.render.audit.html:render_html",
    "md": "lineage_graph.render.audit.md:render_md",
}


@click.command()
@click.argument("ref", metavar="REF")
@click.option("--as-of", type=Time(), metavar="TIME", help=f"As it was then: {WHAT_A_TIME_IS}.")
@store_option
@output_options(FORMATS)
@fail_on_option
def audit(ref: str, as_of: int | None, store: StoreChoice, output: Output, gates: tuple[str, ...]) -> None:
    """A report on a version, an alias or a deployment, each statement with its record.

    What it is and who owns it; what is not known, first; versions and where aliases stood; every origin with digest, schema and
    rows; runs with parameters, commit and user; evaluations; deployments and consumers; the picture. The HTML is one file that
    prints well, runs nothing and loads nothing.

    \b
    Examples:
      lineage-graph audit churn@champion > champion.html
      lineage-graph audit churn/3 -o md
      lineage-graph audit deployment:shop/churn-api -o json
      lineage-graph audit churn@champion --as-of 2026-11-01 > then.html
      lineage-graph audit churn@champion --fail-on gap > report.html     exit code 3 if anything is not known
    """
    with opened(store, output) as lineage:
        report = lineage.audit(ref, as_of=as_of)
    write_answer(report, output, RENDERERS)
    check_gates(report.judged, gates)
