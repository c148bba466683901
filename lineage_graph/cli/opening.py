"""Which graph a question is put to, and the crawl before it with `--from`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lineage_graph.cli.options import Output, StoreChoice
from lineage_graph.cli.writing import say

if TYPE_CHECKING:
    from pathlib import Path

    from lineage_graph.api import Lineage


@contextmanager
def opened(store: StoreChoice, output: Output, crawl_uri: str | None = None) -> Iterator[Lineage]:
    """The graph, brought up to date from `crawl_uri` first where one is given."""
    # The class itself is imported when it is used: `--help` and wrong options must not wait for it.
    from lineage_graph.api import Lineage

    if crawl_uri is None:
        with Lineage.open(store.url) as lineage:
            yield lineage
        return
    url = store.url if store.url is not None else str(cached_store(crawl_uri))
    with Lineage.open(url) as lineage:
        crawl(lineage, crawl_uri, url, output)
        yield lineage


def crawl(lineage: Lineage, uri: str, url: str, output: Output) -> None:
    """Read an MLflow store into the graph, and say so."""
    from lineage_graph.cli.progress import watched

    with watched(output) as progress:
        report = lineage.ingest("mlflow", uri, progress=progress)
    done = report.seen
    say(
        f"crawled {uri} into {url} in {report.seconds:.1f} s: {done.written} records new or changed, "
        f"{done.unchanged} as before, {done.retracted} gone",
        output,
    )
    for skip in report.skipped:
        say(f"skipped {skip['count']} × {skip['code']}, such as {skip['example']}", output)


def cached_store(uri: str) -> Path:
    """A graph of this URI's own in the user's cache: the next question re-crawls only what changed."""
    import hashlib

    from lineage_graph.redact import redact_uri
    from lineage_graph.settings import cache_directory

    key = hashlib.sha256(redact_uri(_absolute(uri)).encode()).hexdigest()[:16]
    folder = cache_directory() / "from"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{key}.db"


def _absolute(uri: str) -> str:
    """`mlruns` in two directories are two stores."""
    import os

    if uri.startswith("sqlite:///") and not uri.startswith("sqlite:////"):
        return "sqlite:///" + os.path.abspath(uri.removeprefix("sqlite:///"))
    return uri if ":" in uri.split("/", 1)[0] and "/" in uri else os.path.abspath(uri)
