"""How a failure is said: to a person, or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from lineage_graph.errors import LineageError
from lineage_graph.render.text import clean

MOST_CANDIDATES = 20


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `-o json` was asked for. Read from the raw arguments: a wrong option fails before any is parsed.

    >>> wants_json(["upstream", "x", "-o", "json"]), wants_json(["upstream", "x", "--format=csv"])
    (True, False)
    """
    wanted = ""
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument in {"-o", "--format"} and position + 1 < len(arguments):
            wanted = arguments[position + 1]
        elif argument.startswith("--format="):
            wanted = argument.removeprefix("--format=")
        elif argument.startswith("-o") and len(argument) > 2:
            wanted = argument[2:].removeprefix("=")
    return wanted == "json"


def report_failure(error: LineageError, as_json: bool) -> int:
    """Write it to stderr and give its exit code."""
    text = _as_json(error) if as_json else _as_text(error)
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201
    return error.exit_code


def _as_json(error: LineageError) -> str:
    from lineage_graph.render.json import render_json

    return render_json(error.to_dict())


def _as_text(error: LineageError) -> str:
    first, *more = (clean(each) for each in error.lines)
    lines = [f"error: {first}", *more]
    shown = error.candidates[:MOST_CANDIDATES]
    lines.extend(f"  {clean(candidate)}" for candidate in shown)
    if len(error.candidates) > len(shown):
        lines.append(f"  … and {len(error.candidates) - len(shown)} more")
    if error.hint:
        lines.append(f"hint: {clean(error.hint)}")
    return "\n".join(lines)
