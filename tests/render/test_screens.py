"""What people read, whole: a change of a word or a blank is a change of the product."""

from dataclasses import replace
from itertools import pairwise
from textwrap import dedent

import pytest

from lineage_graph.graph import EdgeType, Kind, Node, Origin
from lineage_graph.query.answer import Answer, Gap, GraphState, Options, Root, Verdict
from lineage_graph.query.coverage import Coverage, GapGroup, Proposal, Share
from lineage_graph.query.status import Status
from lineage_graph.render.doctor import render_doctor
from lineage_graph.render.impact import render_impact
from lineage_graph.render.status import render_stats, render_status
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
        incomplete: mlflow:prod is being read, or was not read whole since 2026-11-24T09:00:00.000Z; there may be more""",
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


def test_verbose_says_which_links_were_not_made_and_why():
    unsure = Node(
        "modelversion:prod/default/twin/1",
        Kind.MODEL_VERSION,
        "twin/1",
        properties={
            "model": "twin",
            "version": 1,
            "source": "runs:/9c04/m",
            "candidates": ["model:m-1", "model:m-2"],
        },
    )
    text = render_table(
        replace(answers.ORIGINS, nodes=(*answers.ORIGINS.nodes, unsure)), Screen(verbose=True)
    )
    assert "NOT LINKED\n  model:m-1, model:m-2 to twin/1  runs:/9c04/m names none of them alone" in text
    assert "NOT LINKED" not in render_table(answers.ORIGINS, Screen(verbose=True))


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


def test_gaps_that_are_closed_alike_are_told_once_and_counted():
    gaps = tuple(
        Gap("use-unknown", f"feature:{at}", f"column {at} is not recorded", "log it") for at in range(5)
    )
    text = render_table(replace(answers.IMPACT, gaps=(*gaps, answers.EVALUATION_GAP)))
    assert text.count("log it") == 1
    assert "and 2 more like that: lineage-graph doctor use-unknown" in text
    assert "evaluations:" in text


def test_two_nodes_of_one_name_are_two_gaps():
    gaps = tuple(Gap("signature-unreadable", f"model:{at}", "the file of model", "crawl") for at in range(2))
    text = render_impact(replace(answers.IMPACTS, answer=replace(answers.IMPACT, gaps=gaps)))
    assert "the file of model, and 1 more like that (lineage-graph doctor signature-unreadable)" in text


DOCTOR = Coverage(
    answers.GRAPH,
    (Share(Kind.RUN, 2, 42), Share(Kind.MODEL, 0, 11), Share(Kind.MODEL_VERSION, 1, 300)),
    (
        GapGroup(
            "no-dataset",
            "a run that logged no dataset",
            40,
            (("ana", 30), ("ben", 10)),
            ("runs:/aa", "runs:/bb", "runs:/cc"),
            "inputs: [params.data]",
            "docs/gaps/no-dataset.md",
        ),
    ),
    (Proposal("inputs: [params.data]", 40, 8, 7, 0.7273), Proposal("--root churn=DIR", 0, 0, 0, 0.0)),
)


def test_the_doctor_on_one_screen():
    assert render_doctor(DOCTOR) == dedent("""\
        data origins: 0 of 11 models (0 %) · 40 gaps
          run      [....................]        4 %  2 of 42
          model    [....................]        0 %  0 of 11
          version  [....................]  under 1 %  1 of 300
        MISSING
              40  a run that logged no dataset  (no-dataset)
                  whose: ana 30, ben 10 · such as runs:/aa, runs:/bb
          how to close them, and every place: lineage-graph doctor CODE
        WHAT WOULD HELP MOST
          gives an origin to 8 models, 7 versions, 40 runs (73% of all models)
              in lineage.yaml:
                inputs: [params.data]
          says where files with relative paths lie
              option of lineage-graph ingest mlflow:
                --root churn=DIR""")


def test_the_doctor_of_one_code_names_every_place():
    gap = DOCTOR.gaps[0]
    places = tuple(f"runs:/{at}" for at in range(40))
    text = render_doctor(replace(DOCTOR, gaps=(replace(gap, examples=places),), proposals=()))
    assert all(f"  runs:/{at}\n" in text for at in range(40))
    assert "inputs: [params.data]" in text


def test_the_doctor_of_an_empty_graph():
    empty = Coverage(answers.GRAPH, (Share(Kind.RUN, 0, 0),), (), ())
    assert render_doctor(empty) == "nothing to judge: no run, model or version in the graph"


STATUS = Status(
    GraphState(
        "sqlite",
        412,
        (
            replace(
                answers.PROD,
                report={
                    "read": {"runs": 4_000},
                    "skipped": [{"code": "bad-json", "count": 2, "example": "run 7"}],
                },
            ),
            Origin("declared:shop", "declared", complete=False),
        ),
    ),
    {"mlflow:prod": {"no-dataset": 3}},
    {Kind.SOURCE: 1, Kind.RUN: 4_000},
    {EdgeType.READ_BY: 12},
)


def test_the_status():
    assert render_status(STATUS) == dedent("""\
        sqlite graph  4,001 nodes, 12 edges, change 412
        mlflow:prod  sqlite:///mlflow.db  read 2026-11-24T09:00:00.000Z  complete
          read     4,000 runs
          skipped  2 × bad-json, such as run 7
          gaps     3 no-dataset
        declared:shop  read never  NOT COMPLETE: being read, or broken off""")


@pytest.mark.parametrize(
    ("complete", "told", "shown"),
    [
        (False, {"experiments": ["\x1b[31mred one"]}, "only a part: --experiment '\\x1b[31mred one'"),
        (False, {"since": 0}, "only a part: --since 1970-01-01T00:00:00.000Z"),
        (False, {}, "NOT COMPLETE: something could not be read"),
        (False, {"read_at": 1}, "NOT COMPLETE: being read, or broken off"),
        (True, {"experiments": ["churn"]}, "complete, last read in part: --experiment churn"),
        (True, {}, "complete"),
    ],
)
def test_how_whole_an_origin_is(complete, told, shown):
    part = {"read_at": answers.READ_AT, "complete": complete, **told}
    origin = replace(answers.PROD, complete=complete, report={"part": part})
    status = replace(STATUS, graph=replace(STATUS.graph, origins=(origin,)))
    assert render_status(status).splitlines()[1].partition("Z  ")[2] == shown


def test_the_stats():
    assert render_stats(STATUS) == dedent("""\
        NODES  4,001
              1  source
          4,000  run
        EDGES  12
          12  READ_BY""")
