"""CSV: one edge a row (RFC 4180, with the line ends of a Unix pipe)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice

from lineage_graph.query.answer import Answer
from lineage_graph.query.exports import EDGE_COLUMNS, edge_rows
from lineage_graph.redact import is_harmless
from lineage_graph.render.text import clean

CHUNK = 2_000
"""Rows whose cells are looked at together."""

NODE_HEADER = ("id", "kind", "name", "state")

# What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection), its wide forms too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def render_csv(answer: Answer) -> str:
    """Every edge of the answer; for a search, which has none, every node."""
    if answer.command == "search":
        return write_rows(NODE_HEADER, ((node.id, node.kind, node.name, node.state) for node in answer.nodes))
    return write_rows(EDGE_COLUMNS, edge_rows(answer))


def write_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV text in which no cell is a formula, a credential or a control character."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    iterator, safe = iter(rows), dict[str, str]()
    while chunk := list(islice(iterator, CHUNK)):
        texts = [["" if cell is None else str(cell) for cell in row] for row in chunk]
        safe.update(_safe_cells({text for row in texts for text in row if text not in safe}))
        writer.writerows([safe[text] for text in row] for row in texts)
    return out.getvalue().rstrip("\n")


def _safe_cells(texts: set[str]) -> dict[str, str]:
    """What these cells say. Most are ids, of hexadecimal digits and names: one look at all of them tells that they are."""
    odd = {text for text in texts if "://" in text or "@" in text or text.lstrip().startswith(_FORMULA)}
    plain = texts - odd
    joined = " ".join(plain)
    if not (joined.isascii() and joined.isprintable() and is_harmless(joined)):
        odd, plain = texts, set()
    return {text: text for text in plain} | {text: safe_cell(text) for text in odd}


def safe_cell(value: object) -> str:
    """A cell that a spreadsheet shows and does not run.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("-1.5"), safe_cell("+a")
    ("'=HYPERLINK(1)", '-1.5', "'+a")
    """
    text = "" if value is None else clean(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
