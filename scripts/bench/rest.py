"""A crawl over HTTP of a real MLflow server, beside a raw paging of the same endpoints that keeps nothing.

    python scripts/bench/rest.py --runs 2000 [--store FILE]

The server does nearly all of the work in both, so the time on the clock is compared.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generate_mlflow import fill, make_schema
from measuring import Cost, report, run_python

RAW = """
import json, sys, urllib.request

def ask(path, body=None):
    request = urllib.request.Request(sys.argv[1] + '/api/2.0/mlflow/' + path, None if body is None else json.dumps(body).encode(),
        {'Content-Type': 'application/json'})
    return json.load(urllib.request.urlopen(request))

def pages(path, body, key):
    token = None
    while True:
        page = ask(path, body | ({'page_token': token} if token else {}))
        yield page.get(key, [])
        token = page.get('next_page_token')
        if not token:
            return

def listed(path, key):
    token = ''
    while True:
        page = ask(f'{path}?max_results=1000' + (f'&page_token={urllib.request.quote(token)}' if token else ''))
        yield page.get(key, [])
        token = page.get('next_page_token')
        if not token:
            return

whole = {'view_type': 'ALL', 'max_results': 1000, 'order_by': ['experiment_id ASC']}
ids = [one['experiment_id'] for page in pages('experiments/search', whole, 'experiments') for one in page]
for one in ids:
    by_time = [{'field_name': 'creation_timestamp', 'ascending': True}]
    list(pages('logged-models/search', {'experiment_ids': [one], 'max_results': 1000, 'order_by': by_time}, 'models'))
for at in range(0, len(ids), 20):
    wanted = {'experiment_ids': ids[at:at + 20], 'run_view_type': 'ALL', 'max_results': 1000}
    list(pages('runs/search', wanted | {'order_by': ['attributes.start_time ASC']}, 'runs'))
list(listed('registered-models/search', 'registered_models'))
list(listed('model-versions/search', 'model_versions'))
"""
OURS = """
import sys
from lineage_graph import Lineage
report = Lineage.open(sys.argv[2]).ingest('mlflow', sys.argv[1], name='bench', artifacts=False)
assert report.seen.written or report.seen.unchanged
"""


@contextmanager
def server(store: Path) -> Iterator[str]:
    """The address of an MLflow server over the store, with one worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        f"sqlite:///{store}",
        "--workers",
        "1",
    ]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    environ = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ, start_new_session=True
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            yield address
        finally:
            os.killpg(process.pid, 15)


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/health").close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the MLflow server did not start")


def bench(address: str, folder: Path, times: int) -> None:
    """Print the table; what is compared takes turns, so that a busy minute hurts both."""
    raws, firsts, again = [], [], []
    run_python(RAW, address)
    for number in range(times):
        graph = str(folder / f"graph-{number}.db")
        raws.append(run_python(RAW, address))
        firsts.append(run_python(OURS, address, graph))
        again.append(run_python(OURS, address, graph))
    raw = _fastest(raws)
    report("raw paging of the endpoints", raw)
    report("first crawl over HTTP", _fastest(firsts), raw)
    report("re-crawl over HTTP, nothing changed", _fastest(again), raw, 1.15)


def _fastest(costs: list[Cost]) -> Cost:
    return min(costs, key=lambda cost: cost.wall)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--store", type=Path, help="a tracking database that is there already")
    parser.add_argument("--times", type=int, default=3, help="of so many, the fastest counts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lineage-graph-bench-") as temporary:
        path = arguments.store or Path(temporary) / "mlflow.db"
        if arguments.store is None:
            make_schema(path)
            fill(path, arguments.runs)
        with server(path.resolve()) as address:
            bench(address, Path(temporary), arguments.times)
