"""Paging that neither misses nor repeats what is deleted or added meanwhile: by time, not by offset.

MLflow's page tokens are offsets: while runs were deleted, paging by them missed 26 of 1,000. So each page starts at the time where
the last one ended, and what was seen of that very time is left out. Only a page full of one single time is followed by its token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Answer = Mapping[str, Any]
Thing = Mapping[str, Any]


def by_time(
    ask: Callable[[int | None, str], Answer | None],
    key: str,
    identify: Callable[[Thing], tuple[str, int | None]],
) -> Iterator[list[Thing]]:
    """Pages of `key` of the answers to `ask(from_time, page_token)`, in ascending time; `identify` gives id and time."""
    start: int | None = None
    token, seen = "", set[str]()
    while True:
        answer = ask(start, token)
        if answer is None:
            return
        things = answer.get(key) or []
        marks = [identify(thing) for thing in things]
        fresh = [thing for thing, (name, _) in zip(things, marks, strict=True) if name not in seen]
        if fresh:
            yield fresh
        token = answer.get("next_page_token") or ""
        if not token or not things:
            return
        newest = marks[-1][1]
        if newest is None or newest == start:
            seen.update(name for name, _ in marks)
        else:
            start, token = newest, ""
            seen = {name for name, time in marks if time == newest}


def by_token(ask: Callable[[str], Answer | None], key: str) -> Iterator[list[Thing]]:
    """Pages of `key`, followed by their tokens: for what has no time to go by."""
    token = ""
    while True:
        answer = ask(token)
        if answer is None:
            return
        if answer.get(key):
            yield answer[key]
        token = answer.get("next_page_token") or ""
        if not token:
            return
