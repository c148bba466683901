"""How far it is known what a file beside a model says."""

from __future__ import annotations

from enum import StrEnum


class FileState(StrEnum):
    """Of a model's signature, and of the features that it looks up."""

    READ = "read"
    ABSENT = "absent"
    """The file was read, and has no signature."""
    UNREADABLE = "unreadable"
    """The file was looked for, and could not be read, or not all of it is understood."""
    NOT_READ = "not-read"
    """Artifacts were not asked for."""
