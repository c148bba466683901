"""Answers go to stdout, everything else to stderr; a reader that leaves early is no error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import click

from lineage_graph.cli.options import Output
from lineage_graph.errors import GateFailed, LineageError
from lineage_graph.query.answer import Answer, Verdict
from lineage_graph.render.text import Screen, clean

FOLD = 100
RENDERERS = {
    "table": "lineage_graph.render.table:render_table",
    "tree": "lineage_graph.render.tree:render_tree",
    "csv": "lineage_graph.render.csv:render_csv",
    "mermaid": "lineage_graph.render.mermaid:render_mermaid",
    "dot": "lineage_graph.render.dot:render_dot",
    "html": "lineage_graph.render.html:render_html",
    "md": "lineage_graph.render.md:render_md",
}
FOR_PEOPLE = frozenset({"table", "tree"})


def screen_of(output: Output) -> Screen:
    """What stdout is."""
    if not sys.stdout.isatty():
        return Screen(verbose=output.verbose)
    import shutil

    colour = output.colour and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns
    return Screen(terminal=True, colour=colour, width=width, fold=FOLD, verbose=output.verbose)


def load(path: str) -> Callable[..., Any]:
    """A function by `module:name`, imported when it is needed."""
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def write_answer(answer: Any, output: Output, renderers: dict[str, str] | None = None) -> None:
    """Render an answer in the format asked for and write it. `renderers` are a command's own."""
    if output.format == "json":
        write_json(answer)
        return
    render = load({**RENDERERS, **(renderers or {})}[output.format])
    write(render(answer, screen_of(output)) if output.format in FOR_PEOPLE else render(answer))
    if output.format == "csv" and isinstance(answer, Answer) and answer.cut_at is not None:
        # What a table of edges has no place for.
        from lineage_graph.render.verdicts import cut_text

        say(cut_text(answer), output)


def write_json(result: Any) -> None:
    """A result's envelope."""
    from lineage_graph.render.json import render_json

    write(render_json(result.to_dict()))


def write(text: str) -> None:
    """Write one answer. UTF-8 whatever the locale: a name must not fail a pipe."""
    try:
        sys.stdout.flush()
        raw = getattr(sys.stdout, "buffer", None)
        if raw is None or sys.stdout.isatty():
            print(text)  # noqa: T201
        else:
            raw.write(f"{text}\n".encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        # `… | head` has seen enough.
        _forget_stdout()
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        _forget_stdout()
        raise LineageError(
            f"the answer could not be written: {error.strerror}", hint="see whether the disk is full"
        ) from None


def _forget_stdout() -> None:
    """Python would flush, and complain, once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str, output: Output | None = None) -> None:
    """A note for a person, on stderr."""
    if output is None or not output.quiet:
        print(clean(text), file=sys.stderr, flush=True)  # noqa: T201


def check_gates(answer: Answer, gates: Iterable[str], *, live: bool | None = None) -> None:
    """Raise `GateFailed` where the answer is what `--fail-on` names; `live` where the asker knows it better than the counts.

    Verdicts are those of the whole chain. What else a gate looks for may lie beyond a depth: then it says how far it saw.
    """
    met = [gate for gate in gates if (live if gate == "live" and live is not None else _is_met(gate, answer))]
    if met:
        raise GateFailed(f"the answer is {', '.join(met)}", hint="asked for by --fail-on")
    unseen = [gate for gate in gates if gate in {"live", "gap"}]
    if unseen and answer.cut_at is not None:
        say(
            f"warning: --fail-on {' '.join(unseen)} saw no further than --depth {answer.cut_at}, and more lies beyond"
        )


def _is_met(gate: str, answer: Answer) -> bool:
    if gate == "gap":
        return bool(answer.gaps)
    if gate == "live":
        from lineage_graph.naming import kind_of
        from lineage_graph.query.traversal import LIVE_ENDS

        # Counts are of the whole answer, roots included; a pointer without a deployment may be loaded by anybody.
        asked = sum(kind_of(id) in LIVE_ENDS for id in {root.id for root in answer.roots})
        return sum(answer.counts.get(kind, 0) for kind in LIVE_ENDS) > asked
    return answer.verdict is Verdict(gate)
