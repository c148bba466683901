"""How a node is called and described in one line; its family gives colour and shape."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lineage_graph.graph import Kind, Node, State
from lineage_graph.query.labels import SHORT, file_name, text_of
from lineage_graph.query.labels import label as text_label
from lineage_graph.render.text import Style


class Family(StrEnum):
    """Kinds that look alike."""

    DATA = "data"
    RUN = "run"
    MODEL = "model"
    SERVING = "serving"
    EVALUATION = "evaluation"
    GROUP = "group"


FAMILIES: Mapping[Kind, Family] = {
    Kind.SOURCE: Family.DATA,
    Kind.DATASET: Family.DATA,
    Kind.FEATURE: Family.DATA,
    Kind.FEATURE_SET: Family.DATA,
    Kind.RUN: Family.RUN,
    Kind.EVALUATION: Family.EVALUATION,
    Kind.MODEL: Family.MODEL,
    Kind.MODEL_VERSION: Family.MODEL,
    Kind.ALIAS: Family.MODEL,
    Kind.DEPLOYMENT: Family.SERVING,
    Kind.CONSUMER: Family.SERVING,
    Kind.EXPERIMENT: Family.GROUP,
    Kind.REGISTERED_MODEL: Family.GROUP,
    Kind.JOB: Family.GROUP,
}

STYLES: Mapping[Family, Style] = {
    Family.DATA: Style.DATA,
    Family.RUN: Style.RUN,
    Family.MODEL: Style.MODEL,
    Family.SERVING: Style.SERVING,
    Family.EVALUATION: Style.EVALUATION,
    Family.GROUP: Style.DIM,
}

FILLS: Mapping[Family, tuple[str, str]] = {
    Family.DATA: ("#d9f2dd", "#1b7837"),
    Family.RUN: ("#eceff1", "#546e7a"),
    Family.MODEL: ("#dbe9fb", "#1f5fa8"),
    Family.SERVING: ("#fde8cf", "#b35c00"),
    Family.EVALUATION: ("#ecdff5", "#6a3d9a"),
    Family.GROUP: ("#f7f7f7", "#777777"),
}
"""Fill and stroke, with the contrast of text on it above 4.5:1."""

WORDS: Mapping[Kind, str] = {
    Kind.FEATURE_SET: "feature set",
    Kind.MODEL_VERSION: "version",
    Kind.REGISTERED_MODEL: "registered model",
}


def word(kind: Kind) -> str:
    """The kind as a word for people."""
    return WORDS.get(kind) or kind.value.lower()


def style_of(node: Node) -> Style:
    """The colour of a node's name."""
    return Style.GAP if node.state is State.DELETED else STYLES[FAMILIES[node.kind]]


def label(node: Node) -> str:
    """What a person calls it, told apart from its namesakes: `churn/3`, `Training 9c04d2ab`, `orders@71fe0c35`."""
    if node.kind is Kind.DEPLOYMENT:
        namespace = text_of(node, "namespace")
        return (
            f"{namespace}/{node.name}"
            if namespace and not node.name.startswith(f"{namespace}/")
            else node.name
        )
    if node.kind is Kind.FEATURE and (source := text_of(node, "source")):
        return f"{text_label(node)} of {file_name(source)}"
    if node.kind is Kind.MODEL:
        apart = text_of(node, "model_id")[: SHORT + 2] or text_of(node, "run_id")[:SHORT]
        return f"{node.name} {apart}" if apart and apart not in node.name else node.name or node.id
    return text_label(node) or node.id


_DETAILS: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    Kind.SOURCE: (("", "uri"), ("recorded as ", "recorded")),
    Kind.DATASET: (("digest of ", "digest_strength"), ("rows ", "rows"), ("of ", "source")),
    Kind.RUN: (("", "status"), ("experiment ", "experiment"), ("ran by ", "ran_by"), ("commit ", "commit")),
    Kind.EVALUATION: (("", "experiment"),),
    Kind.MODEL: (("", "model_type"), ("path ", "path"), ("", "status")),
    Kind.MODEL_VERSION: (("", "status"), ("stage ", "stage")),
    Kind.ALIAS: (("", "pointer"), ("now version ", "version")),
    Kind.DEPLOYMENT: (("on ", "platform"),),
}


def detail(node: Node) -> str:
    """The few facts about a node that fit a line."""
    facts = [_fact(prefix, node.properties.get(key)) for prefix, key in _DETAILS.get(node.kind, ())]
    if node.kind is Kind.ALIAS and node.state is State.DELETED:
        facts = [fact.replace("now version", "was version") for fact in facts]
    if node.kind is Kind.EVALUATION:
        facts.append(_metrics(node.properties.get("metrics")))
    facts.append(_fact("owner ", node.properties.get("owner")))
    return " · ".join(fact for fact in facts if fact)


def _fact(prefix: str, value: object) -> str:
    if value is None or value in ("", "none", "None"):
        return ""
    text = str(value).removeprefix("source:")
    return prefix + (text[:SHORT] if prefix == "commit " else text)


def _metrics(metrics: object, most: int = 3) -> str:
    if not isinstance(metrics, Mapping):
        return ""
    shown = [f"{key} {_number(value)}" for key, value in sorted(metrics.items())[:most]]
    return ", ".join(shown) + (", …" if len(metrics) > most else "")


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
