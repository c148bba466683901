"""How texts from elsewhere are written into identities: readable, without control characters, never two as one."""

import re
from functools import lru_cache

from lineage_graph.redact.control import CONTROL_CHARACTERS
from lineage_graph.redact.patterns import pattern

LONGEST_ID = 1000
"""In bytes of UTF-8. Neo4j indexes text up to about 8,000, and answers carry many ids."""

_CUT = "…"  # marks a cut id, so no other id may have it
_HASH_LENGTH = 32
# What `escape_part` itself can produce: only before these a "%" is doubtful. "%20" stays readable.
_OWN = r"(?:[01][0-9A-Fa-f]|7[Ff]|25|2[Ff]|40|23|3[AaDd]|[89A-Fa-f][0-9A-Fa-f])"
_UNSAFE_IN_URI = pattern(f"[{CONTROL_CHARACTERS}{_CUT}]|^ | $")
_UNSAFE_IN_FILE = pattern(f"[{CONTROL_CHARACTERS}{_CUT}]|^ | $|%(?=[0-9A-Fa-f]{{2}})")


def _percent(match: re.Match[str]) -> str:
    code = ord(match[0])
    # A byte of a file name that is no UTF-8, as Python spells it.
    raw = bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else match[0].encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in raw)


@lru_cache(maxsize=64)
def _unsafe(separators: str) -> re.Pattern[str]:
    return pattern(f"[{CONTROL_CHARACTERS}{_CUT}{re.escape(separators)}]|%(?={_OWN})")


def escape_part(text: str, separators: str = "") -> str:
    """The text as a part of an id: injective, and free of the separators that follow it.

    >>> escape_part("a/b@c 100%", "/"), escape_part("a%2Fb", "/")
    ('a%2Fb@c 100%', 'a%252Fb')
    """
    return text if text.isalnum() and text.isascii() else _unsafe(separators).sub(_percent, text)


def escape_file(path: str) -> str:
    """A path as the path of a file: URI; percent-decoding gives it back."""
    return _UNSAFE_IN_FILE.sub(_percent, path)


def escape_uri(uri: str) -> str:
    """A URI whose characters that may not stand in one are percent-encoded; twice is as once."""
    return _UNSAFE_IN_URI.sub(_percent, uri)


def is_clean(text: str) -> bool:
    """Whether the text can stand in a URI as it is."""
    return _UNSAFE_IN_URI.search(text) is None


def hash_of(*texts: str) -> str:
    """A short hash of several texts, in which ("ab", "c") and ("a", "bc") differ."""
    import hashlib

    digest = hashlib.sha256()
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(raw) + raw)
    return digest.hexdigest()[:_HASH_LENGTH]


def cut_id(text: str) -> str:
    """The id, or, where it is too long, its beginning and the hash of the whole."""
    if len(text) * 4 <= LONGEST_ID:
        return text
    raw = text.encode("utf-8")
    if len(raw) <= LONGEST_ID:
        return text
    room = LONGEST_ID - _HASH_LENGTH - len(_CUT.encode())
    return raw[:room].decode("utf-8", "ignore") + _CUT + hash_of(text)


def fold_artifact_path(path: str) -> str:
    """An artifact's path without empty steps: `./model//a/` is `model/a`."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))
