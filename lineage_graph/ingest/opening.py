"""Open a source under the name that it has in this graph: derived once, kept, and never that of another system."""

from __future__ import annotations

import os
from collections.abc import Mapping

from lineage_graph import naming
from lineage_graph.errors import StoreMissing, UsageError
from lineage_graph.graph import Origin
from lineage_graph.redact import redact_text, strip_control
from lineage_graph.sources.base import Source
from lineage_graph.sources.table import open_source
from lineage_graph.stores.base import Store


def open_for(store: Store, kind: str, target: str | None, options: Mapping[str, object]) -> Source:
    """The source, its name and settings as in earlier crawls of the same system unless `options` say otherwise."""
    # An empty name is none: a variable of a script that is not set must not lead to another store's records.
    given = {
        key: value for key, value in options.items() if value is not None and (key, value) != ("name", "")
    }
    if isinstance(roots := given.get("roots"), Mapping):
        given["roots"] = {str(each): place_root(str(each), str(folder)) for each, folder in roots.items()}
    source = open_source(kind, target, **given)
    known = _origins(store, kind)
    before = next((o for o in known if o.name == source.origin.name), None) if given.get("name") else None
    before = before or next((origin for origin in known if origin.uri == source.origin.uri), None)
    if before is not None and before.settings.get("workspace") != source.origin.settings.get("workspace"):
        # A crawl of one workspace would take back all that it does not see, which is the others.
        source.close()
        raise UsageError(
            f"{before.name} is another workspace, or all, of that server",
            hint="give this one a name of its own: --name",
        )
    wanted = dict(given)
    if before is not None:
        wanted.setdefault("name", before.name.split(":", 1)[1])
        if not given.get("site") and before.settings.get("site"):
            wanted["site"] = before.settings["site"]
    elif "name" not in given:
        wanted["name"] = _unused(source.origin.name.split(":", 1)[1], {origin.name for origin in known}, kind)
    kept = before.settings.get("roots") if before else None
    if merged := _merge_roots(kept, given.get("roots")):
        wanted["roots"] = merged
        # An experiment may go, or be called otherwise, after its root was given.
        if isinstance(kept, Mapping) and kept:
            wanted["known_roots"] = tuple(kept)
    else:
        wanted.pop("roots", None)
    if wanted == given:
        return source
    source.close()
    return open_source(kind, target, **wanted)


def place_root(experiment: str, folder: str) -> str:
    """The directory, absolute; one relative to the working directory only if it is there: nothing relative can lie below another."""
    location = naming.name_location(folder)
    if not folder or (location is not None and not location.relative):
        return folder
    here = os.path.abspath(os.path.expanduser(folder))
    if folder.strip() and os.path.isdir(here):
        return here
    shown = strip_control(redact_text(f"{experiment}={folder}"))
    raise UsageError(
        f"--root {shown}: neither absolute nor a directory here; give an absolute path or a URI",
        hint=f"such as --root {strip_control(redact_text(experiment))}=/srv/shop",
    )


def _merge_roots(before: object, given: object) -> dict[str, str]:
    """Those of earlier crawls with those of this one: each is said of one experiment. An empty directory takes one back."""
    roots: dict[str, str] = {}
    for each in (before, given):
        roots |= each if isinstance(each, Mapping) else {}
    return {experiment: folder for experiment, folder in roots.items() if folder}


def _origins(store: Store, kind: str) -> list[Origin]:
    try:
        return [origin for origin in store.state()[1] if origin.type == kind]
    except StoreMissing:
        return []


def _unused(name: str, taken: set[str], kind: str) -> str:
    number, candidate = 1, name
    while f"{kind}:{candidate}" in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate
