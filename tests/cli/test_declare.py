"""`declare init`: valid as written, with the graph's own names where there is a graph."""

from click.testing import CliRunner

from lineage_graph import Lineage
from lineage_graph.cli.root import root
from tests.truth import STORES


def run(*arguments, store):
    return CliRunner().invoke(
        root, [*arguments], env={"LINEAGE_GRAPH_STORE": str(store)}, catch_exceptions=False
    )


def test_without_a_graph_the_examples_are_a_shops_and_nothing_is_created(tmp_path):
    assert run("declare", "init", str(tmp_path / "l.yaml"), store=tmp_path / "g.db").exit_code == 0
    assert "version: 1" in (tmp_path / "l.yaml").read_text()
    assert not (tmp_path / "g.db").exists()


def test_with_a_graph_the_names_are_its_own_and_the_file_is_valid(tmp_path):
    with Lineage.open(str(tmp_path / "g.db")) as lineage:
        lineage.ingest("mlflow", str(STORES / "shop/mlflow.db"), name="shop")
    assert run("declare", "init", str(tmp_path / "l.yaml"), store=tmp_path / "g.db").exit_code == 0
    text = (tmp_path / "l.yaml").read_text()
    assert "churn" in text
    assert "store: shop" in text
    assert run("ingest", "declared", str(tmp_path / "l.yaml"), store=tmp_path / "g.db").exit_code == 0
