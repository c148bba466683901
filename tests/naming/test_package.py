"""The package offers what it lists, and costs a query little."""

import os
import subprocess
import sys

import pytest

from lineage_graph import naming

CODE = """
import sys
from lineage_graph.naming import kind_of
assert kind_of("run:x") == "Run"
print(*sorted(name for name in sys.modules if name.startswith("lineage_graph.") or name in ("hashlib", "urllib.parse")))
"""


@pytest.mark.parametrize("name", naming.__all__)
def test_every_listed_name_is_there(name):
    assert getattr(naming, name) is not None


def test_no_other_name_is_there():
    with pytest.raises(AttributeError, match="unheard"):
        naming.unheard  # noqa: B018


def test_the_kind_of_an_id_is_read_without_loading_what_names_locations():
    # Coverage measures child processes too, and loads hashlib for its own sake.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    loaded = subprocess.run(
        [sys.executable, "-c", CODE], check=True, capture_output=True, text=True, env=environ
    ).stdout.split()
    assert "lineage_graph.naming.ids" in loaded
    assert not {
        "lineage_graph.naming.location",
        "hashlib",
        "urllib.parse",
    } & set(loaded)
