"""Control characters, which can move a terminal's cursor, colour its text or turn a name around."""

import re

from lineage_graph.redact.patterns import pattern

# C0, DEL, C1; marks, embeddings, overrides and isolates that turn text around (https://trojansource.codes); line
# and paragraph separators; invisible format controls; byte-order mark; lone surrogates. Joiners stay: emoji need them.
CONTROL_CHARACTERS = (
    "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
)
"""What stands between the brackets of a regular expression's character class."""

_CONTROL = pattern(f"[{CONTROL_CHARACTERS}]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _SHORT.get(match[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def strip_control(text: str) -> str:
    r"""The text with each control character as a visible escape; all other characters stay.

    >>> print(strip_control("a\x1b[31mb\u202ec"))
    a\x1b[31mb\u202ec
    """
    return text if text.isascii() and text.isprintable() else _CONTROL.sub(_visible, text)
