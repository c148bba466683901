"""Judgements of models: what was judged on which data, and what the result was.

A RUN_INPUT→MODEL_INPUT row says that a metric of the run named the model: it was judged, not loaded. Where several things
could be meant and nothing matches them, the edges say `unmatched`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Role, State
from lineage_graph.sources.mlflow.inputs import Input
from lineage_graph.sources.mlflow.payload import Measured, RunPayload
from lineage_graph.sources.mlflow.roles import Reading
from lineage_graph.sources.mlflow.texts import clean, clean_metrics, read_json, text_of

JUDGED_TAG = "mlflow.datasets"
_ROWS_METRIC = "example_count"
_TRAINING_METRICS = "training_"


class Judged(NamedTuple):
    """How the model that was judged is known; `model` is empty where it isn't, `uuid` what MLflow 2 calls it by."""

    model: str
    rule: str
    evidence: Evidence
    uuid: str = ""
    unmatched: bool = False


class Tested(NamedTuple):
    """Data that a judgement was made on, and how that is known."""

    input: Input
    rule: str
    evidence: Evidence
    context: str | None


class Made(NamedTuple):
    """Models that the run itself made: node ids, and those of before MLflow 3 by uuid."""

    nodes: tuple[str, ...]
    by_uuid: Mapping[str, str]


class Judgements(NamedTuple):
    """The claims about a run's evaluations."""

    nodes: tuple[NodeClaim, ...] = ()
    edges: tuple[EdgeClaim, ...] = ()
    mentions: tuple[Mention, ...] = ()


_NO_MODEL = Judged("", "unknown", Evidence.INFERRED)


def map_evaluations(
    run: RunPayload, inputs: Sequence[tuple[Input, Reading]], made: Made, state: State
) -> Judgements:
    """The run's evaluations: one for each model that it judged, one without a model where none is known."""
    tested = [*_tested_by_role(inputs), *_tested_by_metric(run, inputs)]
    elsewhere = _measured_elsewhere(run, inputs)
    if not (tested or elsewhere or _judges_without_data(run)):
        return Judgements()
    tag = _read_tag(run)
    found: dict[Judged, list[Tested]] = {}
    for data in tested:
        for judged in _judged_on(data.input, run, tag, made):
            found.setdefault(judged, []).append(data)
    for model in elsewhere:
        found.setdefault(Judged(model, "measured", Evidence.LOGGED), [])
    if not found:
        found = {judged: [] for judged in _named(None, run, tag, made) or [_NO_MODEL]}
    return _claims(run, found, state)


def _tested_by_role(inputs: Iterable[tuple[Input, Reading]]) -> Iterator[Tested]:
    for given, reading in inputs:
        if reading.role is Role.EVALUATION:
            yield Tested(given, reading.rule, reading.evidence, reading.context)


def _tested_by_metric(run: RunPayload, inputs: Sequence[tuple[Input, Reading]]) -> Iterator[Tested]:
    """Data of another role or none on which a metric was measured; training data is not judged upon, whatever its name."""
    if not run.measured:
        return
    trained = {given.digest for given, r in inputs if r.role is Role.TRAINING and r.rule == "context"}
    measured = {(row.dataset_name, row.dataset_digest) for row in run.measured if _is_judgement(row)}
    for given, reading in inputs:
        if reading.role is not Role.EVALUATION and given.digest not in trained and given.recorded in measured:
            yield Tested(given, "measured", Evidence.LOGGED, reading.context)


def _measured_elsewhere(run: RunPayload, inputs: Sequence[tuple[Input, Reading]]) -> list[str]:
    """Models measured on data that the run has no row of, under any name."""
    if not run.measured:
        return []
    digests = {given.recorded[1] for given, _ in inputs}
    rows = (row for row in run.measured if row.dataset_digest not in digests and _is_judgement(row))
    return list(dict.fromkeys(naming.model_id(row.model_id) for row in rows))


def _is_judgement(row: Measured) -> bool:
    return any(not name.startswith(_TRAINING_METRICS) for name in row.metrics) or not row.metrics


def _judges_without_data(run: RunPayload) -> bool:
    """Whether MLflow's own evaluation left its tag or metric, and the data no row, as before MLflow 2.4.

    A metric that names a model and no data is no judgement.
    """
    return JUDGED_TAG in run.tags or (not run.inputs and _ROWS_METRIC in run.metrics)


def _judged_on(data: Input, run: RunPayload, tag: Sequence[Mapping[str, object]], made: Made) -> list[Judged]:
    """The models judged on this data: MODEL_INPUT row, else the tag, else measured, else the only model that the run made."""
    named = _named(data, run, tag, made)
    if named:
        return named
    if len(made.nodes) == 1:
        return [Judged(made.nodes[0], "same-run", Evidence.INFERRED)]
    return [_NO_MODEL]


def _named(
    data: Input | None, run: RunPayload, tag: Sequence[Mapping[str, object]], made: Made
) -> list[Judged]:
    measured = _measured_on(run, data)
    by_tag = _by_tag(tag, data, made)
    rows = [naming.model_id(model) for model in dict.fromkeys(run.model_inputs)]
    if len(rows) > 1:
        fitting = {*measured, *(judged.model for judged in by_tag)}
        matched = [model for model in rows if model in fitting]
        unmatched = not matched and data is not None
        evidence = Evidence.INFERRED if unmatched else Evidence.LOGGED
        return [Judged(model, "model-input", evidence, "", unmatched) for model in matched or rows]
    if rows and not (data and _is_about_other_data(rows[0], measured, run, made)):
        return [Judged(rows[0], "model-input", Evidence.LOGGED)]
    return by_tag or [Judged(model, "measured", Evidence.LOGGED) for model in measured]


def _is_about_other_data(model: str, measured: Sequence[str], run: RunPayload, made: Made) -> bool:
    """Whether the one row names another's model, measured on other data of a run that made a model of its own."""
    if model in measured or model in made.nodes or not made.nodes:
        return False
    return any(naming.model_id(row.model_id) == model for row in run.measured)


def _measured_on(run: RunPayload, data: Input | None) -> list[str]:
    if not run.measured:
        return []
    rows = run.measured if data is None else [row for row in run.measured if _is_on(row, data)]
    return list(dict.fromkeys(naming.model_id(row.model_id) for row in rows))


def _is_on(row: Measured, data: Input) -> bool:
    return (row.dataset_name, row.dataset_digest) == data.recorded


def _read_tag(run: RunPayload) -> list[Mapping[str, object]]:
    """`mlflow.datasets`: [{"name": …, "hash": …, "model": id or uuid}], one for each dataset that evaluate was given."""
    value = read_json(run.tags.get(JUDGED_TAG))
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, Mapping) and text_of(entry.get("model"))]


def _by_tag(tag: Sequence[Mapping[str, object]], data: Input | None, made: Made) -> list[Judged]:
    """The models of the entries with the data's name. Data without a name is called by its hash there: such entries may be
    of this data where they all name one model.
    """
    entries = tag
    if data is not None:
        names = {data.name, data.recorded[0]}
        fitting = [entry for entry in tag if entry.get("name") in names]
        entries = fitting or [entry for entry in tag if entry.get("name") == entry.get("hash")]
        if not fitting and len({text_of(entry["model"]) for entry in entries}) != 1:
            return []
    return [_judged_by_tag(model, made) for model in dict.fromkeys(text_of(e["model"]) for e in entries)]


def _judged_by_tag(model: str, made: Made) -> Judged:
    if model.startswith("m-"):
        return Judged(naming.model_id(model), "evaluate-tag", Evidence.LOGGED)
    own = made.by_uuid.get(model)
    if own:
        return Judged(own, "evaluate-tag", Evidence.LOGGED)
    return Judged("", "evaluate-tag", Evidence.LOGGED, clean(model))


def _claims(run: RunPayload, found: Mapping[Judged, Sequence[Tested]], state: State) -> Judgements:
    """One evaluation a model. A run that judged one model of which only the uuid is known, and nothing else, is told by itself."""
    nodes: dict[str, NodeClaim] = {}
    edges: list[EdgeClaim] = []
    mentions: list[Mention] = []
    several = sum(not judged.model for judged in found) > 1
    for judged, tested in found.items():
        model = judged.model.removeprefix("model:") or (judged.uuid if several else "")
        node_id = naming.evaluation_id(run.run_id, model or None)
        node = _node(run, node_id, judged, tested, state)
        nodes[node_id] = _merged(nodes[node_id], node) if node_id in nodes else node
        if judged.model:
            edges.append(_model_edge(run, judged, node_id))
        elif judged.uuid:
            mentions.append(Mention(f"model-uuid:{judged.uuid}", node_id))
        edges += [_data_edge(run, judged, data, node_id) for data in tested]
    return Judgements(tuple(nodes.values()), tuple(edges), tuple(mentions))


def _node(run: RunPayload, node_id: str, judged: Judged, tested: Sequence[Tested], state: State) -> NodeClaim:
    properties: dict[str, object] = {
        "run_id": run.run_id,
        "run_name": clean(run.name),
        "metrics": clean_metrics(_metrics(run, judged, tested)),
        "datasets": sorted({f"{data.input.name}@{data.input.digest}" for data in tested}),
        "model": judged.rule,
        "experiment": clean(run.experiment_name),
        "experiment_id": run.experiment_id,
        "start": run.start,
        "end": run.end,
        "ran_by": clean(run.user) or None,
    }
    if judged.uuid:
        properties["model_uuid"] = judged.uuid
    gaps = [] if tested else ["no-dataset"]
    if not (judged.model or judged.uuid):
        gaps.append("evaluation-without-model")
    if judged.unmatched:
        gaps.append("unmatched")
    return NodeClaim(node_id, Kind.EVALUATION, clean(run.name) or run.run_id, properties, tuple(gaps), state)


def _merged(first: NodeClaim, second: NodeClaim) -> NodeClaim:
    """One evaluation of a model on data that named it in two ways."""
    datasets = sorted({*_list(first.properties["datasets"]), *_list(second.properties["datasets"])})
    metrics = {**_dict(second.properties["metrics"]), **_dict(first.properties["metrics"])}
    properties = {**second.properties, **first.properties, "datasets": datasets, "metrics": metrics}
    return first._replace(properties=properties, gaps=tuple(sorted({*first.gaps, *second.gaps})))


def _list(value: object) -> list[str]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _metrics(run: RunPayload, judged: Judged, tested: Sequence[Tested]) -> Mapping[str, float]:
    """Those that name the model and the data; else all of the run's that don't say that they are of the training."""
    rows = [
        row
        for row in run.measured
        if naming.model_id(row.model_id) == judged.model
        and (not tested or any(_is_on(row, data.input) for data in tested))
    ]
    if rows:
        return {name: value for row in rows for name, value in row.metrics.items()}
    return {name: value for name, value in run.metrics.items() if not name.startswith(_TRAINING_METRICS)}


def _model_edge(run: RunPayload, judged: Judged, node_id: str) -> EdgeClaim:
    return EdgeClaim(
        judged.model,
        node_id,
        EdgeType.EVALUATED_IN,
        judged.evidence,
        judged.rule,
        _ref(run, judged),
        run.start,
        properties={"unmatched": True} if judged.unmatched else {},
    )


def _ref(run: RunPayload, judged: Judged) -> str:
    """The row that says which model was judged."""
    if judged.rule == "evaluate-tag":
        return f"runs/{run.run_id}/tags/{JUDGED_TAG}"
    model = judged.model.removeprefix("model:").rpartition("/")[2]
    if judged.rule == "same-run" and model in run.source_models:
        return f"logged-models/{model}"
    folder = {"model-input": "model-inputs", "measured": "logged-model-metrics"}.get(judged.rule, "outputs")
    return f"{folder}/{run.run_id}/{model}"


def _data_edge(run: RunPayload, judged: Judged, data: Tested, node_id: str) -> EdgeClaim:
    properties: dict[str, object] = {"role": str(Role.EVALUATION), "context": clean_context(data.context)}
    if judged.unmatched:
        properties["unmatched"] = True
    return EdgeClaim(
        data.input.dataset,
        node_id,
        EdgeType.EVALUATED_IN,
        data.evidence,
        data.rule,
        input_ref(run.run_id, data.input),
        run.start,
        properties=properties,
    )


def clean_context(context: str | None) -> str | None:
    """A context as an edge shows it."""
    return None if context is None else clean(context)


def input_ref(run_id: str, given: Input) -> str:
    """The row that says that a run read a dataset."""
    return f"inputs/{run_id}/{given.name}@{given.digest}"
