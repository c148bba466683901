"""What is wrong in a declaration: all of it at once, each with its line and the nearest right word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lineage_graph.errors import DeclarationInvalid
from lineage_graph.redact import redact_text, strip_control

LONGEST_ECHO = 80
SHOWN = 50


@dataclass(slots=True)
class Problems:
    """The problems of one file, gathered while it is read."""

    file: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, text: str) -> None:
        """One more, at a line (1 is the first)."""
        self.found.append((line, text))

    def lines(self) -> list[str]:
        """Each problem as `FILE:LINE: what is wrong`, in the file's order."""
        return [f"{self.file}:{line}: {text}" for line, text in sorted(self.found)]


def raise_all(problems: Sequence[Problems]) -> None:
    """Raise `DeclarationInvalid` with every problem of every file; nothing where there is none."""
    lines = [line for each in problems for line in each.lines()]
    if not lines:
        return
    shown = lines[:SHOWN]
    if len(lines) > SHOWN:
        shown.append(f"and {len(lines) - SHOWN} more")
    hint = "`lineage-graph declare init` writes a file with every section explained"
    raise DeclarationInvalid(*shown, hint=hint)


def echo(text: str) -> str:
    """Text of the file, quoted, fit to be shown."""
    shown = strip_control(redact_text(text))
    shown = shown if len(shown) <= LONGEST_ECHO else shown[: LONGEST_ECHO - 1] + "…"
    return f"'{shown}'"


def nearest(word: str, right: Iterable[str]) -> str:
    """`; did you mean 'owners'?` where one is near, else what is known."""
    from difflib import get_close_matches

    known = sorted(right)
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else f"; known: {', '.join(known)}"
