"""A password typed into a URL on the command line leaves the list of processes, where every user of the machine could read it.

Only on Linux, and only once Python runs: for some hundredths of a second it was to be seen. A variable or a file never is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

STORES = ("bolt://", "bolt+s://", "bolt+ssc://", "neo4j://", "neo4j+s://", "neo4j+ssc://")
ARG_START = 48 - 3
"""Where in /proc/PID/stat, counted after the name's bracket, it says at which address the arguments begin; the next: end.
https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
"""


def hide_passwords(arguments: Sequence[str]) -> bool:
    """Overwrite what stands between `://USER:` and `@` in this process's arguments, as others see them.

    Whether one was a Neo4j store's, which need not stand there.
    """
    have = [word for word in arguments if _password(word.encode("utf-8", "surrogateescape"))]
    if have and sys.platform == "linux":
        _overwrite()
    return any(scheme in word for word in have for scheme in STORES)


def _overwrite() -> None:
    import ctypes

    try:
        numbers = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        start, end = int(numbers[ARG_START]), int(numbers[ARG_START + 1])
        shown = Path("/proc/self/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return
    # Nothing is written unless that memory holds exactly what is shown of it.
    if not 0 < start < end or end - start != len(shown) or ctypes.string_at(start, end - start) != shown:
        return
    hidden = b"\0".join(map(_without_password, shown.split(b"\0")))
    ctypes.memmove(start, hidden, len(shown))


def _without_password(argument: bytes) -> bytes:
    password = _password(argument)
    if not password:
        return argument
    end = argument.rindex(b"@")
    return argument[: end - len(password)] + b"*" * len(password) + argument[end:]


def _password(argument: bytes) -> bytes:
    """What stands between the first colon and the last @ after ://; a slash in between may be the password's own.

    >>> _password(b"--store=bolt://ana:p/w@host:7687"), _password(b"http://host/a:b@c"), _password(b"x:y@z")
    (b'p/w', b'', b'')
    """
    _, scheme, rest = argument.partition(b"://")
    info, at, _ = rest.rpartition(b"@")
    user, colon, password = info.partition(b":")
    return password if scheme and at and colon and b"/" not in user else b""
