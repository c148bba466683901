"""How a process begins and ends: a question is over before collecting garbage pays, and everything goes with the process."""

from __future__ import annotations

import gc
import os
import sys

INTERRUPTED = 130


def start() -> int:
    """The command `lineage-graph`. Crawls, which last, turn the collector on again."""
    try:
        code = _run()
        _end_in_peace()
    except KeyboardInterrupt:
        # While our modules are imported, or a second time.
        code = INTERRUPTED
        os.write(2, b"error: interrupted\n")
    gc.freeze()
    return code


def _run() -> int:
    gc.disable()
    sys.unraisablehook = _heed_interrupts
    _hide_passwords()
    # Imported here, so that the collector rests meanwhile: it and the last sweep cost a question a tenth of its time.
    from lineage_graph.cli.__main__ import main

    return main()


def _heed_interrupts(unraisable: sys.UnraisableHookArgs) -> None:
    """Ctrl-C that strikes where Python cannot raise, as in a callback of its import lock, would be shown and forgotten."""
    if unraisable.exc_type is KeyboardInterrupt:
        os.write(2, b"error: interrupted\n")
        os._exit(INTERRUPTED)
    sys.__unraisablehook__(unraisable)


def _hide_passwords() -> None:
    # Looked at here, in a microsecond: nearly no command line has one.
    if not any("://" in argument and "@" in argument for argument in sys.argv):
        return
    from lineage_graph.cli.failures import wants_json
    from lineage_graph.cli.hiding import hide_passwords

    if hide_passwords(sys.argv) and not wants_json(sys.argv[1:]):
        os.write(
            2,
            b"note: others could see that password for a moment: NEO4J_PASSWORD or --neo4j-password-file hides it\n",
        )


def _end_in_peace() -> None:
    """What is done is done: Ctrl-C while Python ends would show a traceback, and interrupt nothing."""
    import signal
    import threading

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
