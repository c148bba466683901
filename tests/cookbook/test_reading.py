"""The cookbook as it is read and asked: its page, and what `-p` means."""

from __future__ import annotations

import pytest

from lineage_graph.cli.cypher import parse_values
from lineage_graph.errors import UsageError
from lineage_graph.query.recipes import find_recipe
from tests.test_docs import load_script


def test_the_page_has_the_recipes_as_they_are():
    script = load_script("docs_cookbook")
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.insert(page) == page, "run scripts/docs_cookbook.py"


def test_a_parameter_that_is_text_stays_text_whatever_it_looks_like():
    recipe = find_recipe("one-digest-many-sources")
    assert parse_values({"digest": "12345e67"}, recipe) == {"digest": "12345e67"}
    assert parse_values({"digest": '"12345e67"'}, recipe) == {"digest": "12345e67"}
    assert parse_values({"least": "3"}, find_recipe("deepest-chains")) == {"least": 3}
    assert parse_values({"digest": "3"}) == {"digest": 3}


@pytest.mark.parametrize(
    ("name", "parameter", "value", "takes"),
    [
        ("most-reused-sources", "least", "x", "a whole number"),
        ("most-reused-sources", "least", 2.5, "a whole number"),
        ("most-reused-sources", "least", True, "a whole number"),
        ("most-reused-sources", "least", None, "a whole number"),
        ("one-digest-many-sources", "digest", 12345678, "text"),
    ],
)
def test_a_value_of_another_type_is_refused(name, parameter, value, takes):
    with pytest.raises(UsageError, match=f"the parameter {parameter} takes {takes} .*, not {value!r}"):
        find_recipe(name).fill({parameter: value})
