"""The cookbook's page has each recipe as it is."""

from __future__ import annotations

from tests.test_docs import load_script


def test_the_page_has_the_recipes_as_they_are():
    script = load_script("docs_cookbook")
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.insert(page) == page, "run scripts/docs_cookbook.py"
