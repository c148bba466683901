"""What mapping must know of a store besides its payloads: which store, which machine, which directories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Scope(NamedTuple):
    """The given name, and what makes paths absolute. The workspace comes with each payload."""

    store: str
    """The store's given name (`--name`), which scopes versions, aliases and relative paths."""
    site: str = ""
    """The machine or share whose absolute local paths are meant (`--site`)."""
    roots: Mapping[str, str] = {}
    """Experiment name -> the absolute directory that its relative paths start from (`--root`)."""
