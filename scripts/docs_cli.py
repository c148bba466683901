"""Writes docs/cli.md from every command's --help. A test holds the two together; run this after changing a command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from lineage_graph.cli.root import root

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
HEAD = """# Command line

Made by `scripts/docs_cli.py` from `--help`; do not edit. The same texts: `lineage-graph COMMAND --help`.
"""


def render_page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, context in walk(root, click.Context(root, info_name="lineage-graph", **SETTINGS)):
        parts.append(f"## {name}\n\n```text\n{context.get_help().rstrip()}\n```\n")
    return "\n".join(parts)


# click asks the terminal how wide it is; a page is as wide on every machine.
SETTINGS: dict[str, Any] = {
    "terminal_width": 100,
    "max_content_width": 100,
    "help_option_names": ["-h", "--help"],
}


def walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Context]]:
    """Every command with a context of its own, depth first."""
    yield context.command_path, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from walk(child, click.Context(child, info_name=name, parent=context, **SETTINGS))


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(render_page(), encoding="utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)
