"""CSV: one edge a row (RFC 4180, with the line ends of a Unix pipe)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from lineage_graph.graph import Edge, Node
from lineage_graph.query.answer import Answer
from lineage_graph.query.exports import EDGE_COLUMNS
from lineage_graph.redact import is_harmless
from lineage_graph.render.text import clean

CHUNK = 2_000
"""Texts that are looked at together."""

NODE_HEADER = ("id", "kind", "name", "state")

# What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection), its wide forms too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def render_csv(answer: Answer) -> str:
    """Every edge of the answer; for a search, which has none, every node."""
    if answer.command == "search":
        return write_rows(
            NODE_HEADER, ((node.id, str(node.kind), node.name, str(node.state)) for node in answer.nodes)
        )
    return render_edges(answer.nodes, answer.hops, answer.edges)


def render_edges(nodes: Iterable[Node], hops: Mapping[str, int], edges: Iterable[Edge]) -> str:
    """One edge a row. Each node and each kind of edge is written once, and put together for every row."""
    cells = _Cells()
    kinds = {node.id: node.kind._value_ for node in nodes}
    cells.learn(kinds)
    ends = {id: (f"{cells[id]},{kind}", hops.get(id, -1)) for id, kind in kinds.items()}
    words: dict[tuple[str, str, str], str] = {}
    lines = [",".join(EDGE_COLUMNS)]
    for src, dst, edge_type, evidence, rule, *_ in edges:
        start, near = ends.get(src) or (f"{cells[src]},", hops.get(src, -1))
        end, far = ends.get(dst) or (f"{cells[dst]},", hops.get(dst, -1))
        word = edge_type._value_, evidence._value_, rule
        said = words.get(word) or words.setdefault(word, ",".join(map(cells.__getitem__, word)))
        farther = near if near > far else far  # noqa: FURB136 - `max` is a call, and this is the loop
        lines.append(f"{start},{end},{said},{farther if farther >= 0 else ''}")
    return "\n".join(lines)


def write_rows(header: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV text in which no cell is a formula, a credential or a control character."""
    cells = _Cells()
    return "\n".join([",".join(header), *(",".join([cells[cell] for cell in row]) for row in rows)])


class _Cells(dict[str, str]):
    """Text -> its cell, quoted where it must be."""

    def learn(self, texts: Iterable[str]) -> None:
        """Most are ids, of hexadecimal digits and names: one look at all of them tells that they are."""
        iterator = iter(texts)
        while chunk := list(islice(iterator, CHUNK)):
            plain = chunk if _are_plain(chunk) else [text for text in chunk if not _URI.search(text)]
            if plain is chunk or _are_plain(plain):
                self.update(zip(plain, plain, strict=True))

    def __missing__(self, text: str) -> str:
        out = io.StringIO()
        # A row of one empty cell would be quoted.
        csv.writer(out, lineterminator="").writerow((safe_cell(text), ""))
        cell = self[text] = out.getvalue()[:-1]
        return cell


_URI = re.compile("://|@")
_PLAIN_ID = re.compile("(?<= )(?:run:|model:m-)[0-9a-f]{32} ")


def _are_plain(texts: Iterable[str]) -> bool:
    """Whether each of these texts may stand in a cell as it is: never wrongly yes."""
    joined = f" {' '.join(texts)} "
    if not (joined.isascii() and joined.isprintable()) or "," in joined or '"' in joined:
        return False
    # What only an id of ours can be holds no mark of a credential.
    joined = _PLAIN_ID.sub("", joined)
    return is_harmless(joined) and not any(f" {sign}" in joined for sign in _FORMULA)


def safe_cell(value: object) -> str:
    """A cell that a spreadsheet shows and does not run.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("-1.5"), safe_cell("+a")
    ("'=HYPERLINK(1)", '-1.5', "'+a")
    """
    text = "" if value is None else clean(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
