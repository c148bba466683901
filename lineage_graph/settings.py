"""Settings: one frozen object; each value knows where it came from.

Flag, then `LINEAGE_GRAPH_*` in the environment, then the nearest `lineage.toml` up from the working directory, then the user's
own file, then the default. `0` and `""` are values: they override.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lineage_graph.errors import UsageError

KEYS = ("store", "site", "timeout", "neo4j_username", "neo4j_password_file", "neo4j_database")
DEFAULT_TIMEOUT = 30.0
"""Seconds that a crawl waits for one answer of the system that it reads."""


class Setting(NamedTuple):
    """A value and where it came from: `flag`, an environment variable, a file, or `default`."""

    value: str
    origin: str

    def __repr__(self) -> str:
        """Without what a URL has of users and passwords."""
        scheme, separator, rest = self.value.partition("://")
        shown = scheme + separator + rest.rpartition("@")[2] if separator else self.value
        return f"Setting(value={shown!r}, origin={self.origin!r})"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command or a notebook runs with."""

    store: Setting
    site: Setting
    timeout: Setting
    neo4j_username: Setting
    neo4j_password_file: Setting
    neo4j_database: Setting

    @property
    def timeout_seconds(self) -> float:
        """The time limit of one request, in seconds."""
        try:
            return float(self.timeout.value)
        except ValueError:
            raise UsageError(
                f"timeout is {self.timeout.value!r} in {self.timeout.origin}, not a number of seconds",
                hint="write for example 30",
            ) from None


def load_settings(
    flags: Mapping[str, str | None] | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """Settings for this process. Files are read only for what flags and environment leave open."""
    environ = os.environ if environ is None else environ
    found: dict[str, Setting] = {}
    for key in KEYS:
        flag = (flags or {}).get(key)
        variable = f"LINEAGE_GRAPH_{key.upper()}"
        if flag is not None:
            found[key] = Setting(flag, "flag")
        elif variable in environ:
            found[key] = Setting(environ[variable], variable)
    if len(found) < len(KEYS):
        _add_files(found, environ, cwd or Path.cwd())
    found.setdefault("store", Setting(str(data_directory(environ) / "graph.db"), "default"))
    for key in KEYS:
        if key != "timeout":
            found.setdefault(key, Setting("", "default"))
    found.setdefault("timeout", Setting(str(DEFAULT_TIMEOUT), "default"))
    return Settings(**found)


def _add_files(found: dict[str, Setting], environ: Mapping[str, str], cwd: Path) -> None:
    nearest = (folder / "lineage.toml" for folder in (cwd, *cwd.parents))
    for path in (*nearest, config_directory(environ) / "config.toml"):
        if not path.is_file():
            continue
        for key, value in _read_toml(path).items():
            found.setdefault(key, Setting(_resolved(key, value, path), str(path)))
        if path.name == "lineage.toml":
            cwd = path.parent


def _resolved(key: str, value: str, path: Path) -> str:
    """A relative path in a file is relative to that file."""
    if key == "neo4j_password_file" and value:
        return str(path.parent / Path(value).expanduser())
    if key == "store" and value and ":" not in value.split("/", 1)[0] and not Path(value).is_absolute():
        return str(path.parent / value)
    return value


def _read_toml(path: Path) -> dict[str, str]:
    import difflib
    import tomllib

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read as TOML: {error}", hint="mend or remove the file") from error
    for key in content:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"{path}: unknown setting {key!r}{meant}", hint=f"known: {', '.join(KEYS)}")
    return {key: str(value) for key, value in content.items()}


def data_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Where this user's data lies by the platform's custom (XDG base directories on Linux)."""
    environ = os.environ if environ is None else environ
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or _home(environ) / "AppData/Local") / "lineage_graph"
    if sys.platform == "darwin":
        return _home(environ) / "Library/Application Support/lineage_graph"
    return _xdg("XDG_DATA_HOME", ".local/share", environ)


def config_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Where this user's own settings file lies."""
    environ = os.environ if environ is None else environ
    if sys.platform in {"win32", "darwin"}:
        return data_directory(environ)
    return _xdg("XDG_CONFIG_HOME", ".config", environ)


def cache_directory(environ: Mapping[str, str] | None = None) -> Path:
    """The platform's place for what can be made again (XDG_CACHE_HOME on Linux)."""
    environ = os.environ if environ is None else environ
    if sys.platform == "win32":
        return data_directory(environ) / "cache"
    if sys.platform == "darwin":
        return _home(environ) / "Library/Caches/lineage_graph"
    return _xdg("XDG_CACHE_HOME", ".cache", environ)


def state_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Where what a program remembers of its use lies (XDG_STATE_HOME on Linux)."""
    environ = os.environ if environ is None else environ
    if sys.platform in {"win32", "darwin"}:
        return data_directory(environ)
    return _xdg("XDG_STATE_HOME", ".local/state", environ)


def _xdg(variable: str, usual: str, environ: Mapping[str, str]) -> Path:
    return Path(environ.get(variable) or _home(environ) / usual) / "lineage_graph"


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())
