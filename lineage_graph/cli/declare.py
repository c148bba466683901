"""`declare init`: a lineage.yaml to start from."""

from __future__ import annotations

from pathlib import Path

import click

from lineage_graph.cli.options import StoreChoice, store_option
from lineage_graph.cli.writing import say
from lineage_graph.errors import StoreMissing, UsageError


@click.group()
def declare() -> None:
    """What no system records and a person knows: owners, deployments, consumers.

    \b
    Examples:
      lineage-graph declare init
      lineage-graph ingest declared lineage.yaml
    """


@declare.command()
@click.argument("target", metavar="[PATH]", default="lineage.yaml", type=click.Path(dir_okay=False))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@store_option
def init(target: str, force: bool, store: StoreChoice) -> None:
    """Write a starter file, every section in it explained and switched off.

    Where the graph exists already, the examples in it are its own: its models, the parameters that name data, the experiments with
    relative paths, the evaluations that name no model.

    \b
    Examples:
      lineage-graph declare init
      lineage-graph declare init shop/lineage.yaml
    """
    path = Path(target)
    starter = _starter(store)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(starter)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already", hint="name another PATH, or --force to write over it"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}", hint="name another PATH") from error
    say(f"wrote {path}; fill it in, then: lineage-graph ingest declared {path}")


def _starter(store: StoreChoice) -> str:
    from lineage_graph.api import Lineage

    try:
        with Lineage.open(store.url) as lineage:
            return lineage.starter()
    except StoreMissing:
        return Path(__file__).with_name("starter.yaml").read_text(encoding="utf-8")
