"""A second opinion, by plain SQL: what a SQLite tracking store of any schema revision says about its versions."""

import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

ROLES = (
    ("training", {"train", "training", "fit", "tune", "tuning"}),
    ("evaluation", {"eval", "evaluation", "val", "valid", "validation", "test", "testing", "holdout"}),
    ("inference", {"predict", "prediction", "inference", "score", "scoring"}),
)


class VersionInput(NamedTuple):
    model: str
    version: int
    run_id: str
    dataset: str
    digest: str
    role: str | None


def version_inputs(path: Path) -> set[VersionInput]:
    """Every input of the run behind every live version; no role where no context says one."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as store:
        return {
            VersionInput(model, version, run_id, *given)
            for (model, version), run_id in version_runs(store).items()
            if run_id is not None
            for given in run_inputs(store, run_id)
        }


def version_runs(store: sqlite3.Connection) -> dict[tuple[str, int], str | None]:
    """The run of each live version, by its logged model, what it was copied from, its source, its run id."""
    maker = dict(select(store, "logged_models", "model_id, source_run_id"))
    tags = select(store, "registered_model_tags", "name, key")
    prompts = {name for name, key in tags if key == "mlflow.prompt.is_prompt"}
    place = "storage_location" if "storage_location" in columns(store, "model_versions") else "NULL"
    live = {
        (name, version): (source or "", location or "", run_id)
        for name, version, source, location, run_id, stage in store.execute(
            f"SELECT name, version, source, {place}, run_id, current_stage FROM model_versions"
        )
        if stage != "Deleted_Internal" and name not in prompts
    }

    def run_of(key: tuple[str, int], seen: frozenset[tuple[str, int]] = frozenset()) -> str | None:
        source, location, run_id = live[key]
        for text in (source, location):
            if (named := re.search(r"\bm-[0-9a-f]{32}\b", text)) and named[0] in maker:
                return str(maker[named[0]])
        copied = re.fullmatch(r"models:/(.+)/(\d+)", source)
        if copied and (origin := (copied[1], int(copied[2]))) in live and origin not in seen:
            return run_of(origin, seen | {key})
        in_source = re.search(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", source)
        return in_source[0] if in_source else run_id or None

    return {key: run_of(key) for key in live}


def run_inputs(store: sqlite3.Connection, run_id: str) -> set[tuple[str, str, str | None]]:
    """(name, digest, role by context) of each dataset that the run logged."""
    if not columns(store, "datasets"):
        return set()
    found = store.execute(
        "SELECT d.name, d.digest, t.value FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id"
        " LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'"
        " WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = ?",
        (run_id,),
    )
    return {(name, digest, role_of(context)) for name, digest, context in found}


def role_of(context: str | None) -> str | None:
    """The role that the context's words say: training before evaluation before inference; a path says none."""
    if not context or re.match(r"/|\w+:/|\w:\\", context):
        return None
    split = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", context)
    words = {form for word in map(str.lower, split) for form in (word, word.removesuffix("s"))}
    return next((role for role, names in ROLES if words & names), None)


def columns(store: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in store.execute(f"PRAGMA table_info({table})")}


def select(store: sqlite3.Connection, table: str, wanted: str) -> list[tuple[str, str]]:
    """The rows of a table, or none where this revision has no such table."""
    return store.execute(f"SELECT {wanted} FROM {table}").fetchall() if columns(store, table) else []


if __name__ == "__main__":
    for row in sorted(version_inputs(Path(sys.argv[1])), key=str):
        print(*row, sep="\t")
