"""One value at a time: a text, a reference, a time, a mapping of them. Each check gives the value, or None and a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime

from lineage_graph.graph import Role
from lineage_graph.sources.declared.problems import Problems, echo, nearest
from lineage_graph.sources.declared.reading import Item

LONGEST_TEXT = 4096
ROLES = tuple(role.value for role in (Role.TRAINING, Role.EVALUATION, Role.INFERENCE))
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2}(:\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?", re.ASCII
)
KEY_GROUPS = ("params.", "tags.")

Check = Callable[[Item, str, Problems], "object | None"]
"""The value, what it is called in a message, and where problems go."""


def check_text(item: Item, name: str, problems: Problems) -> str | None:
    """A text that is not empty, and no page."""
    if item.text is None or not item.text.strip():
        problems.add(item.line, f"{name} must be a text, and is {'empty' if item.text else item.word}")
        return None
    if len(item.text) > LONGEST_TEXT:
        problems.add(item.line, f"{name} is longer than {LONGEST_TEXT:,} characters")
        return None
    return item.text.strip()


def check_texts(item: Item, name: str, problems: Problems) -> list[str] | None:
    """One text, or a list of at least one."""
    if item.items is None:
        text = check_text(item, name, problems)
        return None if text is None else [text]
    if not item.items:
        problems.add(item.line, f"{name} is an empty list")
        return None
    texts = [check_text(each, f"each of {name}", problems) for each in item.items]
    return list(dict.fromkeys(text for text in texts if text is not None))


def check_time(item: Item, name: str, problems: Problems) -> int | None:
    """A date or a time, as epoch milliseconds; without a zone it is UTC."""
    text = check_text(item, name, problems)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        problems.add(
            item.line, f"{name} must be a date or a time such as 2026-11-24T09:30Z, and is {item.word}"
        )
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def check_role(item: Item, name: str, problems: Problems) -> str | None:
    """What data is read for."""
    text = check_text(item, name, problems)
    if text is not None and text not in ROLES:
        problems.add(item.line, f"{echo(text)} is no role{nearest(text, ROLES)}")
        return None
    return text


def check_run_key(item: Item, name: str, problems: Problems) -> str | None:
    """`params.NAME` or `tags.NAME`."""
    text = check_text(item, name, problems)
    if text is None:
        return None
    if not text.startswith(KEY_GROUPS) or text in KEY_GROUPS:
        problems.add(
            item.line,
            f"{name} must be params.NAME or tags.NAME, and is {echo(text)}"
            + (f"; did you mean {echo('params.' + text)}?" if "." not in text and len(text) < 60 else ""),
        )
        return None
    return text


def check_columns(item: Item, name: str, problems: Problems) -> dict[str, list[str]] | None:
    """Output column -> the input columns that it is made from."""
    columns: dict[str, list[str]] = {}
    for key, value in check_pairs(item, name, problems):
        inputs = check_texts(value, f"what column {echo(key)} is made from", problems)
        if inputs:
            columns[key] = inputs
    return columns or None


def check_properties(item: Item, name: str, problems: Problems) -> dict[str, str] | None:
    """Text -> text."""
    texts: dict[str, str] = {}
    for key, value in check_pairs(item, name, problems):
        text = check_text(value, f"{name} {echo(key)}", problems)
        if text is not None:
            texts[key] = text
    return texts or None


def check_pairs(item: Item, name: str, problems: Problems) -> Iterator[tuple[str, Item]]:
    """The pairs of a mapping, each key once."""
    if item.is_null:
        return
    if item.pairs is None:
        problems.add(item.line, f"{name} must be a mapping, and is {item.word}")
        return
    seen: dict[str, int] = {}
    for key, value in item.pairs:
        text = check_text(key, f"a key of {name}", problems)
        if text is None:
            continue
        if text in seen:
            problems.add(key.line, f"{echo(text)} stands twice in {name}; first in line {seen[text]}")
            continue
        seen[text] = key.line
        yield text, value


def check_list(item: Item, name: str, problems: Problems) -> list[Item]:
    """The items of a list; nothing is an empty one."""
    if item.is_null:
        return []
    if item.items is None:
        problems.add(item.line, f"{name} must be a list, and is {item.word}")
        return []
    return item.items


def check_fields(
    item: Item,
    name: str,
    checks: dict[str, Check],
    required: Collection[str],
    problems: Problems,
) -> dict[str, object] | None:
    """The fields of one entry; None where one that it needs is missing or wrong."""
    if item.pairs is None:
        problems.add(item.line, f"{name} must be a mapping with {', '.join(required)}, and is {item.word}")
        return None
    before = len(problems.found)
    fields: dict[str, object] = {}
    named: set[str] = set()
    for key, value in check_pairs(item, name, problems):
        named.add(key)
        check = checks.get(key)
        if check is None:
            line = _line_of(item, key)
            problems.add(line, f"{name} has no field {echo(key)}{nearest(key, checks)}")
        elif not (value.is_null and key not in required):
            fields[key] = check(value, f"{key} of {name}", problems)
    for missing in [key for key in required if key not in named]:
        problems.add(item.line, f"{name} needs the field '{missing}'")
    return fields if len(problems.found) == before else None


def _line_of(item: Item, wanted: str) -> int:
    return next((key.line for key, _ in item.pairs or () if (key.text or "").strip() == wanted), item.line)
