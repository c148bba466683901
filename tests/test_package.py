"""Importing the package is cheap, and gives what `__all__` says."""

import importlib.metadata
import subprocess
import sys

import pytest

import lineage_graph


def test_version_is_that_of_the_distribution() -> None:
    assert lineage_graph.__version__ == importlib.metadata.version("lineage-graph")


def test_import_loads_nothing_else_of_the_package() -> None:
    code = "import lineage_graph, sys; print([m for m in sys.modules if m.startswith('lineage_graph.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lineage'"):
        _ = lineage_graph.lineage
    assert "Lineage" in dir(lineage_graph)
