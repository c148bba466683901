"""`audit` on the command line."""

import json

import pytest

from tests.governance.stories import tracking_uri
from tests.support.schemas import validator


def test_html_is_what_comes_of_it_by_default(run, shop):
    code, out, err = run("audit", "churn@champion", "--store", shop)
    assert (code, err) == (0, "")
    assert out.startswith("<!doctype html>")
    assert out.rstrip().endswith("</html>")


def test_markdown(run, shop):
    code, out, _ = run("audit", "churn/3", "-o", "md", "--store", shop)
    assert code == 0
    assert out.startswith("# Audit report: `churn/3`\n")


def test_json_is_valid_and_names_the_change(run, tmp_path):
    store = tmp_path / "graph.db"
    assert run("ingest", "mlflow", tracking_uri("shop"), "--name", "shop", "--store", store)[0] == 0
    code, out, _ = run("audit", "churn@champion", "-o", "json", "--store", store)
    document = json.loads(out)
    validator("audit").validate(document)
    assert code == 0
    assert document["schema"] == "lineage-graph/audit/1"
    assert document["subject"]["id"] == "alias:shop/default/churn@champion"
    assert document["graph"]["change"] > 0


REFUSED = {
    "no such thing": ("chrun/3", 1, "not-found"),
    "no subject": ("orders.parquet", 1, "not-found"),
}


@pytest.mark.parametrize(("ref", "exit_code", "error"), REFUSED.values(), ids=REFUSED)
def test_refused(run, shop, ref, exit_code, error):
    code, out, err = run("audit", ref, "-o", "json", "--store", shop)
    assert (code, out) == (exit_code, "")
    assert json.loads(err)["error"]["code"] == error


def test_a_table_is_no_report(run, shop):
    assert run("audit", "churn/3", "-o", "table", "--store", shop)[0] == 2


GATES = {"found": 3, "none": 0, "not-captured": 0, "live": 3}


@pytest.mark.parametrize(("gate", "exit_code"), GATES.items())
def test_a_gate_is_said_after_the_report(run, shop, gate, exit_code):
    code, out, _ = run("audit", "churn@champion", "--fail-on", gate, "--store", shop)
    assert code == exit_code
    assert "</html>" in out


def test_a_graph_that_is_not_there_is_not_made(run, tmp_path):
    code, out, _ = run("audit", "churn/3", "--store", tmp_path / "none.db")
    assert (code, out) == (1, "")
    assert not (tmp_path / "none.db").exists()
