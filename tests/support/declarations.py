"""Declarations by their text, where they must be valid."""

from __future__ import annotations

from lineage_graph.sources.declared.problems import Problems
from lineage_graph.sources.declared.reading import read_tree
from lineage_graph.sources.declared.validation import Declaration, validate


def validated(text: str) -> Declaration:
    """What it declares; no line of it is a problem."""
    problems = Problems("lineage.yaml")
    root = read_tree(text, problems)
    assert root is not None
    declaration = validate(root, problems)
    assert problems.lines() == []
    return declaration
