"""CSV: one edge a row (RFC 4180, with the line ends of a Unix pipe)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from lineage_graph.graph import Edge, Node
from lineage_graph.query.answer import Answer
from lineage_graph.query.exports import EDGE_COLUMNS
from lineage_graph.redact import is_harmless
from lineage_graph.redact.patterns import pattern
from lineage_graph.render.text import clean

CHUNK = 2_000
"""Texts that are looked at together."""

NODE_HEADER = ("id", "kind", "name", "state")

# What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection), its wide forms too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = pattern(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def render_csv(answer: Answer) -> str:
    """Every edge of the answer; for a search, which has none, every node."""
    if answer.command == "search":
        return write_rows(
            NODE_HEADER, ((node.id, str(node.kind), node.name, str(node.state)) for node in answer.nodes)
        )
    return render_edges({node.id: node for node in answer.nodes}, answer.hops, answer.edges)


def render_edges(nodes: Mapping[str, Node], hops: Mapping[str, int], edges: Iterable[Edge]) -> str:
    """One edge a row, as they come: by their beginning, so that this is made once for all that follow."""
    odd = odd_cells(nodes)
    lines, start, near, words = [",".join(EDGE_COLUMNS)], "", -1, ""
    before: object = None
    last: tuple[object, object, object] = (None, None, None)
    for src, dst, edge_type, evidence, rule, _, _, _, _ in edges:
        if src is not before:
            before, node, near = src, nodes.get(src), hops.get(src, -1)
            start = f"{odd.get(src, src)},{node.kind._value_}" if node else f"{odd[src]},"
        if edge_type is not last[0] or evidence is not last[1] or rule is not last[2]:
            last = edge_type, evidence, rule
            words = ",".join([odd[str(word)] for word in last])
        node, far = nodes.get(dst), hops.get(dst, -1)
        # Nearly all ids stand for themselves, and a default is found without a call.
        end = f"{odd.get(dst, dst)},{node.kind._value_}" if node else f"{odd[dst]},"
        farther = near if near > far else far  # noqa: FURB136 - as `max` is one
        lines.append(f"{start},{end},{words},{farther if farther >= 0 else ''}")
    return "\n".join(lines)


def write_rows(header: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV text in which no cell is a formula, a credential or a control character."""
    cells = _Cells()
    return "\n".join([",".join(header), *(",".join([cells[cell] for cell in row]) for row in rows)])


class _Cells(dict[str, str]):
    """Text -> its cell, quoted where it must be: made when it is asked for."""

    def __missing__(self, text: str) -> str:
        cell = self[text] = _quoted(safe_cell(text))
        return cell


def odd_cells(texts: Iterable[str]) -> _Cells:
    """The cells of those texts that don't stand for themselves, and maybe some more; no text is left out wrongly.

    Most are ids, of hexadecimal digits and names: one look at all of them tells that they are.
    """
    odd, iterator = _Cells(), iter(texts)
    while chunk := list(islice(iterator, CHUNK)):
        if not _are_plain(chunk):
            uris = [text for text in chunk if "://" in text or "@" in text]
            plain = _are_plain([text for text in chunk if "://" not in text and "@" not in text])
            for text in uris if plain else chunk:
                _ = odd[text]
    return odd


# RFC 4180, 2.6 and 2.7.
_QUOTED = frozenset(',"\r\n')


def _quoted(text: str) -> str:
    return text if _QUOTED.isdisjoint(text) else '"' + text.replace('"', '""') + '"'


_PLAIN_ID = pattern("(?<= )(?:run:|model:m-)[0-9a-f]{32} ")


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
