"""Options that many commands share. Each decorator hands its command one frozen object (named tuples: made in half the time)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from lineage_graph.cli.times import WHAT_A_TIME_IS, parse_time
from lineage_graph.graph import Kind

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

GRAPH_FORMATS = ("table", "tree", "json", "csv", "mermaid", "dot", "html", "md")
REPORT_FORMATS = ("table", "json")
GATES = ("found", "live", "gap", "not-captured", "unreadable", "none")


if TYPE_CHECKING:
    IntParam = click.ParamType[int]
else:
    IntParam = click.ParamType  # generic since click 8.4 only


class StoreChoice(NamedTuple):
    """Which graph is asked; None is the one that the settings name."""

    url: str | None


class Output(NamedTuple):
    """How an answer is written."""

    format: str
    quiet: bool
    verbose: bool
    colour: bool


class Times(NamedTuple):
    """When the answer is to be true."""

    as_of: int | None
    read_between: tuple[int, int] | None


class Following(NamedTuple):
    """How far a question goes and what it shows."""

    depth: int | None
    kinds: tuple[Kind, ...]
    limit: int | None
    include_evaluation: bool
    include_possible: bool


class Time(IntParam):
    """A moment, as epoch milliseconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse it, or say what a time looks like."""
        if isinstance(value, int):
            return value
        try:
            return parse_time(str(value), round(time.time() * 1000))
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not {WHAT_A_TIME_IS}.", param, ctx)


def gathered(name: str, build: Callable[..., object], options: Sequence[Decorator]) -> Decorator:
    """A decorator: adds click options and passes what they gave as one object called `name`."""

    def decorate(command: Command) -> Command:
        def call(**given: Any) -> Any:
            return command(**{name: build(given)}, **given)

        # click keeps a command's parameters on the function: `update_wrapper` carries them over.
        wrapped: Command = update_wrapper(call, command)
        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped

    return decorate


CREDENTIALS = {
    "neo4j_user": "LINEAGE_GRAPH_NEO4J_USERNAME",
    "neo4j_password_file": "LINEAGE_GRAPH_NEO4J_PASSWORD_FILE",
}
"""Options that are handed on as variables, for the length of the command: whoever opens a store finds them."""


def _hand_on(context: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is not None:
        _set_variable(context, CREDENTIALS[str(option.name)], value)


def _set_variable(context: click.Context, name: str, value: str) -> None:
    before = os.environ.get(name)
    os.environ[name] = value

    def restore() -> None:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before

    context.call_on_close(restore)


def _build_store(given: dict[str, Any]) -> StoreChoice:
    return StoreChoice(given.pop("store"))


def _build_output(given: dict[str, Any]) -> Output:
    plain = given.pop("no_color") or bool(os.environ.get("NO_COLOR"))
    return Output(given.pop("output_format"), given.pop("quiet"), given.pop("verbose"), not plain)


def _build_times(given: dict[str, Any]) -> Times:
    window = given.pop("read_between")
    if window is not None and window[0] > window[1]:
        raise click.BadParameter("it ends before it begins", param_hint="'--read-between'")
    return Times(given.pop("as_of"), window)


def _build_following(given: dict[str, Any]) -> Following:
    return Following(
        given.pop("depth"),
        tuple(Kind(kind) for kind in given.pop("kinds")),
        given.pop("limit"),
        given.pop("include_evaluation"),
        given.pop("include_possible"),
    )


_CREDENTIAL_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--neo4j-user",
        metavar="NAME",
        expose_value=False,
        callback=_hand_on,
        help="Who asks a Neo4j store  [NEO4J_USERNAME]",
    ),
    click.option(
        "--neo4j-password-file",
        metavar="FILE",
        expose_value=False,
        callback=_hand_on,
        help="A file with the password of a Neo4j store  [NEO4J_PASSWORD has the password itself]",
    ),
)


def credential_options(command: Command) -> Command:
    """`--neo4j-user` and `--neo4j-password-file`, for a command whose stores are arguments."""
    for option in reversed(_CREDENTIAL_OPTIONS):
        command = option(command)
    return command


store_option = gathered(
    "store",
    _build_store,
    [
        click.option(
            "--store",
            metavar="URL",
            help="The graph: a path, sqlite:///…, memory:, bolt://…, neo4j+s://…  [LINEAGE_GRAPH_STORE; by default a"
            " file in your data directory]",
        ),
        *_CREDENTIAL_OPTIONS,
    ],
)


def output_options(formats: Sequence[str] = GRAPH_FORMATS) -> Decorator:
    """`-o`, `-q`, `-v`, `--no-color`, as an `Output` called `output`."""
    return gathered(
        "output",
        _build_output,
        [
            click.option(
                "-o",
                "--format",
                "output_format",
                type=click.Choice(list(formats)),
                default=formats[0],
                show_default=True,
                help="How the answer is written.",
            ),
            click.option("-q", "--quiet", is_flag=True, help="No progress and no notes, only the answer."),
            click.option(
                "-v",
                "--verbose",
                is_flag=True,
                help="Also why each link was made, or was not: rule and record.",
            ),
            click.option("--no-color", is_flag=True, help="No colour  [NO_COLOR]"),
        ],
    )


time_options = gathered(
    "times",
    _build_times,
    [
        click.option("--as-of", type=Time(), metavar="TIME", help=f"As it was then: {WHAT_A_TIME_IS}."),
        click.option(
            "--read-between",
            type=(Time(), Time()),
            metavar="A B",
            help="Only what was read from the source in that window, when its data was bad.",
        ),
    ],
)

follow_options = gathered(
    "following",
    _build_following,
    [
        click.option("--depth", type=click.IntRange(min=0), metavar="N", help="At most N hops  [all]"),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            metavar="K",
            type=click.Choice([kind.value for kind in Kind], case_sensitive=False),
            help="Show only nodes of this kind, such as Source or ModelVersion; may be repeated.",
        ),
        click.option(
            "--limit", type=click.IntRange(min=0), metavar="N", help="Show the nearest N, count all  [all]"
        ),
        click.option("--include-evaluation", is_flag=True, help="Walk through evaluations as well."),
        click.option("--include-possible", is_flag=True, help="Follow what is hinted at and not said."),
    ],
)

from_option = click.option(
    "--from",
    "crawl_uri",
    metavar="URI",
    help="Crawl this MLflow store first. Into --store, or else into a graph of its own in your cache directory.",
)

fail_on_option = click.option(
    "--fail-on",
    "gates",
    multiple=True,
    type=click.Choice(list(GATES)),
    help="Exit with 3 if the answer is that (live: a deployment, consumer or pointer is reached; gap: any gap).",
)
