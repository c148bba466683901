"""The starter file is valid as it is written, and with everything in it switched on."""

import shutil
from pathlib import Path

import pytest

from lineage_graph.graph import Kind, NodeClaim, Record
from lineage_graph.ingest import crawl
from lineage_graph.ingest.starter import starter
from lineage_graph.sources.table import open_source
from lineage_graph.stores.table import open_store
from tests.ingest.declaring import draw
from tests.support.declarations import validated

REAL = Path(__file__).parents[1] / "data" / "mlflow"


def switched_on(text: str) -> str:
    """Every line that is an entry without its "# ": those that begin a section or are indented below one."""
    lines = []
    for line in text.splitlines():
        entry = line.removeprefix("# ")
        is_section = entry.endswith(":") and entry[:-1].isalpha() and entry[:-1].islower()
        lines.append(entry if is_section or entry.startswith("  ") else line)
    return "\n".join(lines)


@pytest.mark.parametrize("name", ["hints", "sources", "evaluations", "shop", "names"])
def test_a_starter_has_the_names_of_the_graph(tmp_path, name):
    shutil.copy(REAL / name / "mlflow.db", tmp_path)
    store = open_store("memory:")
    with open_source("mlflow", f"sqlite:///{tmp_path}/mlflow.db", name=name) as source:
        crawl(store, source)
    text = starter(store)
    assert validated(text).store == name
    assert validated(text).entries == []
    declared = validated(switched_on(text))
    sections = {entry.section for entry in declared.entries}
    assert sections == {"inputs", "roots", "evaluations", "owners", "deployments", "consumers", "derivations"}
    if name == "hints":
        assert {"params.train-data-path", "params.training_source"} <= {
            str(entry.fields.get("key")) for entry in declared.entries
        }
    if name == "sources":
        roots = {entry.fields["experiment"] for entry in declared.entries if entry.section == "roots"}
        assert roots == {"sources", "elsewhere"}


def test_no_name_gets_out_of_its_line():
    store = open_store("memory:")
    evil = "a\nowners: {x: y}\n#"
    draw(
        store, [Record("r", b"", (NodeClaim("registeredmodel:shop/default/x", Kind.REGISTERED_MODEL, evil),))]
    )
    assert validated(starter(store)).entries == []
    owners = [entry for entry in validated(switched_on(starter(store))).entries if entry.section == "owners"]
    assert len(owners) == 1


def test_an_empty_graph_has_a_starter_too():
    validated(starter(open_store("memory:")))
