"""`ingest mlflow`, `ingest declared`: crawling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from lineage_graph.cli.logs import logged
from lineage_graph.cli.options import REPORT_FORMATS, Output, StoreChoice, Time, output_options, store_option
from lineage_graph.cli.progress import watched
from lineage_graph.cli.writing import load, say, screen_of, write
from lineage_graph.errors import GateFailed

MOST_REFERENCES = 20


@click.group()
def ingest() -> None:
    """Read a system into the graph. Nothing that is read is ever written to.

    \b
    Examples:
      lineage-graph ingest mlflow
      lineage-graph ingest mlflow https://mlflow.shop.example --name prod
      lineage-graph ingest declared lineage.yaml
    """


def _parse_roots(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    roots = {}
    for text in given:
        experiment, sign, folder = text.partition("=")
        if not (sign and experiment):
            raise click.BadParameter(f"{text!r} is not EXPERIMENT=DIR, such as churn=/srv/shop")
        roots[experiment] = folder
    return roots


@ingest.command()
@click.argument("uri", required=False, metavar="[URI]")
@click.option("--name", help="What to call this store in ids and answers  [derived from the URI, once]")
@click.option(
    "--site",
    help="Whose local paths these are: stores of one site share files  [the remote host, else local]",
)
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="EXPERIMENT=DIR",
    callback=_parse_roots,
    help="Where an experiment's relative paths begin; may be repeated, and is kept. Without DIR it is taken back.",
)
@click.option(
    "--experiment",
    "experiments",
    multiple=True,
    metavar="NAME",
    help="Only this experiment; may be repeated.",
)
@click.option(
    "--since",
    type=Time(),
    metavar="TIME",
    help="Only runs that began or ended since then, or have not ended.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Wait so long for one answer  [30]",
)
@click.option("--strict", is_flag=True, help="Exit with 3 if anything was skipped.")
@click.option(
    "--artifacts/--no-artifacts", default=True, help="Read signatures and feature specs of models  [yes]"
)
@click.option("--dry-run", is_flag=True, help="Read and map, write nothing.")
@click.option(
    "--force", is_flag=True, help="Into a Neo4j database that holds other data, which stays untouched."
)
@store_option
@output_options(REPORT_FORMATS)
def mlflow(uri: str | None, strict: bool, store: StoreChoice, output: Output, **options: Any) -> None:
    """Crawl an MLflow tracking store: a server, a database, or a folder.

    Without URI it is the store that MLflow itself would use: MLFLOW_TRACKING_URI, else ./mlruns if it holds experiments, else
    ./mlflow.db. Crawling again reads what changed.

    \b
    Examples:
      lineage-graph ingest mlflow
      lineage-graph ingest mlflow sqlite:///mlflow.db --name prod
      lineage-graph ingest mlflow https://mlflow.shop.example --since 30d
      lineage-graph ingest mlflow ./mlruns --root churn=/srv/shop --dry-run
    """
    _ingest("mlflow", uri, strict, store, output, **options)


@ingest.command()
@click.argument("path", required=False, metavar="[PATH]")
@click.option("--name", help="What to call these declarations  [derived from the path]")
@click.option("--site", help="Whose local paths these are.")
@click.option("--strict", is_flag=True, help="Exit with 3 if anything was skipped or leads nowhere.")
@click.option("--dry-run", is_flag=True, help="Check the file, write nothing.")
@click.option(
    "--force", is_flag=True, help="Into a Neo4j database that holds other data, which stays untouched."
)
@store_option
@output_options(REPORT_FORMATS)
def declared(path: str | None, strict: bool, store: StoreChoice, output: Output, **options: Any) -> None:
    """Read what a person declares in PATH, by default lineage.yaml.

    Owners, deployments, consumers, where data lies, what was made of what.

    \b
    Examples:
      lineage-graph declare init                   writes a file to start from
      lineage-graph ingest declared lineage.yaml
      lineage-graph ingest declared lineage.yaml --dry-run
    """
    _ingest("declared", path, strict, store, output, **options)


def _ingest(
    kind: str, target: str | None, strict: bool, store: StoreChoice, output: Output, **options: Any
) -> None:
    from lineage_graph.api import Lineage

    with Lineage.open(store.url) as lineage, watched(output) as progress, logged(output):
        report = lineage.ingest(kind, target, progress=progress, **options)
    if output.format == "json":
        from lineage_graph.render.crawl import map_crawl
        from lineage_graph.render.json import render_json

        write(render_json(map_crawl(report)))
    elif not output.quiet:
        write(load("lineage_graph.render.crawl:render_crawl")(report, screen_of(output)))
    _say_unresolved(report.unresolved, output)
    skipped = sum(int(str(skip["count"])) for skip in report.skipped)
    if strict and (skipped or report.unresolved):
        told = [f"{skipped} skipped"] * bool(skipped)
        told += [f"{len(report.unresolved)} of its references unresolved"] * bool(report.unresolved)
        raise GateFailed(
            " and ".join(told),
            hint="asked for by --strict; `lineage-graph status` and `lineage-graph doctor reference-unresolved` list them",
        )


def _say_unresolved(references: Sequence[str], output: Output) -> None:
    if output.format == "json" or not references:
        return
    say(f"{len(references)} of its references lead to nothing in the graph:", output)
    for text in references[:MOST_REFERENCES]:
        say(f"  {text}", output)
    if len(references) > MOST_REFERENCES:
        say("  … and more: lineage-graph doctor reference-unresolved", output)
