"""Read a store's `truth.yaml` and hold an answer against it; the words are those of tests/data/mlflow/README.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

STORES = Path(__file__).parent / "data" / "mlflow"
NOT_EXACT_KINDS = {"Feature", "FeatureSet"}
NOT_EXACT_GAPS = {"use-unknown", "signature-unreadable"}


class Question(NamedTuple):
    """One question of one store."""

    store: str
    direction: str
    ref: str
    options: Mapping[str, bool]
    truth: Mapping[str, Any]

    @property
    def id(self) -> str:
        options = "".join(f" {option}" for option in self.options)
        return f"{self.store}: {self.direction} {self.ref!a}{options}"


def read_truth(store: str) -> dict[str, Any]:
    truth: dict[str, Any] = yaml.safe_load((STORES / store / "truth.yaml").read_text(encoding="utf-8"))
    return truth


def store_names() -> list[str]:
    return sorted(path.parent.name for path in STORES.glob("*/truth.yaml"))


def questions() -> Iterator[Question]:
    for store in store_names():
        for asked in read_truth(store).get("questions", ()):
            ask = dict(asked["ask"])
            direction = "upstream" if "upstream" in ask else "downstream"
            ref = ask.pop(direction)
            yield Question(store, direction, ref, ask, asked)


def labels_of(answer: Mapping[str, Any], run_names: Mapping[str, str]) -> dict[str, list[set[str]]]:
    """kind -> one set of acceptable labels a node, roots left out."""
    roots = {root["id"] for root in answer["roots"]}
    found: dict[str, list[set[str]]] = {}
    for node in answer["nodes"]:
        if node["id"] not in roots and node["kind"] not in NOT_EXACT_KINDS:
            found.setdefault(node["kind"], []).append(_labels(node, run_names))
    return found


def _labels(node: Mapping[str, Any], run_names: Mapping[str, str]) -> set[str]:
    properties = node["properties"]
    match node["kind"]:
        case "Source":
            return {str(properties.get("uri")), str(properties.get("recorded"))}
        case "Dataset":
            return {f"{name}@{properties['digest']}" for name in properties["names"]}
        case "Model":
            run = run_names.get(str(properties.get("run_id")), "")
            return {f"{run}/{node['name']}", f"{run}/{properties.get('path')}"}
        case "Alias":
            mark = "@" if properties["pointer"] == "alias" else "/"
            return {f"{properties['model']}{mark}{properties['alias']}"}
        case "ModelVersion":
            return {f"{properties['model']}/{properties['version']}"}
        case _:
            return {node["name"]}


def unmatched(expected: list[str], found: list[set[str]]) -> tuple[list[str], list[set[str]]]:
    """What of either side has no partner on the other. `~TEXT` fits any label with TEXT in it."""
    left, missing = list(found), []
    for label in sorted(expected, key=lambda text: text.startswith("~")):
        partner = next((labels for labels in left if _fits(label, labels)), None)
        if partner is None:
            missing.append(label)
        else:
            left.remove(partner)
    return missing, left


def _fits(label: str, labels: set[str]) -> bool:
    return any(label[1:] in text for text in labels) if label.startswith("~") else label in labels


def differences(answer: Mapping[str, Any], question: Question, run_names: Mapping[str, str]) -> list[str]:
    """Every way in which the answer is not the truth."""
    truth, wrong = question.truth, []
    if answer["verdict"] != truth.get("verdict", answer["verdict"]):
        wrong.append(f"verdict {answer['verdict']}, not {truth['verdict']}")
    if "nodes" in truth:
        found, expected = labels_of(answer, run_names), truth["nodes"] or {}
        for kind in sorted({*found, *expected}):
            missing, extra = unmatched(expected.get(kind, []), found.get(kind, []))
            wrong += [f"missing {kind} {label!a}" for label in missing]
            wrong += [f"extra {kind} {sorted(labels)!a}" for labels in extra]
    return wrong + _wrong_gaps(answer, truth) + _wrong_possible(answer, truth)


def _wrong_gaps(answer: Mapping[str, Any], truth: Mapping[str, Any]) -> list[str]:
    codes = {gap["code"] for gap in answer["gaps"]} - NOT_EXACT_GAPS
    wrong = []
    if "gaps" in truth:
        ignored = {"no-pointer"} if answer["direction"] == "upstream" else set()
        if codes - ignored != set(truth["gaps"]) - ignored:
            wrong.append(f"gaps {sorted(codes)}, not {sorted(truth['gaps'])}")
    lacking = set(truth.get("gaps_at_least", ())) - codes
    return wrong + ([f"no gap {sorted(lacking)}"] if lacking else [])


def _wrong_possible(answer: Mapping[str, Any], truth: Mapping[str, Any]) -> list[str]:
    rules = Counter({possible["rule"] for possible in answer["possible"]})
    if "possible" in truth and set(rules) != set(truth["possible"]):
        return [f"possible {sorted(rules)}, not {sorted(truth['possible'])}"]
    return []
