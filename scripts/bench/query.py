"""Cold questions, each a process whose output is piped: a small answer on a small and a large graph, and a hub.

python scripts/bench/query.py [--small GRAPH --large GRAPH]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from generate_graph import generate
from measuring import compile_ours, report, run, run_python

COMMAND = str(Path(sys.executable).with_name("lineage-graph"))
HAND = str(Path(__file__).with_name("walk_by_hand.py"))
SMALL = 10_000
CORNER, HUB = "source:s3://lake/corner.parquet", "source:s3://lake/hub.parquet"


def downstream(graph: Path, reference: str) -> tuple[list[str], dict[str, str]]:
    """The command, and where it finds the graph."""
    return [COMMAND, "downstream", reference, "-o", "csv"], {"LINEAGE_GRAPH_STORE": str(graph)}


def bench(small: Path, large: Path, times: int) -> None:
    """Print the table."""
    compile_ours()
    click = run_python("import click", times=times)
    report("python -c 'import click'", click)
    near = run(*downstream(small, CORNER), times=times)
    report(f"100 nodes of a graph of {SMALL:,} runs", near, click, 2.5)
    far = run(*downstream(large, CORNER), times=times)
    report("100 nodes of the large graph", far, near, 1.2)
    by_hand = [sys.executable, HAND, str(large), HUB]
    check(by_hand, large)
    walked = run(by_hand, times=3)
    report("hub, a tenth of the graph, walked by hand", walked)
    report("hub, a tenth of the graph, ours", run(*downstream(large, HUB), times=3), walked, 1.5)


def check(by_hand: list[str], large: Path) -> None:
    """Both print the same rows."""
    command, environ = downstream(large, HUB)
    ours = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    theirs = subprocess.run(by_hand, capture_output=True, text=True, check=True).stdout
    if sorted(ours.split()) != sorted(theirs.split()):
        raise SystemExit("the two answers differ")
    print(f"{len(theirs.split()) - 1:,} edges below the hub, the same rows by both", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", type=Path, help=f"a graph of {SMALL:,} runs that is there already")
    parser.add_argument("--large", type=Path, help="a large graph that is there already")
    parser.add_argument("--runs", type=int, default=1_000_000, help="of the large graph")
    parser.add_argument("--times", type=int, default=10, help="of so many, the least counts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lineage-graph-bench-") as temporary:
        small, large = arguments.small, arguments.large
        if small is None:
            generate(small := Path(temporary) / "small.db", SMALL)
        if large is None:
            generate(large := Path(temporary) / "large.db", arguments.runs)
        bench(small, large, arguments.times)
