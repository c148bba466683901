"""`cypher`: any question to the graph, in Cypher."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineage_graph.cli.opening import opened
from lineage_graph.cli.options import Output, StoreChoice, output_options, store_option
from lineage_graph.cli.progress import mirrored
from lineage_graph.cli.writing import load, say, screen_of, write
from lineage_graph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineage_graph.api import Lineage
    from lineage_graph.query.answer import Answer
    from lineage_graph.query.recipes import Recipe
    from lineage_graph.stores.cypher import CypherTable

FORMATS = ("table", "json", "csv", "tree", "mermaid", "dot")
DRAWN = {
    "tree": "lineage_graph.render.tree:render_tree",
    "mermaid": "lineage_graph.render.mermaid:render_mermaid",
    "dot": "lineage_graph.render.dot:render_dot",
}


class Assignment(click.ParamType[tuple[str, str]] if TYPE_CHECKING else click.ParamType):  # type: ignore[misc]
    """`name=value`."""

    name = "name=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split it."""
        if isinstance(value, tuple):
            return value
        name, sign, text = str(value).partition("=")
        name = name.removeprefix("$")
        if not sign or not name:
            self.fail(f"{value!r} is not name=value.", param, ctx)
        return name, text


def parse_value(text: str) -> object:
    """A parameter's value: JSON where it parses, else the text.

    >>> parse_value("3"), parse_value("churn"), parse_value('["a"]'), parse_value("true"), parse_value("NaN")
    (3, 'churn', ['a'], True, 'NaN')
    """

    def refuse(constant: str) -> object:
        raise ValueError(constant)

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return text


@click.command()
@click.argument("query", required=False, metavar="QUERY")
@click.option(
    "-p",
    "--parameter",
    "assignments",
    multiple=True,
    type=Assignment(),
    metavar="NAME=VALUE",
    help="What $NAME in the query means: JSON where it parses, else text; may be repeated.",
)
@click.option("--recipe", metavar="NAME", help="A question of the cookbook instead of QUERY.")
@click.option("--recipes", "list_recipes", is_flag=True, help="List the cookbook.")
@click.option("--write", "writes", is_flag=True, help="Let the query write; on Neo4j only.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give up after that long  [never]",
)
@click.option("--limit", type=click.IntRange(min=0), metavar="ROWS", help="Show so many rows at most  [all]")
@store_option
@output_options(FORMATS)
def cypher(
    query: str | None,
    assignments: tuple[tuple[str, str], ...],
    recipe: str | None,
    list_recipes: bool,
    writes: bool,
    timeout: float | None,
    limit: int | None,
    store: StoreChoice,
    output: Output,
) -> None:
    """Ask the graph anything, in Cypher.

    QUERY is the text, @FILE, or - for standard input. Without one, on a terminal: a prompt. A node's label is its kind, a
    relationship's type that of the edge; docs/cypher.md has all of it. Without a server the same answers come from a mirror
    of the graph (pip install 'lineage-graph[cypher]'); what it cannot run as Neo4j does is refused, never answered otherwise.

    \b
    Examples:
      lineage-graph cypher "MATCH (s:Source)-[*]->(a:Alias) RETURN s.name, count(DISTINCT a)"
      lineage-graph cypher "MATCH (v:ModelVersion {model: \\$m}) RETURN v.version, v.state" -p m=churn -o csv
      lineage-graph cypher "MATCH p = (:Source)-[*1..4]->(:Model) RETURN p" -o mermaid
      lineage-graph cypher --recipes
      lineage-graph cypher --recipe most-reused-sources -p least=3
      lineage-graph cypher                              a prompt with completion
    """
    given = dict(assignments)
    if list_recipes:
        write_table(_list_recipes(limit), output, None)
        return
    if query is None and recipe is None:
        _prompt(store, output, given, timeout, limit, writes=writes)
        return
    text, parameters = _choose(query, recipe, given)
    with opened(store, output) as lineage:
        with mirrored(lineage, output):
            table = lineage.cypher(text, parameters, timeout=timeout, limit=limit, write=writes)
        for note in table.notes:
            say(note, output)
        write_table(table, output, lineage)


def parse_values(given: Mapping[str, str], recipe: Recipe | None = None) -> dict[str, object]:
    """Parameters' values. A digest or a name of digits stays text where a recipe asks for text."""
    texts = {each.name for each in recipe.parameters if isinstance(each.default, str)} if recipe else ()
    values = {name: parse_value(text) for name, text in given.items()}
    return {
        name: given[name] if name in texts and not isinstance(value, str) else value
        for name, value in values.items()
    }


def _choose(query: str | None, recipe: str | None, given: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    if recipe is None:
        assert query is not None  # noqa: S101 - one of the two is there
        return read_query(query), parse_values(given)
    if query is not None:
        raise UsageError("--recipe and QUERY are two questions", hint="ask one of them")
    from lineage_graph.query.recipes import find_recipe

    found = find_recipe(recipe)
    unknown = sorted(given.keys() - {each.name for each in found.parameters})
    if unknown:
        known = ", ".join(each.name for each in found.parameters)
        raise UsageError(f"the recipe {recipe} has no parameter {unknown[0]}", hint=f"it has: {known}")
    return found.query, found.fill(parse_values(given, found))


def read_query(text: str) -> str:
    """The query itself, from a file with `@`, from standard input with `-`."""
    if text == "-":
        return sys.stdin.read()
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise UsageError(
            f"{text[1:]} cannot be read: {reason}", hint="@FILE names a file with a query"
        ) from None


def _list_recipes(limit: int | None) -> CypherTable:
    from lineage_graph.query.recipes import recipes
    from lineage_graph.stores.cypher import CypherTable

    rows = tuple(
        (each.name, each.title, each.question, ", ".join(parameter.name for parameter in each.parameters))
        for each in recipes().values()
    )
    shown = rows if limit is None else rows[:limit]
    left = len(rows) - len(shown)
    return CypherTable(("name", "title", "question", "parameters"), shown, left > 0, left)


def write_table(table: CypherTable, output: Output, lineage: Lineage | None) -> None:
    """Write a result in the format asked for; what the format has no place for is said beside it."""
    notes: list[str] = []
    if output.format in DRAWN:
        answer = _map_graph(table, output, lineage)
        write(_draw(answer, output))
        notes.extend([] if output.format == "tree" else answer.notes)
    else:
        write(_render(table, output))
    if table.more and output.format in ("csv", *DRAWN):
        from lineage_graph.render.cells import say_limit

        notes.insert(0, say_limit(table))
    for note in notes:
        say(note, output)


def _render(table: CypherTable, output: Output) -> str:
    if output.format == "json":
        from lineage_graph.render.cells import map_table
        from lineage_graph.render.json import render_json

        return render_json(map_table(table))
    name = "render_cells_csv" if output.format == "csv" else "render_cells"
    render = load(f"lineage_graph.render.cells:{name}")
    text: str = render(table) if output.format == "csv" else render(table, screen_of(output))
    return text


def _draw(answer: Answer, output: Output) -> str:
    render = load(DRAWN[output.format])
    if output.format != "tree":
        text: str = render(answer)
    elif answer.nodes:
        text = render(answer, screen_of(output))
    else:
        # Its first line would count what is reached, and nothing was walked.
        text = "\n".join(answer.notes)
    return text


def _map_graph(table: CypherTable, output: Output, lineage: Lineage | None) -> Answer:
    from lineage_graph.query.answer import GraphState
    from lineage_graph.render.drawn_cells import ends_of, map_graph

    graph, ends = GraphState("", 0, ()), {}
    if lineage is not None:
        change, origins = lineage.store.state()
        graph = GraphState(lineage.store.type, change, origins)
        ends = lineage.store.get(ends_of(table))
    return map_graph(table, graph, ends, rooted=output.format == "tree")


def _prompt(
    store: StoreChoice,
    output: Output,
    given: Mapping[str, str],
    timeout: float | None,
    limit: int | None,
    *,
    writes: bool,
) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("there is no query", hint="give it as an argument, - for standard input, or @FILE")
    from lineage_graph.cli.prompt import Prompt

    with opened(store, output) as lineage:
        Prompt(lineage, output, given, timeout, limit, writes=writes).run()
