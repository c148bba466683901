"""Texts as MLflow keeps them, made fit for a claim: no secret, no control character, no length without bound."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache

from lineage_graph.redact import is_harmless, is_secret_name, redact_text, redact_uri, strip_control

LONGEST = 65_536
"""Characters of a text that a property keeps; what is longer says so, with its full length."""

_MASK = "***"
_CACHED_LENGTH = 512
# No secret that is known by its shape is shorter, and without a sign in it there is no other.
_TOO_SHORT_FOR_A_TOKEN = 15
# Numbers, dates and hexadecimal ids, which most values are; no secret of a known shape is made of these alone.
_NUMBERS = "0123456789abcdefE.+-"
_NUMBERS_AND_BLANKS = _NUMBERS + " "
_LARGEST_FLOAT = 1.7976931348623157e308


def clean(text: str) -> str:
    """The text without secrets and control characters; cut, with a mark, where it is very long."""
    if (len(text) < _TOO_SHORT_FOR_A_TOKEN and text.isalnum()) or not text.strip(_NUMBERS):
        return text
    return _clean_short(text) if len(text) <= _CACHED_LENGTH else _cut(strip_control(redact_text(text)))


@lru_cache(maxsize=16_384)
def _clean_short(text: str) -> str:
    return strip_control(redact_text(text))


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} [cut here: {len(text)} characters in full]"


def redacted(text: str) -> str:
    """The text without secrets, otherwise as it is: for identities, which write control characters in their own way."""
    return text if len(text) < _TOO_SHORT_FOR_A_TOKEN and text.isalnum() else redact_text(text)


def clean_uri(uri: str) -> str:
    """A location or URI, alone in its text, likewise."""
    return _cut(strip_control(redact_uri(uri)))


@lru_cache(maxsize=8192)
def _name(name: str) -> tuple[str, bool]:
    """The name cleaned, and whether what is kept under it is secret."""
    return clean(name), is_secret_name(name)


@lru_cache(maxsize=1024)
def _are_plain(names: tuple[str, ...]) -> bool:
    """Whether these names stand as they are, and nothing under them is secret by its name."""
    return all(_name(name) == (name, False) for name in names)


def clean_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Parameters or tags, names and values: nothing of a value whose name says that it is secret.

    Runs have dozens, mostly harmless and of names that come again: one look at all of them tells.
    """
    if _are_plain(tuple(texts)) and _stand_as_they_are(" ".join(texts.values())):
        return dict(texts)
    cleaned = {}
    for name, value in texts.items():
        shown, secret = _name(name)
        cleaned[shown] = (_MASK if value else "") if secret else clean(value)
    return cleaned


def _stand_as_they_are(texts: str) -> bool:
    if not texts.strip(_NUMBERS_AND_BLANKS):
        return True
    return len(texts) <= LONGEST and texts.isascii() and texts.isprintable() and is_harmless(texts)


def clean_value(name: str, value: str) -> str:
    """What is kept under a name, likewise."""
    return _MASK if value and _name(name)[1] else clean(value)


def clean_metrics(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """Metrics as JSON can keep them: NaN is null, infinity the largest float, as MLflow's database has it."""
    if _are_plain(tuple(metrics)) and math.isfinite(sum(metrics.values())):
        return dict(metrics)
    return {_name(name)[0]: _finite(value) for name, value in metrics.items()}


def _finite(value: float) -> float | None:
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else math.copysign(_LARGEST_FLOAT, value)


def read_json(text: str | None) -> object:
    """What a JSON text says; None where it is none."""
    if not text:
        return None
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def text_of(value: object) -> str:
    """A text, or nothing where something else was recorded."""
    return value if isinstance(value, str) else ""
