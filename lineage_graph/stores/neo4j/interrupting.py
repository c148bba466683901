"""Ctrl-C in the middle of the driver's protocol: what is half said can't be taken up again, so it ends without another word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol


class _Closing(Protocol):
    def close(self) -> None: ...


@contextmanager
def closed(spoken_by: _Closing) -> Iterator[None]:
    """Close a session or transaction in the end, unless an interrupt ended it: closing speaks, and reads the rest of an answer."""
    try:
        yield
    except Exception as error:
        if not hides_interrupt(error):
            spoken_by.close()
        raise
    spoken_by.close()


def hides_interrupt(error: Exception) -> bool:
    """Whether Ctrl-C struck inside the driver, and its own cleaning up then failed on what was half done."""
    context = error.__context__
    while context is not None and not isinstance(context, KeyboardInterrupt):
        context = context.__context__
    return context is not None and isinstance(error, (BufferError, ValueError, TypeError, AttributeError))


def drop(session: Any) -> None:
    """Close a session without a word, as the driver does when a task is cancelled."""
    from asyncio import CancelledError

    session.__exit__(CancelledError, None, None)


def cut(driver: Any) -> None:
    """Close the driver's sockets, without goodbye: the server rolls back what was not committed.

    Python may interrupt the driver between any two of its instructions; used again, its buffers and its place in the
    server's answer would be wrong, and it would wait for what never comes.
    """
    # The driver's own way to do it, `Session.cancel`, knows only a session that got its connection.
    with suppress(AttributeError):
        for connections in list(driver._pool.connections.values()):
            for connection in list(connections):
                connection.kill()
    # Nothing is left to say goodbye to.
    driver.close()
