"""`lineage.yaml` as a source: a file, or every one in a folder and below it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from lineage_graph import naming
from lineage_graph.errors import SourceUnreadable
from lineage_graph.graph import Origin
from lineage_graph.redact import redact_text, strip_control
from lineage_graph.sources.base import Pending, Progress, Report, Source, no_progress
from lineage_graph.sources.declared.mapping import Place, map_entry
from lineage_graph.sources.declared.problems import Problems, raise_all
from lineage_graph.sources.declared.reading import LARGEST_FILE, read_tree
from lineage_graph.sources.declared.validation import Declaration, validate

FILE_NAMES = ("lineage.yaml", "lineage.yml")
_SKIPPED_FOLDERS = frozenset({"node_modules", "site-packages", "__pycache__", "mlruns", "mlartifacts"})
_HINT = "`lineage-graph declare init` writes one to start from"


class DeclaredSource(Source):
    """What people declare. Read whole or not at all: a file with a mistake in it changes nothing."""

    def __init__(
        self, target: str | None = None, *, name: str | None = None, site: str | None = None, **_: object
    ) -> None:
        self._target = Path(target or FILE_NAMES[0])
        self._site = site
        self.report = Report()
        path = Path(os.path.abspath(self._target))
        given = strip_control(redact_text(name or _default_name(path)))
        location = naming.name_location(str(path))
        settings = {"site": site} if site else {}
        self.origin = Origin(
            f"declared:{given}", "declared", uri=location.uri if location else "", settings=settings
        )
        self._name = given

    def read(self, progress: Progress = no_progress) -> Iterator[Sequence[Pending]]:
        """One batch a file, after all of them were found to be right."""
        files = list(_find_files(self._target))
        declarations = [(path, *self._read_file(path)) for path in files]
        raise_all([problems for _, _, problems in declarations])
        for done, (path, declaration, _) in enumerate(declarations, start=1):
            yield self._pending(path, declaration)
            progress("declarations", done, len(files))

    def _read_file(self, path: Path) -> tuple[Declaration, Problems]:
        problems = Problems(self._name_of(path))
        text = _read_text(path, problems)
        root = read_tree(text, problems) if text is not None else None
        return (Declaration() if root is None else validate(root, problems)), problems

    def _pending(self, path: Path, declaration: Declaration) -> list[Pending]:
        place = Place(
            self._name,
            self._name_of(path),
            str(Path(os.path.abspath(path)).parent),
            declaration.store,
            declaration.workspace,
            declaration.site or self._site or naming.DEFAULT_SITE,
        )
        pending = []
        for entry in declaration.entries:
            record = map_entry(entry, place)
            pending.append(Pending(record.key, record.fingerprint, partial(lambda made: made, record)))
            self.report.read[entry.section] += 1
        return pending

    def _name_of(self, path: Path) -> str:
        """What evidence calls a file: its path within what was ingested."""
        inside = path.relative_to(self._target) if self._target.is_dir() else Path(path.name)
        return strip_control(inside.as_posix())


def _default_name(path: Path) -> str:
    """The folder's name for a file that is called as all are, else the file's own."""
    if path.name in FILE_NAMES:
        path = path.parent
    return (path.stem if path.suffix in (".yaml", ".yml") else path.name) or "root"


def _find_files(target: Path) -> Iterator[Path]:
    shown = strip_control(str(target))
    if target.is_dir():
        found = sorted(_walk(target))
        if not found:
            raise SourceUnreadable(f"no {FILE_NAMES[0]} in {shown} or below it", hint=_HINT)
        yield from found
    elif target.exists():
        yield target
    else:
        raise SourceUnreadable(f"there is no {shown}", hint=_HINT)


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS]
        yield from (Path(here, name) for name in files if name in FILE_NAMES)


def _read_text(path: Path, problems: Problems) -> str | None:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SourceUnreadable(
            f"{strip_control(str(path))} can't be read: {error.strerror}", hint=_HINT
        ) from error
    if len(raw) > LARGEST_FILE:
        problems.add(1, f"the file is larger than {LARGEST_FILE:,} bytes")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add(line, "a byte that is no UTF-8")
        return None
