"""Values as JSON text, as Python's `json` writes it: in ASCII, NaN and infinities by their names. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


# ASCII output: text that no UTF-8 can hold (a lone surrogate in a tag) is kept as it was.
_encode = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


def to_json(value: object) -> str:
    r"""Any value as JSON text.

    >>> print(to_json({"é": [1, float("nan")]}))
    {"\u00e9":[1,NaN]}
    """
    return _encode(value)
