"""Lines of styled text: the only way by which crawled text gets to a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from lineage_graph.redact import redact_text, strip_control


class Style(StrEnum):
    """What a piece of text is; the value is its ANSI code (https://www.ecma-international.org/publications-and-standards/standards/ecma-48/)."""

    PLAIN = ""
    HEAD = "1"
    DIM = "2"
    DATA = "32"
    RUN = "90"
    MODEL = "34"
    SERVING = "33"
    EVALUATION = "35"
    GAP = "2;3"
    FINDING = "31"


class Screen(NamedTuple):
    """Where a text will be read. The default is a pipe: no colour, no box drawing, no folding."""

    terminal: bool = False
    colour: bool = False
    width: int = 0
    fold: int = 0
    """Rows after which a table is cut, and says so; 0 is never."""
    verbose: bool = False


PIPE = Screen()


class Span(NamedTuple):
    """A piece of a line."""

    text: str
    style: Style = Style.PLAIN
    is_clean: bool = False
    """Whether it was cleaned already: of a table with many rows that is half the work."""


Line = tuple[Span, ...]


def line(*parts: Span | str) -> Line:
    """A line from pieces."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def clean(text: object) -> str:
    r"""Foreign text fit for any output: no credential, no control character.

    >>> print(clean("ok\x1b[2J https://ana:pw@host/x"))
    ok\x1b[2J https://host/x
    """
    return strip_control(redact_text(str(text)))


def paint(lines: Iterable[Line], screen: Screen = PIPE) -> str:
    """The lines as text, each piece cleaned, coloured only where asked."""
    return "\n".join("".join(_painted(span, screen.colour) for span in spans).rstrip() for spans in lines)


def _painted(span: Span, colour: bool) -> str:
    text = span.text if span.is_clean else clean(span.text)
    return f"\x1b[{span.style.value}m{text}\x1b[0m" if colour and span.style and text else text


def columns(rows: Sequence[Sequence[Span | str]], indent: str = "", gap: str = "  ") -> list[Line]:
    """Rows as lines, each column as wide as its widest cell; the last one is not padded."""
    cells = [[_cleaned(cell) for cell in row] for row in rows]
    count = max(map(len, cells), default=0)
    widths = [
        max((width_of(row[at].text) for row in cells if at < len(row) - 1), default=0) for at in range(count)
    ]
    lines = []
    for row in cells:
        spans = [Span(indent)] if indent else []
        for at, cell in enumerate(row):
            spans.append(cell)
            if at < len(row) - 1 and widths[at]:
                spans.append(Span(" " * (widths[at] - width_of(cell.text)) + gap, is_clean=True))
        lines.append(tuple(spans))
    return lines


def _cleaned(cell: Span | str) -> Span:
    text, style = (cell.text, cell.style) if isinstance(cell, Span) else (cell, Style.PLAIN)
    return Span(clean(text), style, is_clean=True)


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def count_of(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> count_of(1, "gap"), count_of(2, "gap"), count_of(0, "entry", "entries")
    ('1 gap', '2 gaps', '0 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def joined(words: Sequence[str], most: int = 5) -> str:
    """Words in one text, the rest counted.

    >>> joined(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most:,} more"
