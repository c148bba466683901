"""A text with whatever in it: parameters, tags, JSON, SQL, logs, error messages; and a URI, alone or in it."""

import re
from collections.abc import Iterator
from functools import lru_cache

from lineage_graph.redact.names import (
    MASK,
    TOKEN_MARKS,
    has_token_mark,
    is_secret_key,
    is_secret_name,
    mask_tokens,
)
from lineage_graph.redact.patterns import pattern
from lineage_graph.redact.uris import PORT_OR_END, clean_uri, without_bare_user

# A pass can lay bare what another must take; two are enough for anything that was not built to need more.
_PASSES = 8
_CACHED_LENGTH = 2048

_NO_URI = pattern(r"[\s\"{]")


@lru_cache(maxsize=4096)
def _redact_short_uri(text: str) -> str:
    return _redact_whole_uri(text)


def _redact_whole_uri(text: str) -> str:
    for _ in range(_PASSES):
        cleaned = mask_tokens(clean_uri(text))
        if _NO_URI.search(cleaned):
            cleaned = redact_text(cleaned)  # a URI with words around it
        if cleaned == text:
            break
        text = cleaned
    return text


def redact_uri(text: str) -> str:
    """The URI or connection string without user info, secrets and signing parameters.

    >>> redact_uri("postgresql+psycopg2://ana:pa/ss@db.example:5432/shop?sslmode=require&password=x")
    'postgresql+psycopg2://db.example:5432/shop?sslmode=require'
    >>> redact_uri("abfss://raw@lake.dfs.core.windows.net/orders?sv=2022&sig=abc")
    'abfss://raw@lake.dfs.core.windows.net/orders'
    """
    return _redact_short_uri(text) if len(text) < _CACHED_LENGTH else _redact_whole_uri(text)


_MARKS = (
    "://",
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "credential",
    "bearer",
    "cookie",
    "jwt",
    "sas",
)
_SQL_MARK, _CURL_MARKS = "identified by", (" -u ", " --user ")

_URI_IN_TEXT = pattern(r"(?<![^\s\"'<>`])[^\s\"'<>`]*?://[^\s\"'<>`]*")
# A password with a blank or a quote in it: postgresql://ana:my pass@db.
_OPEN_PASSWORD = pattern(rf"://[^\s/?#@:\"'<>]{{1,64}}:(?!{PORT_OR_END})[^\n@/\"<>]{{1,128}}@(?=[\w.\[-])")
_BEARER = pattern(r"([Bb]earer|BEARER)[ \t]+[\w.~+/=\-]{8,}")
_FLAG = pattern(
    r"(?<![\w-])(--[\w\-]{0,40}?(?:password|passwd|pwd|token|secret|key))[ \t]+(?!-)(?:'[^']*'?|\"[^\"]*\"?|\S+)"
)
_CURL_USER = pattern(r"( -u | --user )(['\"]?[^\s:'\"]{1,64}):(?!\*\*\*)[^\s'\"]+")
_SQL_SECRET = pattern(r"(?i)\b(password|identified by)([ \t]+)'[^'\n]*'")
# Forty characters of base64 after the word: the shape of an AWS secret key, which has no mark of its own.
_AWS_SECRET = pattern(r"([Ss]ecret|SECRET)([\w ]{0,20}[ :=]{1,4})[A-Za-z0-9/+]{40}(?![\w/+])")


def redact_text(text: str) -> str:
    """The text with every credential in it masked.

    >>> redact_text('{"password": "hunter2", "uri": "https://ana:x@host.example/a"}')
    '{"password": "***", "uri": "https://host.example/a"}'
    """
    for _ in range(_PASSES):
        low = _lower(text)
        if not (_ANY_MARK.search(low) and _is_suspicious(text, low)):
            break
        cleaned = _redact_once(text, low)
        if cleaned == text:
            break
        text = cleaned
    return text


def is_harmless(text: str) -> bool:
    """Whether no part of the text can hold a credential, so that none of it need be redacted: never wrongly yes.

    >>> is_harmless("0.125 adam orders.parquet"), is_harmless("0.125 password=x")
    (True, False)
    """
    return not _ANY_MARK.search(_lower(text))


_ANY_MARK = pattern(
    "|".join(map(re.escape, ["@", _SQL_MARK, *_MARKS, *_CURL_MARKS, *(mark.lower() for mark in TOKEN_MARKS)]))
)


def _is_suspicious(text: str, low: str) -> bool:
    return (
        any(mark in low for mark in _MARKS)
        or "@" in text
        or has_token_mark(text)
        or any(mark in text for mark in _CURL_MARKS)
        or _SQL_MARK in low
    )


def _lower(text: str) -> str:
    """The text in lower case, with every character in its old place."""
    low = text.lower()
    return low if len(low) == len(text) else re.sub("[A-Z]+", lambda match: match[0].lower(), text)


def _redact_once(text: str, low: str) -> str:
    if "://" in text:
        text = _OPEN_PASSWORD.sub("://", text) if "@" in text else text
        text = _URI_IN_TEXT.sub(lambda match: clean_uri(match[0]), text)
    if "@" in text:
        text = without_bare_user(text)
    text = "".join(_masked_pairs(text, low if len(low) == len(text) else _lower(text)))
    if "earer" in text or "BEARER" in text:
        text = _BEARER.sub(rf"\1 {MASK}", text)
    if "--" in text:
        text = _FLAG.sub(rf"\1 {MASK}", text)
    if any(mark in text for mark in _CURL_MARKS):
        text = _CURL_USER.sub(rf"\1\2:{MASK}", text)
    if "'" in text and ("password" in low or _SQL_MARK in low):
        text = _SQL_SECRET.sub(rf"\1\2'{MASK}'", text)
    if "secret" in low:
        text = _AWS_SECRET.sub(rf"\1\2{MASK}", text)
    return mask_tokens(text)


# ---- name = value

_NAME_AND_SIGN = pattern(
    r"(?:pass(?:words?|wd|phrase)?|pwd|secret|token|key(?:[_-]?id)?|signature|credentials?|auth(?:orization)?"
    r"|bearer|cookie|jwt|sas)(?:[_-]?(?:value|hash|text|string|base64|plain))?\d{0,3}(?P<quote>\\{0,4}[\"'])?"
    r"[ \t]{0,8}(?P<sign>=>|={1,2}|:)[ \t]{0,8}"
)
_VALUE = pattern(
    r"\\+[\"'][^\"']*[\"']?"
    r"|\"[^\"\\]*(?:\\.[^\"\\]*)*\"?"
    r"|'[^'\\]*(?:\\.[^'\\]*)*'?"
    r"|\{[^{}\n]*\}"
    r"|(?:(?:[Bb]earer|[Bb]asic|[Dd]igest|[Tt]oken|[Nn]egotiate)[ \t]+)?[^\s\"'&;,<>()\[\]{}]+",
    re.DOTALL,
)
_REST_OF_LINE, _REST_OF_SETTING = pattern(r"[^\n]*"), pattern(r"[^;\"'\n]*")
_LITERALS = frozenset({"null", "true", "false", "None", "True", "False"})
_LONGEST_NAME = 64


def _masked_pairs(text: str, low: str) -> Iterator[str]:
    """The text in parts, the value of each secret name masked."""
    done = position = 0
    while match := _NAME_AND_SIGN.search(low, position):
        position = match.end()
        stem_end = match.start("quote") if match["quote"] else match.start("sign")
        start, name = _name_ending(text, stem_end)
        is_key = name.lower() == "key"
        if not (is_key or is_secret_name(name)):
            continue
        end = _value_end(text, start, match)
        value = text[position:end]
        if is_key and not is_secret_key(value.strip("\"'\\")):
            continue
        yield text[done:position]
        yield _masked(value, quoted_name=match["quote"] is not None)
        done = position = end
    yield text[done:]


def _name_ending(text: str, end: int) -> tuple[int, str]:
    while end > 0 and text[end - 1] in " \t":
        end -= 1
    start = end
    while (
        start > 0 and end - start < _LONGEST_NAME and (text[start - 1].isalnum() or text[start - 1] in "_-.")
    ):
        start -= 1
    return start, text[start:end]


def _value_end(text: str, name_start: int, match: re.Match[str]) -> int:
    """Where the value after the sign ends: at the sign itself where nothing that could be one follows."""
    start = match.end()
    found = _VALUE.match(text, start)
    if not found or text[start] in "\"'\\{":
        return found.end() if found else start
    end = found.end()
    rest: re.Match[str] | None = None
    if match["sign"] == ":" and not match["quote"] and _begins_line(text, name_start):
        rest = _REST_OF_LINE.match(text, start)  # YAML: the value is the rest of the line
    elif match["sign"] == "=" and text[max(0, name_start - 1) : name_start] == ";":
        rest = _REST_OF_SETTING.match(text, start)  # ODBC: a password may have blanks
    return max(end, rest.end()) if rest else end


def _begins_line(text: str, position: int) -> bool:
    before = text[max(0, position - 16) : position].rstrip(" \t-")
    return before.endswith("\n") or (not before and position <= 16)


def _masked(value: str, quoted_name: bool) -> str:
    if value in _LITERALS or value.strip("\"'\\") in ("", MASK):
        return value
    if value[0] in "\"'\\":
        opening = value[: len(value) - len(value.lstrip("\\")) + 1]
        return opening + MASK + (opening if len(value) > len(opening) and value.endswith(opening) else "")
    return f'"{MASK}"' if quoted_name else MASK  # a number in JSON: the text must stay JSON
