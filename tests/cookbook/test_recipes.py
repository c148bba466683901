"""Each recipe on each engine: the rows that were worked out by hand, in the recipe's order, in the same words on both."""

from __future__ import annotations

import pytest

from lineage_graph.query.recipes import find_recipe, recipes
from lineage_graph.stores.neo4j.console import Neo4jConsole
from tests.cookbook import answers
from tests.cookbook.expected import in_any_order, plain, read_expected

ASKED = list(read_expected())
NAMES = sorted(recipes())
TIMEOUT = 30


def ask(console, name, **parameters):
    recipe = find_recipe(name)
    table = console.run(recipe.query, recipe.fill(parameters), timeout=TIMEOUT)
    return table.columns, [tuple(plain(value) for value in row) for row in table.rows]


def test_every_recipe_has_rows_worked_out_by_hand_and_one_parameter_at_least():
    assert {asked.recipe for asked in ASKED} == set(NAMES)
    for name in NAMES:
        asked = [each for each in ASKED if each.recipe == name]
        assert [each for each in asked if not each.parameters and each.rows], f"{name}: nothing without -p"
        assert {key for each in asked for key in each.parameters} == {
            parameter.name for parameter in find_recipe(name).parameters
        }


@pytest.mark.parametrize("asked", ASKED, ids=[asked.id for asked in ASKED])
def test_the_recipe_gives_the_rows_worked_out_by_hand(told, asked):
    columns, rows = ask(told, asked.recipe, **asked.parameters)
    assert columns == asked.columns
    assert rows == asked.rows


@pytest.mark.parametrize("name", NAMES)
def test_on_real_stores_the_recipe_gives_what_python_gives(everything, crawled, name):
    answer = getattr(answers, name.replace("-", "_"))
    assert in_any_order(ask(crawled, name)[1]) == in_any_order(list(answer(everything)))


FOREIGN = """
CREATE (:Source {uri: 'mine'})-[:HAS_VERSION]->(:Dataset {source: 'mine', digest: '0da56d2f', rows: 30, digest_rows: 30})
CREATE (:Run {run_id: 'mine', name: 'mine'}), (:Consumer {name: 'mine'}), (:RegisteredModel {model: 'mine', state: 'live'})
CREATE (:Evaluation {run_id: '1140b0a9350c4db1932e96a9f058f33b'})
"""
# A graph like ours that another program keeps, down to the properties.
ALIKE = """
CREATE (s:Source {uri: 'mine', id: 'mine'}), (d:Dataset {source: 'mine', gaps: ['code-only-source'], state: 'live'}),
  (f:Feature {source: 'mine', column: 'x', name: 'x'}), (r:Run {name: 'mine', state: 'deleted'}), (m:Model {name: 'mine', state: 'live'}),
  (v:ModelVersion {model: 'mine', name: 'mine/1', state: 'live'}), (w:ModelVersion {model: 'mine', name: 'mine/2', state: 'live'}),
  (a:Alias {model: 'mine', alias: 'mine', name: 'mine', state: 'live'}), (e:Evaluation {name: 'mine'}), (x:Experiment {name: 'mine'})
CREATE (s)-[:HAS_VERSION {evidence: 'logged'}]->(d)-[:READ_BY {evidence: 'logged', valid_from: datetime('2024-05-01')}]->(r)
CREATE (r)-[:IN_EXPERIMENT {evidence: 'logged'}]->(x), (d)-[:EVALUATED_IN {evidence: 'logged'}]->(e)
CREATE (r)-[:PRODUCED {evidence: 'logged'}]->(m)-[:REGISTERED_AS {evidence: 'logged'}]->(v), (f)-[:USED_BY {evidence: 'logged'}]->(m)
CREATE (v)-[:COPIED_TO {evidence: 'logged'}]->(w)-[:ALIASED_AS {evidence: 'logged'}]->(a), (v)-[:ALIASED_AS {evidence: 'logged'}]->(a)
"""
# What an analyst ties to our nodes, and between them.
TIED = """
CREATE (x:Experiment {name: 'mine'}), (m:Model {state: 'live'}), (a:Alias {model: 'mine', alias: 'mine', state: 'live'}),
  (v:ModelVersion {model: 'mine', state: 'live'}), (d:Dataset {source: 'mine'}), (c:Consumer {name: 'mine', state: 'live'})
WITH x, m, a, v, d, c MATCH (n:LineageNode)
CREATE (n)-[:IN_EXPERIMENT]->(x), (n)-[:PRODUCED]->(m), (n)-[:ALIASED_AS]->(a), (v)-[:VERSION_OF]->(n), (v)-[:COPIED_TO]->(n)
CREATE (n)-[:COPIED_TO]->(v), (d)-[:READ_BY]->(n), (n)-[:HAS_VERSION]->(d), (n)-[:LOADED_BY]->(c), (n)-[:EVALUATED_IN]->(n)
WITH n MATCH (o:LineageNode&ModelVersion) CREATE (n)-[:ALIASED_AS]->(o), (o)-[:COPIED_TO]->(n), (o)-[:ALIASED_AS]->(n)
"""


@pytest.mark.parametrize("others", [FOREIGN, ALIKE, TIED], ids=["foreign", "alike", "tied"])
@pytest.mark.parametrize("name", NAMES)
def test_what_others_keep_in_the_same_database_is_in_no_answer(told, name, others):
    if isinstance(told, Neo4jConsole):
        before = ask(told, name)
        told.run(others, {}, write=True)
        try:
            assert ask(told, name) == before
        finally:
            told.run(
                "MATCH (:LineageNode)-[r]->(:LineageNode) WHERE r._claims IS NULL DELETE r", {}, write=True
            )
            told.run(
                "MATCH (n) WHERE NOT any(l IN labels(n) WHERE l STARTS WITH 'Lineage') DETACH DELETE n",
                {},
                write=True,
            )


def test_on_drawn_graphs_every_recipe_gives_what_python_gives(drawn, asked_of_drawn):
    for name in NAMES:
        answer = getattr(answers, name.replace("-", "_"))
        assert in_any_order(ask(asked_of_drawn, name)[1]) == in_any_order(list(answer(drawn))), name


@pytest.mark.parametrize("name", NAMES)
def test_where_there_is_next_to_nothing_every_recipe_runs(begun, name):
    found = [("Run", "a", "live", None, "run:a")] if name == "orphans" else []
    assert ask(begun, name)[1] == found


WALKS = [name for name in NAMES if "*1.." in find_recipe(name).query]


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
        recipe = find_recipe(name)
        plan = console.run(f"EXPLAIN\n{recipe.query}", recipe.fill({})).rows
        operators = [str(row[0]).strip() for row in plan]
        walks = [operator for operator in operators if operator.startswith("VarLength")]
        assert walks == ["VarLengthExpand(Pruning,BFS,All)"]
