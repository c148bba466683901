"""A small real HTTP server whose answers a test writes: what an MLflow server says on a bad day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A request that came in. Names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Reply(NamedTuple):
    """What to answer. `hang`: nothing, until the test is over. `length`: a length that is claimed, not kept."""

    body: str = "{}"
    status: int = 200
    headers: Mapping[str, str] = {"Content-Type": "application/json"}
    hang: bool = False
    length: int | None = None


class Web(NamedTuple):
    """The server's address, and what it was asked."""

    address: str
    asked: list[Asked]


@contextmanager
def web(answer: Callable[[Asked], Reply]) -> Iterator[Web]:
    """A server on this machine that answers so."""
    over = Event()
    asked: list[Asked] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, asked, over))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Web(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(
    answer: Callable[[Asked], Reply], asked: list[Asked], over: Event
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked.append(
                Asked(
                    self.path,
                    {name.lower(): text for name, text in self.headers.items()},
                    json.loads(body or "{}"),
                )
            )
            reply = answer(asked[-1])
            if reply.hang:
                over.wait(30)
                return
            content = reply.body.encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) if reply.length is None else reply.length))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815 - the library's spelling

        def log_message(self, *_: object) -> None:
            """Not into the test's output."""

    return Handler
