"""Every name of a tracking database replaced and every id redrawn, by words and digits that occur nowhere else.

Since each new word stands for one old one, an answer about the renamed store can be said in the old words, and must then be
the old answer. Rules read some words: those that tell a role in a dataset's name, and file extensions, are left.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from typing import Any

from tests.oracle import ROLES
from tests.support.databases import tables

Row = dict[str, Any]

ID = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-f])"
)
SHORT = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?![0-9a-f])")
"""A digest, or an id as labels show it."""
EXPERIMENT = re.compile(r"((?:mlruns|mlflow-artifacts:)[/\\]+)(\d+)(?=[/\\])")
TERMINAL = r"\x1b\[[\d;]*[A-Za-z]|\x1b\][^\x07]*\x07"
WORD = re.compile(rf"{TERMINAL}|[A-Za-z][A-Za-z0-9]*")
NEW_WORD = re.compile(r"zq[a-p]+q")
HEAD = re.compile(
    r"(?:[A-Za-z][\w+.-]+://[^/]*|[A-Za-z][\w+.-]+:)?[/\\]*(?:[A-Za-z]:|(?:dbfs|Volumes)(?=/))?"
)
ROLE_WORDS = {word for _, words in ROLES for word in words}
LOCATION_KEYS = ("uri", "url", "path", "table_name", "delta_table_name")
FEAST_NAMES = ("feast.project", "feast.feature_service", "feast.feature_views", "feast.feature_refs")
FEAST_FUNCTION = "feast.get_historical_features"
"""What Feast says instead of a place."""
NAMED = (
    "experiments",
    "runs",
    "logged_models",
    "registered_models",
    "model_versions",
    "registered_model_tags",
    "model_version_tags",
    "registered_model_aliases",
)


class Renaming:
    """New words and ids for a store; the same seed draws the same ones."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._new: dict[tuple[str, str], str] = {}
        self.old: dict[str, str] = {}

    def rename(self, store: sqlite3.Connection, *, keep: bool = False) -> None:
        """The rows under their new names; with `keep` beside the old ones, as work that has nothing to do with theirs."""
        for table, columns in tables(store).items():
            if table in ("alembic_version", "workspaces") or table.startswith("sqlite_"):
                continue
            found = [
                dict(zip(columns, row, strict=True)) for row in store.execute(f'SELECT * FROM "{table}"')
            ]
            if not keep:
                store.execute(f'DELETE FROM "{table}"')
            marks = ", ".join("?" for _ in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            store.executemany(
                f'INSERT INTO "{table}" ({names}) VALUES ({marks})',
                [tuple(self._row(table, row).values()) for row in found],
            )

    # ---- what a store says in its own words, from what the renamed one says

    def back(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text_back(value)
        if isinstance(value, dict):
            return {self.back(key): self.back(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self.back(inner) for inner in value)
        return value

    def _text_back(self, text: str) -> str:
        text = ID.sub(lambda found: self.old.get(found[0], found[0]), text)
        text = SHORT.sub(lambda found: self.old.get(found[0], found[0]), text)
        text = re.sub(r"(?<!\d)\d{9}(?!\d)", lambda found: self.old.get(found[0], found[0]), text)
        return NEW_WORD.sub(lambda found: self.old.get(found[0], found[0]), text)

    # ---- rows

    def _row(self, table: str, row: Row) -> Row:
        row = {column: self._ids(value) for column, value in row.items()}
        if isinstance(row.get("experiment_id"), int):
            row["experiment_id"] = int(self._experiment(str(row["experiment_id"])))
        if table in NAMED:
            row["name"] = self._words(row["name"])
        match table:
            case "registered_model_aliases":
                row["alias"] = self._words(row["alias"])
            case "model_versions":
                self._version_row(row)
            case "datasets":
                row["name"], row["digest"] = self._dataset(row["name"]), self._digest(row["digest"])
                row["dataset_source"] = self._source(row["dataset_source"])
            case "input_tags" if row["value"].count("/") > 1:
                row["value"] = self._location(row["value"])
            case "params":
                row["value"] = self._value(row["value"])
            case "tags":
                row["value"] = self._tag(row["key"], row["value"])
            case str() if table.startswith("logged_model_"):
                self._model_row(table, row)
        return row

    def _version_row(self, row: Row) -> None:
        row["source"] = self._artifact(self._model_uri(row["source"]))
        if "storage_location" in row:
            row["storage_location"] = self._artifact(row["storage_location"])

    def _model_row(self, table: str, row: Row) -> None:
        if table == "logged_model_metrics" and row["dataset_name"]:
            row["dataset_name"] = self._dataset(row["dataset_name"])
            row["dataset_digest"] = self._digest(row["dataset_digest"])
        if table == "logged_model_params":
            row["param_value"] = self._value(row["param_value"])
        if table == "logged_model_tags" and row["tag_key"] == "mlflow.modelVersions":
            versions = json.loads(row["tag_value"])
            row["tag_value"] = json.dumps([one | {"name": self._words(one["name"])} for one in versions])

    def _tag(self, key: str, value: str) -> str:
        if key == "mlflow.runName":
            return self._words(value)
        if key == "mlflow.datasets":
            judged = [one | {"name": self._dataset(one["name"])} for one in json.loads(value)]
            return json.dumps(judged, separators=(",", ":"))
        if key == "mlflow.log-model.history":
            history = json.loads(value)
            return json.dumps([one | {"artifact_path": self._words(one["artifact_path"])} for one in history])
        if key in FEAST_NAMES:
            # Columns keep their names, here as in a dataset's schema.
            named = [ref.partition(":") for ref in value.split(",")]
            return ",".join(f"{self._words(view)}{colon}{column}" for view, colon, column in named)
        return value if key.startswith("mlflow.") else self._value(value)

    # ---- words

    def _draw(self, sort: str, old: str, new: str) -> str:
        if (sort, old) not in self._new:
            self._new[sort, old], self.old[new] = new, old
        return self._new[sort, old]

    def _word(self, word: str) -> str:
        drawn = "".join(self._random.choices("abcdefghijklmnop", k=7))
        return self._draw("word", word, f"zq{drawn}q")

    def _words(self, text: Any) -> Any:  # a column may be null
        if not isinstance(text, str):
            return text
        return WORD.sub(lambda found: found[0] if found[0][0] == "\x1b" else self._word(found[0]), text)

    def _dataset(self, name: str) -> str:
        """A dataset's new name, less the words that may tell its role; ids that stand for a name are redrawn already."""
        if ID.fullmatch(name):
            return name
        return WORD.sub(
            lambda found: (
                found[0] if found[0][0] == "\x1b" or _tells_a_role(found[0]) else self._word(found[0])
            ),
            name,
        )

    # ---- places

    def _source(self, text: str) -> str:
        try:
            told = json.loads(text)
        except ValueError:
            return text
        if not isinstance(told, dict):
            return text
        for key in LOCATION_KEYS:
            if isinstance(told.get(key), str):
                told[key] = self._location(told[key])
        return json.dumps(told)

    def _value(self, value: str) -> str:
        if value and value.startswith("models:/"):
            return self._model_uri(value)
        return self._location(value) if value and ("/" in value or value.startswith("postgres:")) else value

    def _location(self, text: str) -> str:
        """Folders, files and tables get new names; scheme, host, drive, extension and query stay."""
        if text == FEAST_FUNCTION:
            return text
        place, mark, query = text.partition("?")
        head = HEAD.match(place)
        assert head is not None
        rest = place[head.end() :]
        ending = re.search(r"\.\w+$", rest) if "/" in place or "\\" in place else None
        stem = rest[: ending.start()] if ending else rest
        return head[0] + self._words(stem) + (ending[0] if ending else "") + mark + query

    def _artifact(self, text: Any) -> Any:
        """The path of an artifact below its run."""
        if not isinstance(text, str):
            return text
        return re.sub(
            r"([0-9a-f]{32}[/\\](?:artifacts[/\\])?)(?!artifacts$)(.+)$",
            lambda found: found[1] + self._words(found[2]),
            text,
        )

    def _model_uri(self, text: str) -> str:
        found = re.fullmatch(r"models:/(?!m-[0-9a-f]{32})([^/@]+)(?:/(\d+)|@(.+))", text or "")
        if not found:
            return text
        end = f"/{found[2]}" if found[2] else f"@{self._words(found[3])}"
        return f"models:/{self._words(found[1])}{end}"

    # ---- ids

    def _ids(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        value = ID.sub(lambda found: self._id(found[0]), value)
        return EXPERIMENT.sub(lambda found: found[1] + self._experiment(found[2]), value)

    def _id(self, old: str) -> str:
        drawn = f"{self._random.getrandbits(128):032x}"
        if "-" in old:
            drawn = "-".join((drawn[:8], drawn[8:12], drawn[12:16], drawn[16:20], drawn[20:]))
        new = self._draw("id", old, drawn)
        self.old[new[:8]] = old[:8]
        return new

    def _digest(self, old: str) -> str:
        return (
            self._draw("digest", old, f"{self._random.getrandbits(32):08x}") if SHORT.fullmatch(old) else old
        )

    def _experiment(self, old: str) -> str:
        return self._draw("experiment", old, str(self._random.randrange(10**8, 10**9)))


def _tells_a_role(word: str) -> bool:
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", word)
    return any(
        form in ROLE_WORDS for part in map(str.lower, parts) for form in (part, part.removesuffix("s"))
    )
