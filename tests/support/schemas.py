"""The published JSON Schemas, and whether a document is as they say."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((files("lineage_graph") / "schemas" / f"{name}-1.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check(name: str, document: Any) -> None:
    text = json.dumps(document, allow_nan=False, ensure_ascii=False)
    validator(name).validate(json.loads(text))
