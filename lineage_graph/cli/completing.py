"""What the prompt completes and colours. Imports prompt_toolkit: only the prompt imports this."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import completion_is_selected
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer

KEYWORDS = (
    "ALL", "AND", "ANY", "AS", "ASC", "BY", "CASE", "CONTAINS", "COUNT", "DESC", "DISTINCT", "ELSE", "END", "ENDS WITH",
    "EXISTS", "FALSE", "IN", "IS NOT NULL", "IS NULL", "LIMIT", "MATCH", "NONE", "NOT", "NULL", "OPTIONAL MATCH", "OR", "ORDER BY",
    "RETURN", "SKIP", "STARTS WITH", "THEN", "TRUE", "UNION", "UNWIND", "WHEN", "WHERE", "WITH", "XOR",
)  # fmt: skip
FUNCTIONS = (
    "coalesce(", "collect(", "count(", "datetime(", "duration(", "head(", "labels(", "last(", "length(", "max(", "min(", "nodes(",
    "relationships(", "shortestPath(", "size(", "sum(", "toLower(", "toString(", "toUpper(", "type(",
)  # fmt: skip
_WORDS = frozenset(word for keyword in KEYWORDS for word in keyword.split())
_PARTS = re.compile(
    r"""(?P<comment>//.*)|(?P<text>'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?)|(?P<parameter>\$\w*)|(?P<label>:\s*[A-Za-z_]\w*)
    |(?P<number>\b\d[\d.]*\b)|(?P<name>[A-Za-z_]\w*)|(?P<other>.)""",
    re.VERBOSE,
)
_STYLES = {
    "comment": "italic ansibrightblack",
    "text": "ansigreen",
    "parameter": "ansimagenta",
    "label": "ansicyan",
    "number": "ansiyellow",
}


class CypherLexer(Lexer):
    """Colours a line at a time."""

    def lex_document(self, document: Document) -> Callable[[int], list[Any]]:
        """A line's pieces with their styles."""
        lines = document.lines
        return lambda number: list(paint_line(lines[number])) if number < len(lines) else []


def paint_line(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of a line with their styles.

    >>> [style for style, piece in paint_line("MATCH (n:Run)") if style]
    ['bold ansiblue', 'ansicyan']
    """
    for found in _PARTS.finditer(text):
        group, piece = found.lastgroup or "other", found[0]
        if group == "name":
            yield ("bold ansiblue" if piece.upper() in _WORDS else ""), piece
        else:
            yield _STYLES.get(group, ""), piece


class CypherCompleter(Completer):
    """Labels and types after a colon, properties after a dot, commands after a colon at the beginning, else words."""

    def __init__(self, words: Mapping[str, Sequence[str]], recipes: Sequence[str]) -> None:
        self._labels = words.get("labels", ())
        self._types = words.get("types", ())
        self._properties = words.get("properties", ())
        self._recipes = recipes

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """What may come here."""
        begun, choices = self.choices(document.text_before_cursor)
        for choice in choices:
            if choice.lower().startswith(begun.lower()):
                yield Completion(choice, start_position=-len(begun))

    def choices(self, before: str) -> tuple[str, Sequence[str]]:
        """What was begun, and what there is to choose from."""
        from lineage_graph.cli.prompt import COMMANDS

        if re.fullmatch(r":recipe +\S*", before):
            return before.rpartition(" ")[2], self._recipes
        if re.fullmatch(r":\w*", before):
            return before, COMMANDS
        word = re.search(r"\w*$", before)
        begun = word[0] if word else ""
        head = before[: len(before) - len(begun)]
        for pattern, choices in (
            (r"\[[^\]]*[:|]$", self._types),
            (r"\([^)]*[:|&!]$", self._labels),
            (r":$", self._labels),
            (r"\.$", self._properties),
        ):
            if re.search(pattern, head):
                return begun, choices
        return begun, (*KEYWORDS, *FUNCTIONS) if begun else ()


def complete(words: Mapping[str, Sequence[str]]) -> Completer:
    """The completer of one graph."""
    from lineage_graph.query.recipes import recipes

    return CypherCompleter(words, tuple(recipes()))


def lexer() -> Lexer:
    """The colours."""
    return CypherLexer()


def keys() -> KeyBindings:
    """Enter sends what is complete: a command, or what ends with a semicolon; else it begins a line."""
    bindings = KeyBindings()

    @bindings.add("enter", filter=~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        text = event.current_buffer.text.strip()
        if not text or text.startswith(":") or text.endswith(";"):
            event.current_buffer.validate_and_handle()
        else:
            event.current_buffer.insert_text("\n")

    return bindings
