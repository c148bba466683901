"""How a node is written so that it can be pasted as a reference, and how foreign text is echoed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lineage_graph.graph import Kind, Node
from lineage_graph.query.labels import text_of
from lineage_graph.redact import redact_text, strip_control


def echo(text: str, longest: int = 200) -> str:
    """What somebody typed, fit to be shown: no credential, no control character, no page of it."""
    shown = strip_control(redact_text(text))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def reference_of(node: Node) -> str:
    """The shortest thing to paste that means this node in a graph of one server.

    >>> reference_of(Node("modelversion:prod/default/churn/3", Kind.MODEL_VERSION, "churn/3",
    ...                   properties={"model": "churn", "version": 3}))
    'churn/3'
    """
    spell = _SPELLED.get(node.kind)
    return (spell(node) if spell else "") or node.id


def _spell_pointer(node: Node) -> str:
    model, alias = text_of(node, "model"), text_of(node, "alias")
    if not model:
        return ""
    return f"models:/{model}/{alias}" if node.properties.get("pointer") == "stage" else f"{model}@{alias}"


def _spell_parts(first: str, between: str, last: str) -> str:
    return f"{first}{between}{last}" if first and last else ""


_SPELLED: Mapping[Kind, Callable[[Node], str]] = {
    Kind.SOURCE: lambda node: text_of(node, "uri"),
    Kind.DATASET: lambda node: _spell_parts(node.name, "@", text_of(node, "digest")),
    Kind.RUN: lambda node: _spell_parts("runs:", "/", text_of(node, "run_id")),
    Kind.MODEL: lambda node: text_of(node, "model_id"),
    Kind.MODEL_VERSION: lambda node: _spell_parts(text_of(node, "model"), "/", text_of(node, "version")),
    Kind.ALIAS: _spell_pointer,
    **{
        kind: lambda node: f"{node.kind.lower()}:{node.name}"
        for kind in (Kind.DEPLOYMENT, Kind.CONSUMER, Kind.EXPERIMENT, Kind.REGISTERED_MODEL)
    },
}
