"""Paths of files: the many spellings of `file:`, Windows drives and shares, and Databricks' mount, as one each."""

import re
from typing import NamedTuple

from lineage_graph.naming.spelling import escape_file, escape_uri
from lineage_graph.redact.patterns import pattern
from lineage_graph.redact.uris import unescape

LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "[::1]", "::1", "0.0.0.0"})  # noqa: S104

_DRIVE = pattern(r"(?:[\\/]*[\\/])?([A-Za-z])[:|](?=[\\/]|\Z)", re.DOTALL)
_EXTENDED = pattern(r"\\\\[?.]\\(UNC\\)?", re.IGNORECASE)
_SHARE = pattern(r"/*\\\\([^\\/?.~][^\\/]*)(.*)", re.DOTALL)
_AUTHORITY = pattern(r"//([^/\\]*)(.*)", re.DOTALL)
_DRIVE_AUTHORITY = pattern(r"[A-Za-z](?::|\||%3[Aa]|%7[Cc])")
_VOLUMES = "/Volumes"


class Path(NamedTuple):
    """A normalised path: `/srv/x`, `C:/x`, or `data/x`, which is relative to nobody knows what."""

    path: str
    host: str = ""
    scheme: str = "file"

    @property
    def is_absolute(self) -> bool:
        """Whether the path says where it begins."""
        return (
            bool(self.host)
            or self.scheme != "file"
            or self.path[:1] == "/"
            or _DRIVE.match(self.path) is not None
        )

    @property
    def uri(self) -> str:
        """The one spelling; of an absolute path only."""
        if self.scheme == "dbfs":
            return "dbfs:" + self.path
        return f"file://{self.host}{'' if self.path[:1] == '/' else '/'}{escape_file(self.path)}"


def path_of_uri(uri: str) -> Path:
    """What a `file:` URI names. Its path is percent-decoded: only there an escape has a meaning for all.

    https://www.rfc-editor.org/rfc/rfc8089 and its appendices E.2 and E.3 for drives and shares.
    """
    rest = uri[len("file:") :]
    match = _AUTHORITY.match(rest)
    if not match:
        return path_of(unescape(rest))
    authority, path = match[1], match[2]
    if authority in (".", "..", "~") or _DRIVE_AUTHORITY.fullmatch(authority):
        return path_of(unescape(authority + path))  # file://./data and file://C:/data: no hosts
    path = unescape(path)
    if authority.lower() in LOOPBACK:
        return path_of(path or "/")
    return Path(_normalised(path.replace("\\", "/"), absolute=True), host=_host(authority))


def path_of(text: str) -> Path:
    """What a path names, as the operating system that it is written for reads it."""
    extended = _EXTENDED.match(text)
    if extended:
        text = ("\\\\" if extended[1] else "") + text[extended.end() :]
    if drive := _DRIVE.match(text):
        rest = text[drive.end() :].replace("\\", "/")
        return Path(f"{drive[1].upper()}:{_normalised(rest, absolute=True)}")
    if share := _SHARE.match(text):
        host = _host(share[1])
        path = _normalised(share[2].replace("\\", "/"), absolute=True)
        return Path(path, host="" if host in LOOPBACK else host)
    if not text.startswith("/"):
        text = text.replace("\\", "/")  # a relative path with backslashes is from Windows
    absolute = text.startswith("/")
    path = _normalised(text, absolute)
    if absolute and (path + "/").startswith("/dbfs/"):
        return dbfs_path(path[len("/dbfs") :])
    return Path(path)


def dbfs_path(path: str) -> Path:
    """A path of Databricks' file system, which clusters also mount as /dbfs; a volume is a path of its own.

    https://docs.databricks.com/en/files/index.html
    """
    path = _normalised(path, absolute=True)
    is_volume = (path + "/").startswith(_VOLUMES + "/")
    return Path(path) if is_volume else Path(escape_uri(path), scheme="dbfs")


def _host(name: str) -> str:
    return escape_uri(name).lower()


def _normalised(path: str, absolute: bool) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            parts.append(part)
        elif parts and parts[-1] != "..":
            parts.pop()
        elif not absolute:
            parts.append(part)
    joined = "/".join(parts)
    return "/" + joined if absolute else joined or "."
