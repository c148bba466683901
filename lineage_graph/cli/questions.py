"""`upstream`, `downstream`, `impact`, `path`: the questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from lineage_graph.cli.opening import opened
from lineage_graph.cli.options import (
    Following,
    Output,
    StoreChoice,
    Times,
    fail_on_option,
    follow_options,
    from_option,
    output_options,
    store_option,
    time_options,
)
from lineage_graph.cli.writing import check_gates, say, write, write_answer, write_json


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every question can be told: what to follow, of what time, in which graph, shown how, and when to fail."""
    for option in (fail_on_option, from_option, output_options(), store_option, time_options, follow_options):
        command = option(command)
    return command


@click.command()
@click.argument("refs", nargs=-1, required=True, metavar="REF...")
@question_options
def upstream(
    refs: tuple[str, ...],
    following: Following,
    times: Times,
    store: StoreChoice,
    output: Output,
    crawl_uri: str | None,
    gates: tuple[str, ...],
) -> None:
    """Where did it come from? Everything above REF, up to the data sources.

    REF is whatever you have at hand: churn/3, churn@champion, models:/churn/Production, runs:/ID, the beginning of a run's id,
    m-…, a URI, a file's name, a dataset's name, name@digest, column:SOURCE#COLUMN, deployment:NAME.

    \b
    Examples:
      lineage-graph upstream churn@champion
      lineage-graph upstream churn/3 --kind Source -o csv
      lineage-graph upstream churn@champion --as-of 2026-11-01
      lineage-graph upstream churn/3 -o html > origins.html
    """
    if times.read_between is not None:
        from lineage_graph.query.answer import Options
        from lineage_graph.query.traversal import check_window

        check_window(Options(read_between=times.read_between))
    _trace("upstream", refs, {**following._asdict(), **times._asdict()}, store, output, crawl_uri, gates)


@click.command()
@click.argument("refs", nargs=-1, required=True, metavar="REF...")
@question_options
def downstream(
    refs: tuple[str, ...],
    following: Following,
    times: Times,
    store: StoreChoice,
    output: Output,
    crawl_uri: str | None,
    gates: tuple[str, ...],
) -> None:
    """What does it reach? Everything below REF, down to deployments and consumers.

    \b
    Examples:
      lineage-graph downstream orders.parquet
      lineage-graph downstream s3://shop/orders.parquet --kind ModelVersion --kind Alias
      lineage-graph downstream column:orders.parquet#price -o tree
      lineage-graph downstream runs:/9c04d2ab -o mermaid
    """
    _trace("downstream", refs, {**following._asdict(), **times._asdict()}, store, output, crawl_uri, gates)


@click.command()
@click.argument("refs", nargs=-1, required=True, metavar="REF...")
@question_options
def impact(
    refs: tuple[str, ...],
    following: Following,
    times: Times,
    store: StoreChoice,
    output: Output,
    crawl_uri: str | None,
    gates: tuple[str, ...],
) -> None:
    """This data is bad: which live models does it reach, and whom do I call?

    What lies below REF, what is live first, with owners and the way it gets there. With --from the store is crawled first: into
    --store if you name one, else into a graph kept for that URI in your cache directory, so that the next time is quick.

    \b
    Examples:
      lineage-graph impact orders.parquet
      lineage-graph impact orders.parquet --from sqlite:///mlflow.db
      lineage-graph impact orders.parquet --read-between 2026-11-18 2026-11-20
      lineage-graph impact orders.parquet --fail-on live          exit code 3 if something live is reached
    """
    with opened(store, output, crawl_uri) as lineage:
        from lineage_graph.query.impact import Group

        found = lineage.impact(refs, **following._asdict(), **times._asdict())
    if output.format == "json":
        write_json(found)
    elif output.format == "table":
        write_answer(found, output, {"table": "lineage_graph.render.impact:render_impact"})
    else:
        write_answer(found.answer, output)
    check_gates(found.answer, gates, live=bool(found.rows(Group.LIVE)))


@click.command()
@click.argument("start", metavar="A")
@click.argument("end", metavar="B")
@question_options
def path(
    start: str,
    end: str,
    following: Following,
    times: Times,
    store: StoreChoice,
    output: Output,
    crawl_uri: str | None,
    gates: tuple[str, ...],
) -> None:
    """How does A get to B? The proof, hop by hop, with the evidence for each.

    \b
    Examples:
      lineage-graph path orders.parquet churn@champion
      lineage-graph path orders.parquet shop/churn-api -v
      lineage-graph path orders.parquet churn/3 -o json
    """
    with opened(store, output, crawl_uri) as lineage:
        answer = lineage.path(start, end, **following._asdict(), **times._asdict())
    write_answer(answer, output)
    check_gates(answer, gates)


def _trace(
    command: str,
    refs: tuple[str, ...],
    options: dict[str, Any],
    store: StoreChoice,
    output: Output,
    crawl_uri: str | None,
    gates: tuple[str, ...],
) -> None:
    """Ask, write, and say no where a gate does. A table of edges alone needs no whole answer, unless a gate looks at it."""
    if output.format == "csv" and not gates:
        _write_edges(command, refs, options, store, output, crawl_uri)
        return
    with opened(store, output, crawl_uri) as lineage:
        answer = getattr(lineage, command)(refs, **options)
    write_answer(answer, output)
    check_gates(answer, gates)


def _write_edges(
    command: str,
    refs: tuple[str, ...],
    options: dict[str, Any],
    store: StoreChoice,
    output: Output,
    crawl_uri: str | None,
) -> None:
    from lineage_graph.query.answer import Options
    from lineage_graph.query.outline import read_outline
    from lineage_graph.render.csv import render_edges
    from lineage_graph.stores.base import Direction

    with opened(store, output, crawl_uri) as lineage:
        nodes, edges, hops, is_cut = read_outline(lineage.store, refs, Direction(command), Options(**options))
    write(render_edges(nodes, hops, edges))
    if is_cut:
        from lineage_graph.render.verdicts import word_cut

        say(word_cut(options["depth"]), output)
