"""Each recipe on each engine: the rows that were worked out by hand, in the recipe's order, in the same words on both."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import lineage_graph
from lineage_graph.stores.neo4j.console import Neo4jConsole
from tests.cookbook import answers
from tests.cookbook.expected import in_any_order, plain, read_expected

RECIPES = Path(lineage_graph.__file__).parent / "recipes"
ASKED = list(read_expected())
NAMES = sorted(path.stem for path in RECIPES.glob("*.cypher"))
TIMEOUT = 30


def read_recipe(name: str) -> tuple[str, dict[str, Any]]:
    text = (RECIPES / f"{name}.cypher").read_text(encoding="utf-8")
    given = re.findall(r"^// parameter: (\w+) = (.*?) - ", text, re.MULTILINE)
    return text, {parameter: json.loads(value) for parameter, value in given}


def ask(console, name, **parameters):
    text, defaults = read_recipe(name)
    table = console.run(text, {**defaults, **parameters}, timeout=TIMEOUT)
    return table.columns, [tuple(plain(value) for value in row) for row in table.rows]


def test_every_recipe_has_rows_worked_out_by_hand_and_one_parameter_at_least():
    assert {asked.recipe for asked in ASKED} == set(NAMES)
    for name in NAMES:
        asked = [each for each in ASKED if each.recipe == name]
        assert [each for each in asked if not each.parameters and each.rows], f"{name}: nothing without -p"
        assert {key for each in asked for key in each.parameters} == set(read_recipe(name)[1])


@pytest.mark.parametrize("asked", ASKED, ids=[asked.id for asked in ASKED])
def test_the_recipe_gives_the_rows_worked_out_by_hand(told, asked):
    columns, rows = ask(told, asked.recipe, **asked.parameters)
    assert columns == asked.columns
    assert rows == asked.rows


@pytest.mark.parametrize("name", NAMES)
def test_on_real_stores_the_recipe_gives_what_python_gives(everything, crawled, name):
    answer = getattr(answers, name.replace("-", "_"))
    assert in_any_order(ask(crawled, name)[1]) == in_any_order(list(answer(everything)))


WALKS = [name for name in NAMES if "*1.." in read_recipe(name)[0]]


@pytest.mark.parametrize("name", WALKS)
def test_no_walk_goes_path_by_path(climbed, name):
    _, rows = ask(climbed, name)
    assert rows


@pytest.mark.parametrize("name", [name for name in WALKS if name != "promotion-chains"])
def test_on_the_ladder_python_says_the_same(ladder, climbed, name):
    answer = getattr(answers, name.replace("-", "_"))
    assert in_any_order(ask(climbed, name)[1]) == in_any_order(list(answer(ladder)))


@pytest.mark.parametrize("name", WALKS)
def test_neo4j_plans_every_walk_breadth_first_on_the_ladder(climbed, name):
    _check_plan(climbed, name)


@pytest.mark.parametrize("name", WALKS)
def test_neo4j_plans_every_walk_breadth_first_on_the_story(told, name):
    _check_plan(told, name)


def _check_plan(console, name):
    if isinstance(console, Neo4jConsole):
        text, defaults = read_recipe(name)
        operators = [str(row[0]).strip() for row in console.run(f"EXPLAIN\n{text}", defaults).rows]
        walks = [operator for operator in operators if operator.startswith("VarLength")]
        assert walks == ["VarLengthExpand(Pruning,BFS,All)"]
