"""What is missing, in words: for each gap code what to say about the node, and what closes it, ready to paste.

Sources mark nodes with codes; the words are made here, once, from the node's own names. Each code has a page in the
documentation, see `page`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from lineage_graph.graph import Kind, Node, Origin, State
from lineage_graph.query.answer import Gap
from lineage_graph.query.labels import file_name, label, quote_python, quote_shell, quote_yaml, text_of
from lineage_graph.stores.base import Direction

Hints = Mapping[str, Sequence[str]]
"""Node id -> the params or tags (`params.train-data-path`) whose values may say where its data is."""
NO_HINTS: Hints = {}
_OF_THEIR_TIME = frozenset({Kind.MODEL_VERSION, Kind.ALIAS})
"""What ends with its record: nothing restores it, and of the time before all is known."""


class Concerns(StrEnum):
    """Which answers a gap says something about."""

    ABOVE = "above"
    BELOW = "below"
    BOTH = "both"


class Wording(NamedTuple):
    """One row of the table: how a gap is said, and how it is closed."""

    message: Callable[[Node], str]
    fix: Callable[[Node, Sequence[str]], str]
    concerns: Concerns = Concerns.BOTH
    title: str = ""


UNREADABLE = frozenset({"source-unreadable", "features-unreadable"})
"""Something on the way could not be read: the verdict is `unreadable`. A signature says nothing of where data came from."""


def page(code: str) -> str:
    """The documentation's page of a gap code."""
    return f"docs/gaps/{code}.md"


def word_gap(code: str, node: Node, hints: Hints = NO_HINTS) -> Gap:
    """One gap of one node."""
    wording = WORDINGS.get(code)
    if wording is None:
        return Gap(code, node.id, f"{label(node)}: {code}", f"lineage-graph show {quote_shell(node.id)}")
    return Gap(code, node.id, wording.message(node), wording.fix(node, hints.get(node.id, ())))


def said_of(node: Node, code: str, origins: Sequence[Origin], hints: Hints = NO_HINTS) -> Gap:
    """One gap of one node, as far as it can be told: what a crawl has not read yet is not missing.

    `origins` are those of the graph. While one of them was not read whole (`--experiment`, `--since`, a crawl under way), a run,
    model or version that only others name may lie in the part that was left out.
    """
    unread = next((each for each in origins if not each.complete and each.type not in _READ_WHOLE), None)
    if unread is None or not node.stub or node.kind not in _RECORDED or code not in _MISSING:
        return word_gap(code, node, hints)
    message = f"{_named(node)} is named and was not read: {unread.name} was not read whole"
    fix = f"lineage-graph ingest mlflow {quote_shell(unread.uri)}   # all of it"
    return Gap("source-unreadable", node.id, message, fix)


_RECORDED = frozenset({Kind.RUN, Kind.MODEL, Kind.MODEL_VERSION})
_MISSING = frozenset({"run-missing", "no-run"})
_READ_WHOLE = frozenset({"resolve", "declared"})
"""Types of origins in which no run, model or version is kept."""


def crawl_of(fix: str, node: Node, origins: Iterable[Origin]) -> str:
    """A fix that crawls again, with what was crawled: by itself it would mean the store of the working directory."""
    if fix != _CRAWL and not fix.startswith(f"{_CRAWL}   #"):
        return fix
    for origin in origins:
        if origin.uri and any(record.startswith(f"{origin.name}/") for record in node.records):
            return fix.replace(_CRAWL, f"{_CRAWL} {quote_shell(origin.uri)}", 1)
    return fix


_CRAWL = "lineage-graph ingest mlflow"
LEAST = "use-unknown"
"""The last gap to look into: every label is such a column."""


def title_of(code: str) -> str:
    """What a gap code means, in a few words."""
    wording = WORDINGS.get(code)
    return wording.title if wording else code


def codes_of(node: Node) -> list[str]:
    """The node's own gaps, and those that its state is."""
    codes = list(node.gaps)
    if node.kind is Kind.RUN and node.stub:
        codes.append("run-missing")
    elif node.state is State.DELETED and "run-missing" not in codes:
        codes.append("deleted-on-path")
    return sorted(set(codes))


def concerns(code: str, direction: Direction | None) -> bool:
    """Whether an answer in this direction should speak of it."""
    wording = WORDINGS.get(code)
    if direction is None or wording is None or wording.concerns is Concerns.BOTH:
        return True
    return (wording.concerns is Concerns.ABOVE) == (direction is Direction.UPSTREAM)


def missing_above(node: Node) -> str:
    """The code for an upstream end that no source marked: nothing that is not captured goes without a gap."""
    match node.kind:
        case Kind.RUN:
            return "run-missing" if node.stub else "no-dataset"
        case Kind.DATASET:
            return "code-only-source"
        case Kind.MODEL | Kind.MODEL_VERSION:
            return "no-run"
        case Kind.EVALUATION:
            return "no-dataset"
        case Kind.ALIAS:
            return "not-observed"
        case _:
            return "reference-unresolved"


def log_input_lines(name: str, context: str = "training") -> str:
    """The two lines of training code that make an origin of a data frame."""
    return (
        f'data = mlflow.data.from_pandas(df, source="PATH OR URI OF THE DATA", name={quote_python(name)})\n'
        f'mlflow.log_input(data, context="{context}")'
    )


def inputs_line(keys: Sequence[str]) -> str:
    """The line of lineage.yaml that makes origins of params or tags.

    >>> inputs_line(["params.train-data-path"])
    'inputs: [params.train-data-path]'
    """
    return f"inputs: [{', '.join(quote_yaml(key) for key in keys)}]"


def loads_lines(run: Node, model: str) -> str:
    """The lines of lineage.yaml that say that a run loaded a model."""
    return (
        f"loads:\n  - run: {quote_yaml(text_of(run, 'run_id') or run.name)}\n    model: {quote_yaml(model)}"
    )


def root_option(node: Node) -> str:
    """The option of `ingest` that makes a relative path absolute."""
    experiment = text_of(node, "scope").partition("/")[2] or text_of(node, "experiment") or "EXPERIMENT"
    return f"--root {quote_shell(experiment)}=DIR"


def _data_fix(node: Node, keys: Sequence[str]) -> str:
    if keys:
        return inputs_line(keys[:1])
    # Of one name and digest MLflow keeps the first source of an experiment for good: under the old name the new one is lost.
    return log_input_lines(f"{node.name}-located" if node.kind is Kind.DATASET else "training-data")


def _evaluation_fix(node: Node, keys: Sequence[str]) -> str:
    run = text_of(node, "run_id") or node.name
    return f"evaluations:\n  - run: {quote_yaml(run)}\n    model: NAME/VERSION"


def _which_model_fix(node: Node, keys: Sequence[str]) -> str:
    return f"mlflow.register_model(model_info.model_uri, {quote_python(text_of(node, 'model') or node.name)})"


def _no_run_fix(node: Node, keys: Sequence[str]) -> str:
    if node.kind is Kind.MODEL_VERSION:
        name = quote_python(text_of(node, "model") or node.name)
        return f"MlflowClient().create_model_version({name}, source=model_uri, run_id=run.info.run_id)"
    return 'with mlflow.start_run():\n    mlflow.sklearn.log_model(model, name="model")'


def _deleted_message(node: Node) -> str:
    if node.kind in _OF_THEIR_TIME:
        return f"{_named(node)} is deleted: where it stood is known of the time when it was there"
    return f"{_named(node)} is deleted; what came of it is not"


def _restore_fix(node: Node, keys: Sequence[str]) -> str:
    if node.kind in _OF_THEIR_TIME:
        return f"lineage-graph upstream {quote_shell(node.id)} --as-of TIME   # when it was there"
    if node.kind in (Kind.RUN, Kind.EVALUATION) and (run := text_of(node, "run_id")):
        return f"mlflow runs restore --run-id {quote_shell(run)}"
    return f"lineage-graph show {quote_shell(node.id)}"


def _pointer_fix(node: Node, keys: Sequence[str]) -> str:
    name, version = quote_python(text_of(node, "model") or node.name), text_of(node, "version") or "VERSION"
    return f'MlflowClient().set_registered_model_alias({name}, "champion", {version})'


def _signature_message(node: Node) -> str:
    if node.properties.get("signature_state") == "not-read":
        return f"the signature of {label(node)} was not read: which columns it uses is not known"
    return f"the MLmodel file of {label(node)} could not be read: which columns it uses is not known"


def _signature_fix(node: Node) -> str:
    if node.properties.get("signature_state") == "not-read":
        return "lineage-graph ingest mlflow --artifacts"
    place = text_of(node, "artifact_location")
    return "lineage-graph ingest mlflow URI   # from where its artifacts can be read" + (
        f": {place}" if place else ""
    )


def _features_message(node: Node) -> str:
    told = node.properties.get("features")
    told = told if isinstance(told, Mapping) else {}
    if told.get("state") == "not-read":
        return f"{_named(node)} looks features up, and was not asked which"
    if node.kind is Kind.RUN:
        return f"the list of features that Feast retrieved for {_named(node)} is cut short or not understood"
    return f"feature_spec.yaml of {_named(node)} could not be read as a whole: it looks features up, and not all are known"


def _features_fix(node: Node, keys: Sequence[str]) -> str:
    if node.kind is Kind.RUN:
        return _data_fix(node, keys)
    told = node.properties.get("features")
    if isinstance(told, Mapping) and told.get("state") == "not-read":
        return "lineage-graph ingest mlflow --artifacts"
    return _signature_fix(node)


def _feature_message(node: Node) -> str:
    where = file_name(text_of(node, "source")) or "its source"
    return f"what became of column {label(node)} of {where} is not recorded: a label, dropped, or transformed"


def _relative_message(node: Node) -> str:
    recorded = text_of(node, "recorded") or node.name
    return f"{recorded} is recorded as a relative path; the directory was not"


WORDINGS: Mapping[str, Wording] = {
    "relative-path": Wording(
        _relative_message, lambda node, _: root_option(node), title="a relative path, without its directory"
    ),
    "code-only-source": Wording(
        lambda node: f"{label(node)}: the code that made it is recorded, where the data came from is not",
        _data_fix,
        title="data that is known by the code that made it only",
    ),
    "no-dataset": Wording(
        lambda node: f"{_named(node)} logged no dataset",
        _data_fix,
        Concerns.ABOVE,
        "a run that logged no dataset",
    ),
    "role-not-recorded": Wording(
        lambda node: f"{label(node)}: what the data was read for, training or evaluation, is not recorded",
        lambda node, _: 'mlflow.log_input(data, context="training")',
        title="data read for a purpose that is not recorded",
    ),
    "which-model": Wording(
        lambda node: f"{label(node)} names a run and not which of its models it is",
        _which_model_fix,
        title="a version that names a run and not which of its models",
    ),
    "no-run": Wording(
        lambda node: f"{label(node)} names no run and no model that is known",
        _no_run_fix,
        Concerns.ABOVE,
        "a model or version without a run",
    ),
    "evaluation-without-model": Wording(
        lambda node: f"evaluation {label(node)} names no model",
        _evaluation_fix,
        title="an evaluation that names no model",
    ),
    "signature-unreadable": Wording(
        _signature_message,
        lambda node, _: _signature_fix(node),
        title="a signature that was not read",
    ),
    "features-unreadable": Wording(
        _features_message, _features_fix, Concerns.ABOVE, "features that were recorded and not read"
    ),
    "use-unknown": Wording(
        _feature_message,
        lambda node, _: (
            'mlflow.sklearn.log_model(model, name="model", signature=infer_signature(X_train))'
            "   # a label stays: it is in no signature"
        ),
        Concerns.BELOW,
        "a column whose use is not recorded",
    ),
    "run-not-finished": Wording(
        lambda node: f"{_named(node)} had not finished when it was read",
        lambda node, _: "lineage-graph ingest mlflow",
        title="a run that had not finished",
    ),
    "not-observed": Wording(
        lambda node: f"where {label(node)} stood at that time was not observed",
        lambda node, _: (
            "lineage-graph ingest mlflow   # as often as pointers move: MLflow keeps no history of them"
        ),
        title="a pointer at a time that no crawl saw",
    ),
    "unmatched": Wording(
        lambda node: f"which input of {label(node)} made which output is not recorded",
        lambda node, _: (
            f"derivations:\n  - output: OUTPUT\n    from: [INPUT]\n    by: {quote_yaml(node.name)}"
        ),
        title="inputs and outputs that are not matched",
    ),
    "deleted-on-path": Wording(
        _deleted_message,
        _restore_fix,
        title="something deleted, with something live below it",
    ),
    "source-unreadable": Wording(
        lambda node: f"something about {label(node)} could not be read",
        lambda node, _: "lineage-graph status   # says what was skipped; then ingest again",
        title="something that could not be read",
    ),
    "reference-unresolved": Wording(
        lambda node: f"{label(node)} declares what leads nowhere: {_unresolved(node)}",
        lambda node, _: (
            "lineage-graph search TEXT   # finds what it may be called; then mend the declaration"
        ),
        title="a declared reference that leads nowhere",
    ),
    "evaluation-data-only": Wording(
        lambda node: (
            f"{_named(node)} has data recorded only as evaluation: what it trained on is not recorded"
        ),
        _data_fix,
        Concerns.ABOVE,
        "a run with data recorded only as evaluation",
    ),
    "run-missing": Wording(
        lambda node: f"run {label(node)} is named by a model or a version, and the store has no such run",
        lambda node, _: "lineage-graph ingest mlflow URI   # of the server that has it",
        title="a run that is named and is not there",
    ),
    "cycle": Wording(
        lambda node: f"{label(node)} is recorded as flowing round to itself",
        lambda node, _: f"lineage-graph show {quote_shell(node.id)}   # the record behind each hop",
        title="what flows round",
    ),
    "no-pointer": Wording(
        lambda node: (
            f"{text_of(node, 'model') or label(node)} has neither an alias nor a stage: nothing says what is live"
        ),
        _pointer_fix,
        Concerns.BELOW,
        "a registered model without alias or stage",
    ),
}


def _unresolved(node: Node) -> str:
    """Which references of a declaration, and why."""
    said = node.properties.get("unresolved")
    return "; ".join(map(str, said)) if isinstance(said, (list, tuple)) and said else "a reference in it"


def _named(node: Node) -> str:
    """The kind and what it is called: `run Training 9c04d2ab`, `model m-71fe0c35`."""
    word, name = "version" if node.kind is Kind.MODEL_VERSION else str(node.kind).lower(), label(node)
    return name if name.startswith(f"{word} ") else f"{word} {name}"
