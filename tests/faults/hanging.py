"""A crawl that hangs in its middle: what was read before is written, and nothing more comes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.faults.conftest import Cli
from tests.support.web import Asked, Reply, web


@contextmanager
def hanging_crawl(cli: Cli, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Of a server that tells its experiments and then hangs: the process, from when the second batch is waited for."""
    asked: list[str] = []

    def answer(request: Asked) -> Reply:
        asked.append(request.path)
        if "experiments" in request.path:
            return Reply('{"experiments": [{"experiment_id": "1", "name": "waiting"}]}')
        return Reply(hang=True)

    with web(answer) as server:
        process = cli.start("ingest", "mlflow", server.address, "--name", name)
        wait_until(lambda: any("logged-models" in path or "runs" in path for path in asked))
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)
