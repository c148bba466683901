"""A server on a bad day ends in one clear line, or is waited for; credentials are used and never shown."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import pytest

from lineage_graph.errors import LineageError, SourceDenied, SourceUnreadable
from lineage_graph.sources.mlflow.http import Server
from lineage_graph.sources.mlflow.rest import RestReader
from tests.support.servers import free_port
from tests.support.web import Asked, Reply, web

HTML = {"Content-Type": "text/html; charset=utf-8"}
SECRET = "pa55w0rd"


def read(address: str, environ: Mapping[str, str] | None = None, timeout: float = 5.0) -> list[str]:
    reader = RestReader(Server(address, timeout, environ or {}))
    try:
        return [experiment.name for experiment in reader.experiments()]
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(status=401), SourceDenied, "answered 401"),
        (Reply(status=403), SourceDenied, "answered 403"),
        (Reply(status=404), SourceUnreadable, "has no MLflow REST API"),
        (Reply(status=400, body='{"message": "bad\\nfilter"}'), SourceUnreadable, "answered 400: bad filter"),
        (Reply("<html>log in</html>", headers=HTML), SourceUnreadable, "a web page, not JSON"),
        (Reply("<html>log in</html>"), SourceUnreadable, "a web page, not JSON"),
        (Reply('{"experiments": [{"experi'), SourceUnreadable, "half of it"),
        (Reply("[]"), SourceUnreadable, "no JSON, or half"),
        (Reply(""), SourceUnreadable, "answered nothing"),
        (Reply("{}", length=500), SourceUnreadable, "closed the connection before its answer was whole"),
        (Reply(hang=True), SourceUnreadable, "did not answer within 0.5 s"),
        (Reply(status=500, body='{"message": "boom"}'), SourceUnreadable, "answered 500: boom"),
        (Reply(status=429, headers={"Retry-After": "0"}), SourceUnreadable, "still answered 429"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_one_clear_line(reply: Reply, kind: type[LineageError], words: str) -> None:
    with web(lambda _: reply) as server:
        address = server.address.replace("://", f"://ana:{SECRET}@")
        began = time.monotonic()
        with pytest.raises(kind) as raised:
            read(address, timeout=0.5)
    assert words in raised.value.message
    assert "\n" not in raised.value.message
    assert raised.value.hint
    assert SECRET not in str(raised.value.to_dict())
    assert time.monotonic() - began < 20


def test_a_server_that_is_not_there_is_said() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(SourceUnreadable, match="cannot be reached") as raised:
        read(address)
    assert address in raised.value.message


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_waited_for_as_long_as_it_asks(status: int) -> None:
    answers = [Reply(status=status, headers={"Retry-After": "1"}), Reply('{"experiments": []}')]
    began = time.monotonic()
    with web(lambda _: answers.pop(0)) as server:
        assert read(server.address) == []
    assert time.monotonic() - began >= 1
    assert len(server.asked) == 2


def basic(user: str) -> str:
    return "Basic " + b64encode(user.encode()).decode()


USER = {"MLFLOW_TRACKING_USERNAME": "ana", "MLFLOW_TRACKING_PASSWORD": SECRET}


@pytest.mark.parametrize(
    ("user", "environ", "header", "value"),
    [
        ("", USER, "Authorization", basic(f"ana:{SECRET}")),
        ("", {"MLFLOW_TRACKING_TOKEN": SECRET}, "Authorization", f"Bearer {SECRET}"),
        ("bob:b%40b@", USER, "Authorization", basic("bob:b@b")),
        ("", {"MLFLOW_WORKSPACE": "shop"}, "X-MLFLOW-WORKSPACE", "shop"),
        ("", {}, "Authorization", None),
    ],
    ids=["user", "token", "in the address", "workspace", "nobody"],
)
def test_the_users_own_mlflow_settings_are_sent(
    user: str, environ: dict[str, str], header: str, value: str | None
) -> None:
    with web(lambda _: Reply('{"experiments": []}')) as server:
        read(server.address.replace("://", f"://{user}"), environ)
    assert server.asked[0].headers.get(header.lower()) == value


def test_credentials_of_mlflows_own_file_are_used(tmp_path: Path) -> None:
    folder = tmp_path / ".mlflow"
    folder.mkdir()
    (folder / "credentials").write_text(
        f"[mlflow]\nmlflow_tracking_username = eve\nmlflow_tracking_password = {SECRET}%\n"
    )
    with web(lambda _: Reply('{"experiments": []}')) as server:
        read(server.address, {"HOME": str(tmp_path)})
    assert server.asked[0].headers["authorization"] == basic(f"eve:{SECRET}%")


def test_a_proxy_of_the_environment_is_used_but_not_for_exceptions() -> None:
    with web(lambda _: Reply('{"experiments": []}')) as proxy:
        assert read("http://mlflow.shop.example", {"http_proxy": proxy.address}) == []
        assert proxy.asked[0].path.startswith("http://mlflow.shop.example/")
        with pytest.raises(SourceUnreadable):
            read(f"http://127.0.0.1:{free_port()}", {"http_proxy": proxy.address, "NO_PROXY": "127.0.0.1"})
        assert len(proxy.asked) == 1


def test_a_server_of_mlflow_2_has_no_logged_models_and_is_read_all_the_same() -> None:
    from tests.support.payloads import read_everything

    run = '{"info": {"run_id": "r1", "experiment_id": "1", "start_time": "5"}}'

    def answer(asked: Asked) -> Reply:
        if "logged-models" in asked.path:
            return Reply("<!doctype html><title>404</title>", 404, HTML)
        if "experiments" in asked.path:
            return Reply('{"experiments": [{"experiment_id": "1", "name": "e"}]}')
        return Reply('{"runs": [' + run + "]}") if "runs/search" in asked.path else Reply("{}")

    with web(answer) as server:
        reader = RestReader(Server(server.address, 5, {}))
        payloads = read_everything(reader)
        reader.close()
    assert [one.run_id for one in payloads["runs"]] == ["r1"]
    assert payloads["models"] == []
    assert not any("runs/get" in asked.path for asked in server.asked)


def test_an_error_in_the_middle_of_the_runs_ends_the_reading() -> None:
    def answer(asked: Asked) -> Reply:
        if "experiments" in asked.path:
            return Reply('{"experiments": [{"experiment_id": "1", "name": "e"}]}')
        return Reply(status=401) if "runs/search" in asked.path else Reply("{}")

    from tests.support.payloads import read_everything

    with web(answer) as server:
        reader = RestReader(Server(server.address, 5, {}))
        with pytest.raises(SourceDenied):
            read_everything(reader)
        reader.close()
