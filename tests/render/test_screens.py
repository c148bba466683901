"""What people read, whole: a change of a word or a blank is a change of the product."""

from itertools import pairwise
from textwrap import dedent

import pytest

from lineage_graph.graph import Kind, Node
from lineage_graph.query.answer import Answer, Options, Root, Verdict
from lineage_graph.render.impact import render_impact
from lineage_graph.render.table import render_table
from lineage_graph.render.text import Screen
from lineage_graph.render.tree import render_tree
from tests.render import answers

SCREENS = {
    "impact of a source that reaches something live": (
        render_impact,
        answers.IMPACTS,
        """\
        orders.parquet  file:///srv/shop/data/orders.parquet  read by 3 runs, last 2026-11-20
        reaches 1 live deployment through 1 model version · 1 gap
        LIVE
          deployment  shop/churn-api   owner growth@shop.example  6 hops  churn@champion ← churn/3 ← Training 9c04d2ab ← orders@71fe0c35
          consumer    retention-mails  owner crm@shop.example     7 hops  via shop/churn-api
        REGISTERED, NOT LIVE
          churn/1, churn/2  ran by ana  3 hops
        NOT KNOWN
          evaluation evaluate 40aa9be1 names no model (lineage-graph doctor evaluation-without-model)
        next: lineage-graph path orders.parquet deployment:shop/churn-api · lineage-graph doctor evaluation-without-model · -o csv for all rows""",
    ),
    "impact where the chain breaks": (
        render_impact,
        answers.IMPACT_OF_NOTHING,
        """\
        churn/1  dependents NOT CAPTURED: nothing is recorded below it, and there may be some
        churn/1  version
        THE CHAIN ENDS AT
          version  churn/1  0 hops
        NOT KNOWN
          ? churn has neither an alias nor a stage: nothing says what is live  (no-pointer)
              in the training code:
                MlflowClient().set_registered_model_alias("churn", "champion", 1)
        next: lineage-graph doctor no-pointer""",
    ),
    "impact of what is truly an end": (
        render_impact,
        answers.IMPACT_OF_AN_END,
        """\
        retention-mails  NO DEPENDENTS: nothing lies below it, and nothing is missing
        retention-mails  owner crm@shop.example
        next: lineage-graph doctor""",
    ),
    "impact that a pointer hands on": (
        render_impact,
        answers.IMPACT_OF_A_POINTER,
        """\
        orders.parquet  file:///srv/shop/data/orders.parquet  read by 3 runs, last 2026-11-20
        reaches 1 pointer through 1 model version; no deployment is declared, anybody may load it
        LIVE
          alias  churn@champion  ran by ana  5 hops  churn/3
        next: lineage-graph path orders.parquet churn@champion""",
    ),
    "origins": (
        render_table,
        answers.ORIGINS,
        """\
        churn@champion  comes from 1 source through 1 dataset, 1 run
        HOPS  KIND     NAME               EVIDENCE          DETAIL
        0     alias    churn@champion     -                 alias · now version 3
        1     version  churn/3            logged
        2     model    model m-77         logged
        3     run      Training 9c04d2ab  logged            FINISHED · experiment churn · ran by ana
        4     dataset  orders@71fe0c35    logged (context)  digest of first-10000-rows · rows 5000 · of file:///srv/shop/data/orders.parquet
        5     source   orders.parquet     logged            file:///srv/shop/data/orders.parquet""",
    ),
    "origins not captured": (
        render_table,
        answers.NOT_CAPTURED,
        """\
        churn/1  origins NOT CAPTURED: nothing that was recorded leads to a data source · 1 gap
        HOPS  KIND     NAME                     EVIDENCE  DETAIL
        0     version  churn/1                  -
        1     run      sincere-hog-12 77aa0000  logged    FINISHED · experiment churn · ran by ana
        THE CHAIN ENDS AT
          run  sincere-hog-12 77aa0000  1 hop  FINISHED · experiment churn · ran by ana
        POSSIBLE  hinted at, not said; --include-possible follows it
          source orders.parquet  param train-data-path of run sincere-hog-12 is data/orders.parquet  (param-names-data)
        NOT KNOWN
          ? run sincere-hog-12 77aa0000 logged no dataset  (no-dataset)
              in lineage.yaml:
                inputs: [params.train-data-path]""",
    ),
    "a path": (
        render_table,
        answers.PATH,
        """\
        orders.parquet, churn/3  1 path, the shortest of 4 hops
        HOPS  KIND     NAME               EVIDENCE          DETAIL
        0     source   orders.parquet     -                 file:///srv/shop/data/orders.parquet
        1     dataset  orders@71fe0c35    logged            digest of first-10000-rows · rows 5000 · of file:///srv/shop/data/orders.parquet
        2     run      Training 9c04d2ab  logged (context)  FINISHED · experiment churn · ran by ana
        3     model    model m-77         logged
        4     version  churn/3            logged
        PATH 1
          orders.parquet
          → HAS_VERSION → orders@71fe0c35  logged, -
          → READ_BY → Training 9c04d2ab  logged, context
          → PRODUCED → model m-77  logged, -
          → REGISTERED_AS → churn/3  logged, -""",
    ),
    "what is left out is said": (
        render_table,
        answers.CUT,
        """\
        orders.parquet  reaches 1 consumer, 1 deployment, 1 alias, 3 versions, 1 model, 3 runs, 1 evaluation
        HOPS  KIND     NAME             EVIDENCE  DETAIL
        0     source   orders.parquet   -         file:///srv/shop/data/orders.parquet
        1     dataset  orders@71fe0c35  logged    digest of first-10000-rows · rows 5000 · of file:///srv/shop/data/orders.parquet
        not shown: 11 nodes and 11 edges (limit)
        hidden ends: 2 deleted
        incomplete: mlflow:prod is being read, or was not read to its end since 2026-11-24T09:00:00.000Z; there may be more""",
    ),
    "a tree": (
        render_tree,
        answers.ORIGINS,
        """\
        churn@champion  comes from 1 source through 1 dataset, 1 run
        alias churn@champion
        - version churn/3  ALIASED_AS, logged
          - model model m-77  REGISTERED_AS, logged
            - run Training 9c04d2ab  PRODUCED, logged
              - dataset orders@71fe0c35  READ_BY as training, logged
                - source orders.parquet  HAS_VERSION, logged""",
    ),
}


@pytest.mark.parametrize(("render", "answer", "expected"), SCREENS.values(), ids=SCREENS.keys())
def test_a_pipe_gets_exactly_this(render, answer, expected):
    assert render(answer) == dedent(expected)


def test_verbose_says_why_each_link_was_made():
    text = render_table(answers.ORIGINS, Screen(verbose=True))
    link = "orders@71fe0c35 READ_BY Training 9c04d2ab  logged by rule context, role training; mlflow:prod/x"
    assert link in text


def _wide(count: int) -> Answer:
    nodes = tuple(Node(f"run:{number:05}", Kind.RUN, f"r{number}") for number in range(count))
    return Answer(
        "downstream",
        "downstream",
        (Root("x", nodes[0].id),),
        Options(),
        answers.GRAPH,
        Verdict.FOUND,
        nodes=nodes,
        hops={node.id: min(at, 1) for at, node in enumerate(nodes)},
        counts={"Run": count},
    )


def test_a_terminal_folds_at_a_hundred_rows_and_says_so():
    text = render_table(_wide(130), Screen(terminal=True, width=120, fold=100))
    assert "r99" in text
    assert "r100" not in text
    assert "… 30 rows more: folded on a terminal; -o csv, -o json or a pipe have all" in text


def test_a_pipe_folds_nothing():
    assert "r129" in render_table(_wide(130))


def test_a_terminal_without_colour_has_none():
    assert "\x1b" not in render_table(answers.IMPACT, Screen(terminal=True, width=120, fold=100))
    assert "\x1b[" in render_table(answers.IMPACT, Screen(terminal=True, colour=True, width=120, fold=100))


@pytest.mark.parametrize("deep", [5_000])
def test_a_tree_is_as_deep_as_the_graph(deep):
    nodes = tuple(Node(f"dataset:{at}", Kind.DATASET, f"d{at}") for at in range(deep))
    edges = tuple(answers.edge(one, two, "CONTINUES_AS") for one, two in pairwise(nodes))
    answer = Answer(
        "downstream",
        "downstream",
        (Root("d0", nodes[0].id),),
        Options(),
        answers.GRAPH,
        Verdict.FOUND,
        nodes=nodes,
        hops={node.id: at for at, node in enumerate(nodes)},
        edges=edges,
        counts={"Dataset": deep},
    )
    assert render_tree(answer).count("\n") == deep


def test_a_tree_of_a_cycle_ends():
    one, two = (Node(f"dataset:{name}", Kind.DATASET, name) for name in "ab")
    answer = Answer(
        "downstream",
        "downstream",
        (Root("a", one.id),),
        Options(),
        answers.GRAPH,
        Verdict.FOUND,
        nodes=(one, two),
        hops={one.id: 0, two.id: 1},
        edges=(answers.edge(one, two, "CONTINUES_AS"), answers.edge(two, one, "CONTINUES_AS")),
        counts={"Dataset": 2},
    )
    assert render_tree(answer).split("\n")[1:] == [
        "dataset a",
        "- dataset b  CONTINUES_AS, logged",
        "  - dataset a  CONTINUES_AS, logged  (opened above)",
    ]
