"""JSON: the contract's envelopes.

Written in one go, each text redacted and encoded once: `json.dumps` with an indent is Python's own slow encoder, and an answer of
a hundred megabytes names each node many times.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from lineage_graph.redact import redact_text

# JSON itself escapes C0. The rest moves cursors or turns text around as well; as an escape it is whole and harmless.
_CONTROL = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_CACHED_LENGTH = 512
_INDENT = "  "
_NUMBER = "0123456789.-"
"""Of these alone no credential is made, and nothing that JSON writes otherwise."""


def render_json(result: Mapping[str, object]) -> str:
    """The envelope as JSON: names whole, no raw control character, no credential, NaN as null.

    >>> print(render_json({"rows": [1, "a"], "none": [], "why": "password=hunter2hunter2"}))
    {
      "rows": [
        1,
        "a"
      ],
      "none": [],
      "why": "password=***"
    }
    """
    return _write(result, "\n")


def _write(value: object, line: str) -> str:
    """A value as JSON. `line` begins a line as deep as the value is."""
    # By its very type first: that tells of nearly all, and asking whether something is a Mapping is slow.
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, Mapping):
        return _write_mapping(value, line)
    if isinstance(value, list | tuple):
        if not value:
            return "[]"
        inner = line + _INDENT
        return f"[{inner}{f',{inner}'.join([_write(item, inner) for item in value])}{line}]"
    return _write_rare(value)


def _write_mapping(value: Mapping[object, object], line: str) -> str:
    if not value:
        return "{}"
    inner = line + _INDENT
    # Keys that are one when redacted are one here too.
    members = {_write_key(str(key)): item for key, item in value.items()}
    written = [f"{key}: {_write(item, inner)}" for key, item in members.items()]
    return f"{{{inner}{f',{inner}'.join(written)}{line}}}"


def _write_rare(value: object) -> str:
    if isinstance(value, float):
        return _write_float(value)
    return _write_text(str(value)) if isinstance(value, str) else json.dumps(value)


def _write_float(value: float) -> str:
    return float.__repr__(value) if math.isfinite(value) else "null"


def _write_text(text: str) -> str:
    """A text redacted. Unlike a crawled mapping, ours has keys such as `token` that name no secret."""
    if not text.strip(_NUMBER):
        return f'"{text}"'
    return _write_short(text) if len(text) <= _CACHED_LENGTH else _write_once(text)


def _write_once(text: str) -> str:
    written = encode_basestring(redact_text(text))
    if written.isascii() and written.isprintable():
        return written
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


_write_short = lru_cache(maxsize=65_536)(_write_once)
"""Ids come again on every edge."""


@lru_cache(maxsize=1024)
def _write_key(name: str) -> str:
    """A key may be a parameter's name, which is crawled text too; nearly all are ours and come again and again."""
    return _write_once(name)


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: _write_text,
    int: int.__repr__,
    float: _write_float,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}
