"""The prompt of `cypher`: history, several lines, completion, colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineage_graph.cli.cypher import parse_value, parse_values, write_table
from lineage_graph.cli.failures import report_failure
from lineage_graph.cli.options import Output
from lineage_graph.cli.progress import mirrored
from lineage_graph.cli.writing import say, write
from lineage_graph.errors import LineageError, MissingExtra, UsageError
from lineage_graph.settings import state_directory

if TYPE_CHECKING:
    from lineage_graph.api import Lineage

HELP = """A query ends with ; and may have many lines. Tab completes, the up arrow remembers, Ctrl-C drops a line or ends a query.
  :schema            labels, types of relationship, properties
  :recipes           the cookbook
  :recipe NAME       ask one of its questions
  :param NAME=VALUE  what $NAME means from now on; :param alone lists them
  :help              this
  :quit              leave, as does Ctrl-D"""
COMMANDS = (":schema", ":recipes", ":recipe", ":param", ":help", ":quit")


class Prompt:
    """Asks until there is nothing more to ask."""

    def __init__(
        self,
        lineage: Lineage,
        output: Output,
        given: Mapping[str, str],
        timeout: float | None,
        limit: int | None,
        *,
        writes: bool,
    ) -> None:
        self._lineage = lineage
        self._output = output
        self._given = dict(given)
        """Parameters as they were written: what they mean is for a query and for a recipe to say."""
        self._timeout = timeout
        self._limit = limit
        self._writes = writes

    def run(self) -> None:
        """Until :quit or Ctrl-D."""
        with mirrored(self._lineage, self._output):
            words = self._lineage.console().words()
        session = _open_session(words, colour=self._output.colour)
        if not self._output.quiet:
            print("Cypher. A query ends with ; and :help says more.")  # noqa: T201
        while True:
            try:
                text = session.prompt("cypher> ").strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            if text in (":quit", ":exit", ":q"):
                return
            if text.strip(";"):
                self._answer(text)

    def _answer(self, text: str) -> None:
        try:
            if text.startswith(":"):
                self._command(text)
            else:
                self._ask(text, parse_values(self._given))
        except LineageError as error:
            report_failure(error, as_json=False)
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)  # noqa: T201

    def _ask(self, query: str, parameters: Mapping[str, object]) -> None:
        with mirrored(self._lineage, self._output):
            table = self._lineage.cypher(
                query, parameters, timeout=self._timeout, limit=self._limit, write=self._writes
            )
        for note in table.notes:
            say(note, self._output)
        write_table(table, self._output, self._lineage)

    def _command(self, text: str) -> None:
        name, _, rest = text.rstrip(";").partition(" ")
        rest = rest.strip()
        if name == ":help":
            print(HELP)  # noqa: T201
        elif name == ":schema":
            for what, words in self._lineage.console().words().items():
                write(f"{what}: {', '.join(words)}")
        elif name == ":recipes":
            self._list_recipes()
        elif name == ":recipe":
            from lineage_graph.query.recipes import find_recipe

            recipe = find_recipe(rest)
            known = {each.name for each in recipe.parameters}
            given = {key: text for key, text in self._given.items() if key in known}
            self._ask(recipe.query, recipe.fill(parse_values(given, recipe)))
        elif name == ":param":
            self._set_parameter(rest)
        else:
            raise UsageError(f"there is no {name}", hint="; ".join(COMMANDS))

    def _list_recipes(self) -> None:
        from lineage_graph.query.recipes import recipes

        for recipe in recipes().values():
            write(f"{recipe.name}  {recipe.question}")

    def _set_parameter(self, text: str) -> None:
        name, sign, value = text.partition("=")
        if sign and name.strip():
            self._given[name.strip().removeprefix("$")] = value.strip()
        elif text:
            raise UsageError(f"{text!r} is not NAME=VALUE", hint=":param model=churn")
        for key, kept in sorted(self._given.items()):
            write(f"${key} = {parse_value(kept)!r}")


def _open_session(words: Mapping[str, tuple[str, ...]], *, colour: bool) -> Any:
    try:
        import prompt_toolkit
        from prompt_toolkit.history import FileHistory
        from prompt_toolkit.output import ColorDepth
    except ImportError as error:
        raise MissingExtra(
            "the prompt needs prompt_toolkit, which is not installed",
            hint="pip install 'lineage-graph[cypher]', or give the query as an argument",
        ) from error
    from lineage_graph.cli.completing import complete, keys, lexer

    return prompt_toolkit.PromptSession(
        history=FileHistory(str(history_file())),
        multiline=True,
        prompt_continuation="      > ",
        key_bindings=keys(),
        lexer=lexer(),
        completer=complete(words),
        complete_while_typing=False,
        color_depth=None if colour else ColorDepth.DEPTH_1_BIT,
    )


def history_file() -> Path:
    """The user's own: others may not read what was asked."""
    path = state_directory() / "cypher_history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        path.chmod(0o600)
    except OSError:
        return Path(os.devnull)
    return path
