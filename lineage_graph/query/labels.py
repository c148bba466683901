"""How people call a node: short enough for a line, exact enough to be told apart from its neighbours."""

from __future__ import annotations

import json
import re
import shlex

from lineage_graph.graph import Kind, Node

SHORT = 8
"""Hex digits of a run id that are shown, as git does."""
SHORT_MODEL = len("m-") + SHORT
_PLAIN_YAML = re.compile(r"[A-Za-z_/][\w./@+ -]*(?<! )")
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def text_of(node: Node, key: str) -> str:
    """A property as text; empty where there is none."""
    value = node.properties.get(key)
    return "" if value is None else str(value)


def label(node: Node) -> str:
    """What to call it in a sentence: `Training 9c04d2ab`, `orders@71fe0c35`, `churn/3`.

    >>> label(Node("run:9c04d2abff", Kind.RUN, "Training", properties={"run_id": "9c04d2abff"}))
    'Training 9c04d2ab'
    """
    match node.kind:
        case Kind.RUN | Kind.EVALUATION:
            short = text_of(node, "run_id")[:SHORT]
            return node.name if not short or short in node.name else f"{node.name} {short}".strip()
        case Kind.MODEL:
            # Most models are called "model".
            return f"{node.name} {text_of(node, 'model_id')[:SHORT_MODEL]}".strip()
        case Kind.DATASET:
            digest = text_of(node, "digest")
            return f"{node.name}@{digest}" if digest and not node.name.endswith(f"@{digest}") else node.name
        case Kind.SOURCE:
            return text_of(node, "recorded") or file_name(text_of(node, "uri") or node.name)
        case Kind.FEATURE:
            return text_of(node, "column") or node.name
        case _:
            return node.name or node.id


def file_name(uri: str) -> str:
    """The last part of a path or URI.

    >>> file_name("s3://shop/raw/orders.parquet")
    'orders.parquet'
    """
    return re.split(r"[/\\]", uri.rstrip("/\\"))[-1] or uri


def quote_python(text: str) -> str:
    """A Python string literal with double quotes, as people write it."""
    return json.dumps(text, ensure_ascii=False)


def quote_yaml(text: str) -> str:
    """A YAML scalar, quoted only where it must be.

    >>> quote_yaml("params.train-data-path"), quote_yaml("a: b"), quote_yaml("123")
    ('params.train-data-path', '"a: b"', '"123"')
    """
    plain = _PLAIN_YAML.fullmatch(text) and text.lower() not in _YAML_WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def quote_shell(text: str) -> str:
    """One word for a shell."""
    return shlex.quote(text)
