"""`demo`: a real store made here and now, crawled, and asked the questions that matter."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from lineage_graph.cli.writing import say, write
from lineage_graph.errors import MissingExtra, UsageError


@click.command()
@click.argument(
    "folder", required=False, default="lineage-demo", type=click.Path(file_okay=False, path_type=Path)
)
def demo(folder: Path) -> None:
    """Train a few real models, log them to an MLflow store in FOLDER, crawl it, and ask.

    FOLDER (lineage-demo where none is named) must not exist yet; it keeps everything afterwards, to try things on. Needs the extra
    `demo`: pip install 'lineage-graph[demo]'.

    \b
    Examples:
      lineage-graph demo
      lineage-graph demo /tmp/clinic
    """
    _check(folder)
    folder = folder.resolve()
    folder.mkdir(parents=True)
    graph = folder / "graph.db"
    tracking = f"sqlite:///{folder / 'mlflow.db'}"
    say("January: a model is tuned, trained, evaluated, registered, and made champion …")
    with _quiet_mlflow():
        from lineage_graph.cli import demo_story as story

        declaration = story.write_files(folder)
        story.connect(folder)
        story.first_month(folder)
    _run(graph, "ingest", "mlflow", tracking, "--name", "clinic")
    say("February: one run fails, a new model is trained on newer data, and the alias moves …")
    with _quiet_mlflow():
        story.second_month(folder)
    _run(graph, "ingest", "mlflow", tracking, "--name", "clinic")
    _run(graph, "ingest", "declared", str(declaration))
    raw = folder / "data" / "raw" / "patients-february.csv"
    write("\n# The February export of the records office is wrong. What does it reach, and whom do I call?")
    _run(graph, "impact", str(raw))
    write("\n# Where did the data of the champion come from?")
    _run(graph, "upstream", "progression@champion", "--kind", "Source", "--kind", "Run", "--kind", "Dataset")
    write("\n# A model that was trained on an array: nobody recorded where the data came from.")
    _run(graph, "upstream", "quick-look/1")
    _say_what_is_next(folder, graph)


def _check(folder: Path) -> None:
    from importlib.util import find_spec

    missing = [name for name in ("mlflow", "sklearn") if find_spec(name) is None]
    if missing:
        raise MissingExtra(
            f"the demo trains real models and needs {' and '.join(missing)}",
            hint="pip install 'lineage-graph[demo]', or run scripts/demo, which installs it",
        )
    if folder.exists():
        raise UsageError(f"{folder} exists already", hint="name a folder that doesn't, or remove it")


def _run(graph: Path, *arguments: str) -> None:
    """A command as a user would type it, and its output below it."""
    from lineage_graph.cli.root import root

    write(f"\n$ lineage-graph {shlex.join(arguments)}")
    before = os.environ.get("LINEAGE_GRAPH_STORE")
    os.environ["LINEAGE_GRAPH_STORE"] = str(graph)
    try:
        root.main(list(arguments), prog_name="lineage-graph", standalone_mode=False)
    finally:
        if before is None:
            del os.environ["LINEAGE_GRAPH_STORE"]
        else:
            os.environ["LINEAGE_GRAPH_STORE"] = before


@contextmanager
def _quiet_mlflow() -> Iterator[None]:
    """What MLflow says while it trains is no part of the story."""
    import contextlib
    import io
    import warnings

    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "CRITICAL")
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _say_what_is_next(folder: Path, graph: Path) -> None:
    lines: Sequence[str] = (
        "\n# What to type next. The graph and the MLflow store stay here:",
        f"cd {shlex.quote(str(folder))}",
        f"export LINEAGE_GRAPH_STORE={shlex.quote(str(graph))}",
        "lineage-graph doctor                                        # how much is known, and what would help most",
        "lineage-graph show progression@champion                     # the alias and its history",
        "lineage-graph audit progression@champion -o html > audit.html",
        "mlflow ui --backend-store-uri sqlite:///mlflow.db           # the same store in MLflow's own words",
    )
    write("\n".join(lines))
