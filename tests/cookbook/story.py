"""The graph that the cookbook is tried on: two real MLflow stores of one site and a declaration, crawled in spring and in summer."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from lineage_graph import Lineage
from tests.support.clock import clock

STORY = Path(__file__).parent.parent / "data" / "mlflow" / "cookbook"
SITE = "laptop"
SPRING, SUMMER = 1_775_001_600_000, 1_785_542_400_000
"""When the two crawls began: 2026-04-01 and 2026-08-01."""

_MOVED = {
    "experiments": ("artifact_location",),
    "runs": ("artifact_uri",),
    "logged_models": ("artifact_location",),
    "model_versions": ("source", "storage_location"),
}


def tell(lineage: Lineage, folder: Path) -> Lineage:
    """Crawl the story into a graph; `folder` holds copies of the stores, since signatures are read where they lie."""
    shutil.copytree(STORY / "mlruns", folder / "mlruns")
    for at, stage in ((SPRING, "before.db"), (SUMMER, "mlflow.db")):
        _settle(stage, folder, "mlflow.db")
        with clock(at):
            lineage.ingest("mlflow", str(folder / "mlflow.db"), name="shop", site=SITE)
    _settle("lab.db", folder, "lab.db")
    with clock(SUMMER):
        lineage.ingest("mlflow", str(folder / "lab.db"), name="lab", site=SITE)
        lineage.ingest("declared", str(STORY / "lineage.yaml"), name="shop", site=SITE)
    return lineage


def _settle(stage: str, folder: Path, name: str) -> None:
    """Put a store there, its artifacts where the folder has them."""
    shutil.copyfile(STORY / stage, folder / name)
    connection = sqlite3.connect(folder / name)
    with connection:
        for table, columns in _MOVED.items():
            for column in columns:
                connection.execute(
                    f"UPDATE {table} SET {column} = replace({column}, '/srv/shop', ?)", (str(folder),)
                )
    connection.close()
