"""The cookbook's questions by the Python API: the rows that were worked out by hand."""

from __future__ import annotations

import pytest

from lineage_graph import Lineage
from tests.cookbook import answers
from tests.cookbook.expected import in_any_order, read_expected
from tests.cookbook.story import tell

ASKED = list(read_expected())


@pytest.fixture(scope="module")
def lineage(tmp_path_factory):
    with Lineage.open("memory:") as lineage:
        yield tell(lineage, tmp_path_factory.mktemp("story"))


@pytest.mark.parametrize("asked", ASKED, ids=[asked.id for asked in ASKED])
def test_python_gives_the_rows_worked_out_by_hand(lineage, asked):
    answer = getattr(answers, asked.recipe.replace("-", "_"))
    assert in_any_order(list(answer(lineage, **asked.parameters))) == in_any_order(asked.rows)
