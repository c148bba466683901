"""A query that Ctrl-C can end: ladybug does not look up from its work, so it works beside."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def run_in_thread(work: Callable[[], Result], interrupt: Callable[[], object]) -> Result:
    """What `work` gives or raises; interrupted, it is told so and waited for."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            errors.append(error)

    worker = threading.Thread(target=run, name="cypher", daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(0.1)
    except KeyboardInterrupt:
        interrupt()
        worker.join(5)
        raise
    if errors:
        raise errors[0]
    return results[0]
