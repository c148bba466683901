"""Which process is the server of a home, and its end."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

STOP_SECONDS = 60


def process_of(home):
    """The process of the server in that home; None when it is gone, also when its number is another's now."""
    try:
        pid = json.loads((home / "running.json").read_text())["pid"]
    except (OSError, ValueError):
        return None
    return pid if f"--home-dir={home}" in arguments_of(pid) else None


def arguments_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return []
    # No /proc, as on macOS.
    said = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], check=False, capture_output=True, text=True
    ).stdout
    return said.split()


def end(home):
    """Stop it in order, else by force; whether it was running."""
    pid = process_of(home)
    for sign in (signal.SIGTERM, signal.SIGKILL) if pid else ():
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            break
        last = time.monotonic() + STOP_SECONDS
        while process_of(home) and time.monotonic() < last:
            time.sleep(0.05)
        if not process_of(home):
            break
    (home / "running.json").unlink(missing_ok=True)
    return pid is not None
