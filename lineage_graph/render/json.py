"""JSON: the contract's envelopes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache

from lineage_graph.redact import redact_text

# JSON itself escapes C0. The rest moves cursors or turns text around as well; as an escape it is whole and harmless.
_CONTROL = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def render_json(result: Mapping[str, object]) -> str:
    """The envelope as JSON: names whole, no raw control character, no credential, NaN as null."""
    try:
        text = json.dumps(_redacted(result), ensure_ascii=False, indent=2, allow_nan=False)
    except ValueError:
        text = json.dumps(_without_nan(_redacted(result)), ensure_ascii=False, indent=2, allow_nan=False)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _redacted(value: object) -> object:
    """Every text redacted. Unlike a crawled mapping, ours has keys such as `token` that name no secret."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {_key(str(key)): _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    return value


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    """A key may be a parameter's name, which is crawled text too; nearly all are ours and come again and again."""
    return redact_text(name)


def _without_nan(value: object) -> object:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return value
