"""`doctor`: shares, gaps by code and person, and the declaration that would close most."""

from __future__ import annotations

from typing import Any

from lineage_graph.graph import Evidence
from lineage_graph.query.coverage import read_coverage
from tests.query import shop
from tests.query.graphs import draw, edge, node
from tests.query.shop import draw_shop


def test_shares():
    shares = {str(share.kind): (share.covered, share.total) for share in read_coverage(draw_shop()).shares}
    assert shares == {"Run": (3, 4), "Model": (2, 3), "ModelVersion": (2, 3)}  # without what is deleted


def test_gaps_by_code_and_person():
    groups = {gap.code: gap for gap in read_coverage(draw_shop()).gaps}
    assert list(groups) == ["no-dataset", "no-pointer"]
    assert groups["no-dataset"].by == (("ana", 1),)
    assert groups["no-dataset"].fix == "inputs: [params.train-data-path]"
    assert groups["no-dataset"].examples == ("runs:/55555555",)
    assert groups["no-dataset"].page == "docs/gaps/no-dataset.md"
    assert [gap.code for gap in read_coverage(draw_shop(), "no-pointer").gaps] == ["no-pointer"]


def test_the_declaration_that_closes_most_comes_first():
    # r1, r2 have params.data, r3 has params.path; r1 made two models, r2 one, r3 one with a version; r4 has none
    def hint(run: str, key: str) -> list[Any]:
        source, data = f"source:s3://x/{run[-1]}", f"dataset:s3://x/{run[-1]}@{run}"
        ref = f"runs/{run[4:]}/params/{key}"
        rule: dict[str, Any] = {"evidence": Evidence.POSSIBLE, "rule": "param-names-data", "ref": ref}
        return [
            node(source, uri=source[7:]), node(data, name="x"), edge(source, "ver", data, **rule),
            edge(data, "read", run, text=f"{key}=s3://x/{run[-1]}", **rule),
        ]  # fmt: skip

    runs = [f"run:0000000{n}" for n in (1, 2, 3, 4)]
    version = "modelversion:prod/default/churn/1"
    store = draw(
        *(shop.run(run, "r", "no-dataset") for run in runs),
        *hint(runs[0], "data"), *hint(runs[1], "data"), *hint(runs[2], "path"),
        *(node(f"model:m-{n}") for n in range(5)), shop.version(version),
        *(edge(runs[run], "made", f"model:m-{n}") for run, n in ((0, 0), (0, 1), (1, 2), (2, 3), (3, 4))),
        edge("model:m-3", "reg", version),
    )  # fmt: skip
    proposals = read_coverage(store).proposals
    assert [(each.text, each.runs, each.models, each.versions, each.share) for each in proposals[:2]] == [
        ("inputs: [params.data]", 2, 3, 0, 0.6),
        ("inputs: [params.path]", 1, 1, 1, 0.2),
    ]
    assert proposals[2].text.startswith("data = mlflow.data.from_pandas(")
    assert (proposals[2].models, proposals[2].share) == (5, 1.0)


JUDGED = ("source:s3://x/t", "dataset:s3://x/t@1")


def test_a_run_that_only_judged_misses_no_data():
    # r1 judged on located data, r2 too and made a model of data nobody knows, r3 on data without a place
    store = draw(
        *(shop.run(f"run:0000000{n}", "r") for n in (1, 2, 3)),
        *(node(f"evaluation:0000000{n}", run_id=f"0000000{n}") for n in (1, 2, 3)),
        *map(node, JUDGED), node("dataset:prod/1/code@2"), node("model:m-1"),
        edge(JUDGED[0], "ver", JUDGED[1]), edge(JUDGED[1], "eval", "evaluation:00000001"),
        edge(JUDGED[1], "eval", "evaluation:00000002"), edge("dataset:prod/1/code@2", "eval", "evaluation:00000003"),
        edge("run:00000002", "made", "model:m-1"),
    )  # fmt: skip
    report = read_coverage(store)
    assert [(str(share.kind), share.covered, share.total) for share in report.shares[:2]] == [
        ("Run", 1, 3),
        ("Model", 0, 1),
    ]
    assert [(each.runs, each.models) for each in report.proposals] == [(2, 1)]


def test_columns_of_unknown_use_are_the_last_thing_to_look_into():
    columns = (node(f"feature:source:s3://x/t#{n}", "use-unknown") for n in range(3))
    store = draw(*columns, shop.run("run:00000001", "r", "no-dataset"))
    assert [(gap.code, gap.count) for gap in read_coverage(store).gaps] == [
        ("no-dataset", 1),
        ("use-unknown", 3),
    ]


def test_an_empty_graph_has_no_shares_to_divide_by():
    report = read_coverage(draw())
    assert [(share.covered, share.total) for share in report.shares] == [(0, 0)] * 3
    assert (report.gaps, report.proposals) == ((), ())


def test_what_has_an_origin_already_is_no_gain():
    # m-3 is the model of two runs, of which one has data
    store = draw_shop(edge(shop.T1, "made", shop.M3))
    report = read_coverage(store)
    assert {str(share.kind): share.covered for share in report.shares} == {
        "Run": 3,
        "Model": 3,
        "ModelVersion": 3,
    }
    assert [(each.runs, each.models, each.versions) for each in report.proposals] == [(1, 0, 0), (1, 0, 0)]
