"""Ctrl-C while the driver speaks with the server: the conversation is cut, and the driver's own code is not."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import neo4j


class _Closing(Protocol):
    def close(self) -> None: ...


@contextmanager
def hanging_up(driver: neo4j.Driver) -> Iterator[None]:
    """Answer Ctrl-C by hanging up on the server; it is raised, as `KeyboardInterrupt`, when the driver has noticed.

    Raised at once, between any two of the driver's instructions, it would leave the driver's buffers and its place in the
    server's answer wrong, and what the driver then does to clean up may hide it, or wait for what never comes. A line that went
    dead is what the driver knows how to treat.

    Only where Python itself answers Ctrl-C; who answers it in another way is not disturbed.
    """
    if not _is_answered_by_python():
        yield
        return
    struck = False

    def hang_up(number: int, frame: Any) -> None:
        nonlocal struck
        # Somebody who presses it again does not want to wait; and with no line to cut, nothing would end the waiting.
        if not _shut_lines(driver) or struck:
            struck = True
            signal.default_int_handler(number, frame)
        struck = True

    signal.signal(signal.SIGINT, hang_up)
    try:
        yield
    except Exception:
        if struck:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if struck:
        raise KeyboardInterrupt


def _is_answered_by_python() -> bool:
    # Only the main thread may say how a signal is answered, and only there it is.
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _shut_lines(driver: Any) -> int:
    """Shut the sockets of a driver, whoever reads or writes them just now; how many there were.

    Not closed: their numbers would be free for others while the driver still uses them. The driver has no way of its own to do
    this, https://neo4j.com/docs/api/python-driver/current/api.html knows only `Session.cancel`, which must not be called by
    another's leave while the session works.
    """
    shut = 0
    for connection in _connections(driver):
        with suppress(AttributeError, OSError):
            connection.socket._socket.shutdown(socket.SHUT_RDWR)
            shut += 1
    return shut


def _connections(driver: Any) -> list[Any]:
    """All that a driver has open, in use or not."""
    try:
        return [
            each
            for at_one_address in list(driver._pool.connections.values())
            for each in list(at_one_address)
        ]
    except AttributeError:
        return []


@contextmanager
def closed(spoken_by: _Closing) -> Iterator[None]:
    """Close a session or transaction in the end, unless Ctrl-C ended it: closing speaks, and reads the rest of an answer."""
    try:
        yield
    except Exception:
        spoken_by.close()
        raise
    spoken_by.close()


def drop(session: Any) -> None:
    """Close a session without a word, as the driver does when a task is cancelled."""
    from asyncio import CancelledError

    session.__exit__(CancelledError, None, None)


def cut(driver: Any) -> None:
    """Close a driver without goodbye: the server rolls back what was not committed."""
    # The driver's own way to do it, `Session.cancel`, knows only a session that got its connection.
    for connection in _connections(driver):
        connection.kill()
    # Nothing is left to say goodbye to.
    driver.close()
