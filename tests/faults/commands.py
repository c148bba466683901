"""Every command in every format that it has, asked of every node: what people could ever see of a graph."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from lineage_graph.cli.__main__ import main
from lineage_graph.cli.options import GRAPH_FORMATS, REPORT_FORMATS
from lineage_graph.graph import Kind

QUESTIONS = ("upstream", "downstream", "impact", "show")
REPORTS = ("status", "stats", "doctor")


def run(*arguments: object) -> tuple[int, str]:
    """A command in this process: its code, and all that it wrote."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue() + err.getvalue()


def node_ids(graph: Path) -> list[str]:
    """Every node that a search of any letter finds."""
    found: set[str] = set()
    for kind in Kind:
        code, text = run("search", "", "--kind", kind, "--store", graph, "-o", "json")
        assert code in (0, 1), text
        if code == 0:
            found.update(node["id"] for node in json.loads(text)["nodes"])
    return sorted(found)


def asked_of_all(
    graph: Path, ids: Sequence[str], formats: Sequence[str] = GRAPH_FORMATS
) -> Iterator[tuple[str, int, str]]:
    """(what was asked, exit code, all that was written)"""
    for command in QUESTIONS:
        for uid in ids:
            for format in formats:
                arguments = [command, uid, "-o", format, "-v", "--store", graph]
                yield f"{command} {uid!r} -o {format}", *run(*arguments)
    for start, end in pairwise(ids):
        yield f"path {start!r} {end!r}", *run("path", start, end, "-v", "--store", graph)
    for report in REPORTS:
        for format in REPORT_FORMATS:
            yield f"{report} -o {format}", *run(report, "-o", format, "--store", graph)
