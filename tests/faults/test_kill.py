"""A crawl that is killed at any moment, then run again, gives the graph of a crawl nobody disturbed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
def test_a_hundred_kills_leave_no_trace():
    # In a process of its own: this one may have threads, and a fork of those is no crawl.
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killing", "--kills", "100", "--runs", "60", "--seed", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for scene in ("first", "second"):
        for moment in ("by the clock", "crawling, in a transaction", "resolving, in a transaction"):
            struck = re.search(rf"(\d+)  {scene} crawl, {moment}", done.stdout)
            assert struck, done.stdout
            assert int(struck[1]) >= 5, done.stdout
