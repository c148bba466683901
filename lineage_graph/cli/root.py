"""The command `lineage-graph` itself: which commands there are, and where each lives."""

from __future__ import annotations

from importlib import import_module

import click

from lineage_graph import __version__

COMMANDS = {
    "ingest": "lineage_graph.cli.ingest:ingest",
    "impact": "lineage_graph.cli.questions:impact",
    "upstream": "lineage_graph.cli.questions:upstream",
    "downstream": "lineage_graph.cli.questions:downstream",
    "path": "lineage_graph.cli.questions:path",
    "show": "lineage_graph.cli.lookup:show",
    "search": "lineage_graph.cli.lookup:search",
    "cypher": "lineage_graph.cli.cypher:cypher",
    "audit": "lineage_graph.cli.audit:audit",
    "status": "lineage_graph.cli.state:status",
    "doctor": "lineage_graph.cli.state:doctor",
    "stats": "lineage_graph.cli.state:stats",
    "declare": "lineage_graph.cli.declare:declare",
    "backup": "lineage_graph.cli.keeping:backup",
    "copy": "lineage_graph.cli.copy:copy",
    "forget": "lineage_graph.cli.keeping:forget",
    "demo": "lineage_graph.cli.demo:demo",
}
"""In the order of `--help`. A query must not pay for the import of a crawl, so only the named module is loaded."""

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which a new user needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command by its name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)  # noqa: S101
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and with the nearest name where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings=SETTINGS)
@click.version_option(
    __version__, "-V", "--version", prog_name="lineage-graph", message="%(prog)s %(version)s"
)
def root() -> None:
    """Data lineage for MLflow: from data sources to the models and applications that use them.

    \b
    Examples:
      lineage-graph ingest mlflow                     crawl the tracking store that MLflow itself would use
      lineage-graph impact orders.parquet             which live models does this data reach?
      lineage-graph upstream churn@champion           where did the champion's data come from?
      lineage-graph impact orders.parquet --from sqlite:///mlflow.db     crawl and answer in one go

    \b
    Shell completion:
      bash   eval "$(_LINEAGE_GRAPH_COMPLETE=bash_source lineage-graph)"     in ~/.bashrc
      zsh    eval "$(_LINEAGE_GRAPH_COMPLETE=zsh_source lineage-graph)"      in ~/.zshrc
      fish   _LINEAGE_GRAPH_COMPLETE=fish_source lineage-graph | source      in config.fish

    \b
    Exit codes: 0 answered (an empty answer too) · 1 failed or not found · 2 usage ·
    3 it worked and a gate said no · 130 interrupted.
    """
