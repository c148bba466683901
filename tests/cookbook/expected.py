"""The rows that were worked out by hand, and how any engine's rows are held against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import yaml

from tests.cookbook.story import STORY


class Asked(NamedTuple):
    """A recipe with parameters, and its answer."""

    recipe: str
    parameters: Mapping[str, object]
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]

    @property
    def id(self) -> str:
        return " ".join([self.recipe, *(f"{name}={value}" for name, value in self.parameters.items())])


def read_expected() -> Iterator[Asked]:
    told: dict[str, Any] = yaml.safe_load((STORY / "rows.yaml").read_text(encoding="utf-8"))
    for recipe, truth in told.items():
        for asked in truth["asked"]:
            rows = [tuple(row) for row in asked["rows"]]
            yield Asked(recipe, asked["with"], tuple(truth["columns"]), rows)


def plain(value: object) -> object:
    """A value of any engine as the YAML has it: a time is text in UTC."""
    if hasattr(value, "to_native"):
        value = value.to_native()
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def in_any_order(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(rows, key=repr)
