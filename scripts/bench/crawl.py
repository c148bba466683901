"""A crawl of a SQLite tracking database and a re-crawl that finds nothing new, beside a bare read and beside MlflowClient.

    python scripts/bench/crawl.py --runs 10000 [--store FILE] [--no-peer]

Each is a process of its own. The bare read fetches every row of every table that the crawler reads, and does nothing with them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from generate_mlflow import fill, make_schema
from measuring import Cost, report, run_python

IMPORTS = "import lineage_graph.api, lineage_graph.ingest.crawl, lineage_graph.sources.mlflow.source"
FLOOR = """
import sqlite3, sys
tables = '''experiments experiment_tags runs params tags latest_metrics inputs input_tags datasets logged_models
logged_model_metrics logged_model_tags logged_model_params model_versions model_version_tags registered_models
registered_model_tags registered_model_aliases'''.split()
connection = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
kept = [connection.execute(f'SELECT * FROM {table}').fetchall() for table in tables]
"""
OURS = """
import sys
from lineage_graph import Lineage
Lineage.open(sys.argv[2]).ingest('mlflow', sys.argv[1], name='bench', artifacts=False)
"""
PEER = """
import sys
from mlflow import MlflowClient
from mlflow.entities import ViewType

def every(search, **how):
    token = None
    while True:
        page = search(**how, page_token=token)
        yield from page
        token = page.token
        if not token:
            return

client = MlflowClient('sqlite:///' + sys.argv[1], 'sqlite:///' + sys.argv[1])
experiments = [e.experiment_id for e in every(client.search_experiments, view_type=ViewType.ALL)]
runs = list(every(client.search_runs, experiment_ids=experiments, run_view_type=ViewType.ALL, max_results=1000))
models = list(every(client.search_logged_models, experiment_ids=experiments))
registered = list(every(client.search_registered_models))
versions = list(every(client.search_model_versions))
"""


def bench(store: Path, folder: Path, *, peer: bool, times: int) -> None:
    """Print the table for one store."""
    graph, source = folder / "graph.db", str(store)
    floor = run_python(FLOOR, source, times=times)
    report("bare read of the tables", floor)
    first = Cost(float("inf"), float("inf"), 0)
    for _ in range(times):
        for file in folder.glob("graph.db*"):
            file.unlink()
        cost = run_python(OURS, source, str(graph))
        first = Cost(min(first.cpu, cost.cpu), min(first.wall, cost.wall), cost.memory)
    report("first crawl", first, floor, 4)
    report("re-crawl, nothing changed", run_python(OURS, source, str(graph), times=times), floor, 2)
    report("  of these, Python and its imports", run_python(IMPORTS, times=times), floor)
    if peer:
        read = run_python(PEER, source)
        report("MlflowClient in-process, reading alone", read, floor)
        print(f"{'':<46} {read.cpu / first.cpu:.1f}x the CPU time of our first crawl   (wanted: 20x or more)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--store", type=Path, help="a tracking database that is there already")
    parser.add_argument("--times", type=int, default=3, help="of so many, the least counts")
    parser.add_argument("--no-peer", action="store_true", help="leave MlflowClient out: it takes minutes")
    arguments = parser.parse_args()
    # An installed program has its modules compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="lineage-graph-bench-") as temporary:
        path = arguments.store or Path(temporary) / "mlflow.db"
        if arguments.store is None:
            make_schema(path)
            fill(path, arguments.runs)
        bench(path, Path(temporary), peer=not arguments.no_peer, times=arguments.times)
