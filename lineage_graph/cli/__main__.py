"""The entry point: what comes out of a command becomes an exit code, and one clear line where it failed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from lineage_graph.cli.failures import report_failure, wants_json
from lineage_graph.cli.root import root
from lineage_graph.errors import LineageError, UsageError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = wants_json(arguments)
    try:
        result = root.main(arguments, prog_name="lineage-graph", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except (click.exceptions.Abort, KeyboardInterrupt):
        report_failure(Interrupted("interrupted"), as_json)
        return INTERRUPTED
    except click.ClickException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # click 8.2+: the message is the help page
            click.echo(error.format_message(), err=True)
            return UsageError.exit_code
        return report_failure(_usage_error(error), as_json)
    except LineageError as error:
        return report_failure(error, as_json)
    except Exception as error:
        # Only here: whatever goes wrong, a caller gets one line, a code, and no secret of a traceback's.
        return report_failure(_gone_directory(error) or _defect(error), as_json)


class Interrupted(LineageError):
    """Ctrl-C."""

    code = "interrupted"
    exit_code = INTERRUPTED


class Defect(LineageError):
    """A fault of this program's own."""

    code = "defect"


def _usage_error(error: click.ClickException) -> LineageError:
    context = getattr(error, "ctx", None)
    hint = f"see {context.command_path} --help" if context is not None else ""
    return UsageError(error.format_message(), hint=hint)


def _gone_directory(error: Exception) -> LineageError | None:
    """Nothing that is named relative to it can be found, nor a settings file in it: any command may meet that first."""
    if isinstance(error, FileNotFoundError):
        try:
            os.getcwd()
        except FileNotFoundError:
            return LineageError(
                "the working directory was deleted", hint="change to one that is there, then try again"
            )
    return None


def _defect(error: Exception) -> LineageError:
    if os.environ.get("LINEAGE_GRAPH_TRACEBACK"):
        import traceback

        from lineage_graph.redact import redact_text

        for line in traceback.format_exception(error):
            click.echo(redact_text(line), err=True, nl=False)
    return Defect(
        f"{type(error).__name__}: {error}",
        hint="this is a defect of lineage-graph; with LINEAGE_GRAPH_TRACEBACK=1 it says where, please report that",
    )


if __name__ == "__main__":
    from lineage_graph.cli.start import start

    sys.exit(start())
