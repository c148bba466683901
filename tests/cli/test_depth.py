"""`--depth` on a real crawl: what it cuts off is said in every output, and no gate passes on it in silence."""

import json
from pathlib import Path

import pytest

from lineage_graph import Lineage
from tests.support.schemas import check

STORE = Path(__file__).parents[1] / "data/mlflow/shop/mlflow.db"
FORMS = ("table", "tree", "json", "csv", "mermaid", "dot", "html", "md")
NOTE = "cut at depth {}: "
# orders.csv 0, its datasets 1, runs 2, models 3, versions 4, pointers 5
BEYOND = {
    "impact orders.csv --depth 3": 3,
    "downstream orders.csv --depth 1": 1,
    "upstream churn@champion --depth 1": 1,
    "upstream churn@champion --depth 1 --kind Source": 1,
    "path orders.csv churn@champion --depth 4": 4,
}
WHOLE = (
    "impact orders.csv --depth 5",
    "downstream orders.csv --depth 6",
    "upstream churn@champion --depth 5",
    "path orders.csv churn@champion --depth 5",
    "upstream churn@champion",
)


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    path = tmp_path_factory.mktemp("graph") / "graph.db"
    with Lineage.open(str(path)) as lineage:
        lineage.ingest("mlflow", str(STORE), name="shop")
    return path


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("asked", "depth"), BEYOND.items(), ids=BEYOND)
def test_every_output_says_that_it_was_cut(asked, depth, form, run, graph):
    code, out, err = run(*asked.split(), "-o", form, "--store", graph)
    assert code == 0
    if form == "json":
        answer = json.loads(out)
        check("answer", answer)
        assert answer["truncated"]["why"] == "depth"
    else:
        assert NOTE.format(depth) in (err if form == "csv" else out)
    assert (err == "") == (form != "csv")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("asked", WHOLE)
def test_nothing_is_said_where_nothing_lies_beyond(asked, form, run, graph):
    code, out, err = run(*asked.split(), "-o", form, "--store", graph)
    assert (code, err) == (0, "")
    assert "cut at depth" not in out
    assert "within" not in out
    assert form != "json" or json.loads(out)["truncated"] == {"nodes": 0, "edges": 0, "why": None}


HEADLINES = {
    "impact orders.csv --depth 3": "within 3 hops: reaches 5 models, 7 runs, nothing that is known to be live · 9 gaps",
    "impact orders.csv --depth 5": "reaches 2 pointers through 2 model versions; no deployment is declared, anybody may load it · 9 gaps",
    "downstream orders.csv --depth 2": "orders.csv  within 2 hops: reaches 7 runs · 4 gaps",
    "upstream churn@champion --depth 1": "churn@champion  within 1 hop: comes from 0 sources · 1 gap",
    "path orders.csv churn@champion --depth 2": "orders.csv, churn@champion  NO PATH of at most 2 hops",
}  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), HEADLINES.items(), ids=HEADLINES)
def test_the_verdict_claims_no_more_than_was_looked_at(asked, said, run, graph):
    lines = run(*asked.split(), "--store", graph)[1].split("\n")
    assert lines[asked.startswith("impact")] == said


def test_what_is_near_is_not_called_unregistered_or_not_live(run, graph):
    assert (
        "LOGGED, NOT REGISTERED WITHIN 3 HOPS"
        in run("impact", "orders.csv", "--depth", "3", "--store", graph)[1]
    )
    assert (
        "REGISTERED, NOT LIVE WITHIN 4 HOPS"
        in run("impact", "orders.csv", "--depth", "4", "--store", graph)[1]
    )
    whole = run("impact", "orders.csv", "--depth", "5", "--store", graph)[1].split("\n")
    assert {"REGISTERED, NOT LIVE", "LOGGED, NOT REGISTERED"} <= set(whole)


# A gate -> exit code, and whether it says that it did not see everything.
GATES = {
    "impact orders.csv --depth 3 --fail-on live": (0, True),
    "impact orders.csv --depth 3 --fail-on live -q -o json": (0, True),
    "downstream orders.csv --depth 3 --fail-on live": (0, True),
    "impact orders.csv --depth 5 --fail-on live": (3, False),
    "impact forecast/1 --depth 5 --fail-on live": (0, False),
    "downstream orders@fd3f8e55 --depth 1 --fail-on gap": (0, True),
    # Nothing was found within the depth: what is missing is then looked for in the whole chain.
    "upstream churn@champion --depth 0 --fail-on gap": (3, False),
    # The verdict is that of the whole chain.
    "impact orders.csv --depth 0 --fail-on none": (0, False),
    "impact orders.csv --depth 0 --fail-on found": (3, False),
}


@pytest.mark.parametrize(("asked", "expected"), GATES.items(), ids=GATES)
def test_no_gate_passes_in_silence_on_what_it_did_not_see(asked, expected, run, graph):
    code, _, err = run(*asked.split(), "--store", graph)
    assert (code, "and more lies beyond" in err) == expected
    assert code == 3 or bool(err) == expected[1]
