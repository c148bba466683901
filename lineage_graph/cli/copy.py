"""`copy`: a graph from one store to another."""

from __future__ import annotations

import click

from lineage_graph.cli.options import REPORT_FORMATS, Output, credential_options, output_options
from lineage_graph.cli.progress import watched
from lineage_graph.cli.writing import say, write


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--force", is_flag=True, help="Into a database that holds other data too, which stays untouched."
)
@credential_options
@output_options(REPORT_FORMATS)
def copy(source: str, target: str, force: bool, output: Output) -> None:
    """Make the store TO hold what FROM holds: claims, times, alias history.

    Both are read again afterwards and must have the same counts and the same digest. If it breaks off, run it again. TO may hold
    an older copy, and nothing that FROM lacks.

    --neo4j-user and --neo4j-password-file count for FROM and for TO, whichever is a Neo4j, unless its URL names its own.

    \b
    Examples:
      lineage-graph copy graph.db bolt://localhost:7687
      lineage-graph copy bolt://localhost:7687 graph-2026-11-24.db
      lineage-graph copy graph.db bolt://graph.example:7687 --neo4j-user ana --neo4j-password-file ana.password
    """
    from lineage_graph.api import Lineage
    from lineage_graph.redact import redact_uri

    with Lineage.open(source) as lineage, watched(output) as progress:
        report = lineage.copy_to(target, force=force, progress=progress)
    if output.format == "json":
        from lineage_graph.render.json import render_json

        write(
            render_json(
                {"schema": "lineage-graph/copy/1", **report._asdict(), "origins": list(report.origins)}
            )
        )
        return
    say(
        f"copied {report.nodes} nodes and {report.edges} edges ({report.records} records of {len(report.origins)} "
        f"origins) to {redact_uri(target)}; both stores have the digest {report.digest[:16]}",
        output,
    )
