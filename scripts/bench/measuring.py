"""Processes, measured from outside: what they cost in CPU time, how long they took, how much memory they held."""

from __future__ import annotations

import compileall
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """CPU seconds (user and system), seconds on the clock, and the most memory held, in MB."""

    cpu: float
    wall: float
    memory: int


def run(arguments: Sequence[str], environ: Mapping[str, str] | None = None, times: int = 1) -> Cost:
    """The least cost of several runs of a command whose output goes into a pipe, as in a script. It must succeed."""
    costs = [_run(arguments, environ) for _ in range(times)]
    return Cost(min(cost.cpu for cost in costs), min(cost.wall for cost in costs), costs[-1].memory)


def run_python(code: str, *arguments: str, times: int = 1) -> Cost:
    """Likewise of Python code."""
    return run([sys.executable, "-W", "ignore", "-c", code, *arguments], times=times)


def _run(arguments: Sequence[str], environ: Mapping[str, str] | None) -> Cost:
    began = time.perf_counter()
    environ = {**os.environ, **(environ or {})}
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, env=environ)
    assert process.stdout is not None
    while process.stdout.read(1 << 16):
        pass
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)[:200]} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss // 1024)


def report(what: str, cost: Cost, base: Cost | None = None, most: float | None = None) -> None:
    """A line: the cost, and its ratio to the base's."""
    line = f"{what:<46} cpu {cost.cpu:8.3f} s   wall {cost.wall:8.3f} s   {cost.memory:5d} MB"
    if base is not None:
        line += f"   cpu {cost.cpu / base.cpu:6.2f}x   wall {cost.wall / base.wall:6.2f}x"
    if most is not None:
        line += f"   (wanted: {most:g}x)"
    print(line, flush=True)


def compile_ours() -> None:
    """As an installation does: what was edited last would be compiled by every process, where none may write bytecode."""
    spec = importlib.util.find_spec("lineage_graph")
    assert spec is not None
    assert spec.origin is not None
    compileall.compile_dir(str(Path(spec.origin).parent), quiet=1)
