"""Another store under a known name is refused before anything is written; the same store by another way is not."""

import shutil

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import UsageError
from tests.truth import STORES


@pytest.fixture
def lineage():
    with Lineage.open("memory:") as opened:
        opened.ingest("mlflow", str(STORES / "shop/mlflow.db"), name="prod")
        yield opened


def test_another_store_under_the_name_is_refused_and_changes_nothing(lineage):
    before = lineage.status().to_dict()
    with pytest.raises(UsageError, match="none of its runs") as refused:
        lineage.ingest("mlflow", str(STORES / "hints/mlflow.db"), name="prod")
    assert "forget mlflow:prod" in refused.value.hint
    assert lineage.status().to_dict() == before


def test_the_same_store_at_another_address_is_the_same(lineage, tmp_path):
    shutil.copy(STORES / "shop/mlflow.db", tmp_path / "copy.db")
    report = lineage.ingest("mlflow", str(tmp_path / "copy.db"), name="prod")
    origins = [origin.name for origin in lineage.store.state()[1] if origin.type == "mlflow"]
    assert (report.seen.retracted, origins) == (0, ["mlflow:prod"])
    assert lineage.upstream("churn@champion").verdict == "found"
