"""`backup` and `forget`: the graph as a file, and what was ingested by mistake."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from lineage_graph.cli.opening import opened
from lineage_graph.cli.options import REPORT_FORMATS, Output, StoreChoice, output_options, store_option
from lineage_graph.cli.writing import say, write


@click.command()
@click.argument("target", metavar="PATH", type=click.Path(dir_okay=False))
@store_option
@output_options(REPORT_FORMATS)
def backup(target: str, store: StoreChoice, output: Output) -> None:
    """Copy the graph to PATH, whole and consistent, also while a crawl is writing.

    The graph holds what no crawl can rebuild: which version was behind an alias when.

    \b
    Examples:
      lineage-graph backup graph-2026-11-24.db
      lineage-graph upstream churn@champion --store graph-2026-11-24.db
    """
    with opened(store, output) as lineage:
        lineage.backup(target)
    if output.format == "json":
        path = os.path.abspath(target)
        _write("backup", {"path": path, "bytes": os.path.getsize(path)})
        return
    say(f"backed up to {target}", output)


@click.command()
@click.argument("origin", metavar="ORIGIN")
@store_option
@output_options(REPORT_FORMATS)
def forget(origin: str, store: StoreChoice, output: Output) -> None:
    """Take out everything that one crawled system told, as if it had never been ingested.

    Its alias history goes too, which no crawl can rebuild: `backup` first. `status` lists the origins.

    \b
    Examples:
      lineage-graph forget mlflow:prod
      lineage-graph forget declared:shop
    """
    with opened(store, output) as lineage:
        forgotten = lineage.forget(origin)
    if output.format == "json":
        _write("forget", {"origin": forgotten})
        return
    say(f"forgot {origin}", output)


def _write(command: str, told: Mapping[str, object]) -> None:
    from lineage_graph.render.json import render_json

    write(render_json({"schema": f"lineage-graph/{command}/1", **told}))
