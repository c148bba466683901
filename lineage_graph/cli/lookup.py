"""`show` and `search`: one thing, and the things that match."""

from __future__ import annotations

import click

from lineage_graph.cli.opening import opened
from lineage_graph.cli.options import Output, StoreChoice, output_options, store_option
from lineage_graph.cli.writing import write_answer
from lineage_graph.graph import Kind


@click.command()
@click.argument("ref", metavar="REF")
@store_option
@output_options()
def show(ref: str, store: StoreChoice, output: Output) -> None:
    """Everything known of one thing: properties, neighbours, claims with their records.

    \b
    Examples:
      lineage-graph show churn@champion          which version, and which before it
      lineage-graph show runs:/9c04d2ab -v
      lineage-graph show orders.parquet -o json
    """
    with opened(store, output) as lineage:
        answer = lineage.show(ref)
    write_answer(answer, output, {"table": "lineage_graph.render.card:render_card"})


@click.command()
@click.argument("text", metavar="TEXT")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="K",
    type=click.Choice([kind.value for kind in Kind], case_sensitive=False),
    help="Only nodes of this kind; may be repeated.",
)
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Show the first N, count all  [all]")
@store_option
@output_options()
def search(text: str, kinds: tuple[str, ...], limit: int | None, store: StoreChoice, output: Output) -> None:
    """What is called something like TEXT? Looks at names and locations, whatever the case.

    \b
    Examples:
      lineage-graph search orders
      lineage-graph search churn --kind ModelVersion
      lineage-graph search parquet -o csv
    """
    with opened(store, output) as lineage:
        answer = lineage.search(text, kinds=tuple(Kind(kind) for kind in kinds), limit=limit)
    write_answer(answer, output)
