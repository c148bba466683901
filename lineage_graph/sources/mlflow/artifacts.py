"""Files among a store's artifacts, read where they lie: on this machine, or through a tracking server's proxy.

Other places (S3, a server that nobody named) need credentials of their own and are left alone: the caller says `unreadable`.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

MAX_SIZE = 8 * 2**20
"""An MLmodel file has some kilobytes; what is bigger than this is something else."""
_DRIVE = re.compile(r"^/?[A-Za-z]:[\\/]")


def read_local(location: str, path: str) -> bytes | None:
    """The file under an artifact location on this machine; None where it is elsewhere, missing or unreadable."""
    folder = local_folder(location)
    if folder is None:
        return None
    file = folder / path
    try:
        if not file.is_file() or file.stat().st_size > MAX_SIZE:
            return None
        return file.read_bytes()
    except (OSError, ValueError):
        return None


def local_folder(location: str) -> Path | None:
    """The folder that a `file:` URI or an absolute path names; None for other places, and for relative paths.

    A relative location was meant from a directory that MLflow did not record.
    """
    if not location or "\0" in location:
        return None
    if location.startswith("/") and not location.startswith("//"):
        return Path(location)
    if _DRIVE.match(location):
        return _on_windows(location)
    parts = urlsplit(location)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    place = unquote(parts.path)
    if _DRIVE.match(place):
        return _on_windows(place.lstrip("/"))
    return Path(place) if place.startswith("/") else None


def _on_windows(place: str) -> Path | None:
    import sys

    return Path(place) if sys.platform == "win32" else None


def proxied_path(location: str, path: str) -> str | None:
    """The path of a file behind a tracking server's artifact proxy, for a location that is served by it.

    https://mlflow.org/docs/latest/self-hosting/architecture/artifact-store/ : `mlflow-artifacts:/P` is P of the server's own root.
    """
    parts = urlsplit(location)
    if parts.scheme == "mlflow-artifacts":
        return f"{parts.path.strip('/')}/{path}"
    marker = "/api/2.0/mlflow-artifacts/artifacts/"
    if parts.scheme in ("http", "https") and marker in parts.path:
        return f"{parts.path.split(marker, 1)[1].strip('/')}/{path}"
    return None
