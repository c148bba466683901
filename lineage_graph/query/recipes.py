"""The cookbook: questions in Cypher, each a file of the package with a title, a question and parameters that only narrow it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile

from lineage_graph.errors import NotFound, UsageError

_HEADER = re.compile(r"// *(title|question|parameter): *(.*)")
_PARAMETER = re.compile(r"(\w+) *= *(.+?) +- +(.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One `-p` of a recipe."""

    name: str
    default: object
    meaning: str

    def check(self, value: object) -> None:
        """Raises `UsageError` for what is not of the default's type: a store would compare it, and find nothing or break off."""
        # Not `isinstance`: true is an integer to Python and to no Cypher.
        if type(value) is not type(self.default):
            takes = "text" if isinstance(self.default, str) else "a whole number"
            raise UsageError(f"the parameter {self.name} takes {takes} ({self.meaning}), not {value!r}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One question."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    query: str

    def fill(self, given: Mapping[str, object]) -> dict[str, object]:
        """Every parameter's value: what is given, else its default. Raises `UsageError` for a value of another type."""
        for each in self.parameters:
            if each.name in given:
                each.check(given[each.name])
        return {each.name: each.default for each in self.parameters} | dict(given)


def parse_recipe(name: str, text: str) -> Recipe:
    r"""A recipe from its file.

    >>> parse_recipe("all", "// title: All\n// question: What?\n// parameter: least = 1 - so many\nRETURN 1").parameters[0].default
    1
    """
    found: dict[str, list[str]] = {"title": [], "question": [], "parameter": []}
    lines = text.splitlines()
    headers = list(takewhile(bool, map(_HEADER.match, lines)))
    for header in headers:
        assert header is not None  # noqa: S101 - taken while it is one
        found[header[1]].append(header[2].strip())
    parameters = []
    for each in found["parameter"]:
        parsed = _PARAMETER.fullmatch(each)
        assert parsed is not None, (name, each)  # noqa: S101 - our own files, each read by a test
        parameters.append(Parameter(parsed[1], json.loads(parsed[2]), parsed[3]))
    query = "\n".join(lines[len(headers) :]).strip()
    return Recipe(name, " ".join(found["title"]), " ".join(found["question"]), tuple(parameters), query)


@lru_cache
def recipes() -> Mapping[str, Recipe]:
    """All of them by name."""
    folder = files("lineage_graph") / "recipes"
    found = sorted(
        (file.name.removesuffix(".cypher"), file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".cypher")
    )
    return {name: parse_recipe(name, text) for name, text in found}


def find_recipe(name: str) -> Recipe:
    """One by its name; raises `NotFound` with the nearest."""
    known = recipes()
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 3, 0.4)
        raise NotFound(
            f"there is no recipe {name}", hint="lineage-graph cypher --recipes lists them", candidates=near
        )
    return known[name]
