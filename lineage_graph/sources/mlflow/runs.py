"""A run as a record: itself, what it read and for what, what it made, what it judged, and what its record lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from lineage_graph import naming
from lineage_graph.graph import (
    EVIDENCE_RANK,
    EdgeClaim,
    EdgeType,
    Evidence,
    Kind,
    Mention,
    NodeClaim,
    Record,
    Role,
    State,
)
from lineage_graph.naming.rows import USUAL_WORKSPACE
from lineage_graph.sources.mlflow.evaluations import (
    Judgements,
    Made,
    clean_context,
    input_ref,
    map_evaluations,
)
from lineage_graph.sources.mlflow.feast import read_retrieved
from lineage_graph.sources.mlflow.feature_claims import map_retrieved, mention_features
from lineage_graph.sources.mlflow.hints import Hint, hint_context, hint_data, mention_others
from lineage_graph.sources.mlflow.inputs import Input, Place, map_input, place_of
from lineage_graph.sources.mlflow.models import Logged, mention_uuids, produced_claims, read_history
from lineage_graph.sources.mlflow.payload import RunPayload
from lineage_graph.sources.mlflow.roles import CONTEXT_TAG, Reading, Row, is_context_path, read_roles
from lineage_graph.sources.mlflow.scope import Scope
from lineage_graph.sources.mlflow.signature import Signature
from lineage_graph.sources.mlflow.tags import kept_tags
from lineage_graph.sources.mlflow.texts import clean, clean_metrics, clean_texts, clean_uri

PARENT_TAG = "mlflow.parentRunId"
_UNFINISHED = frozenset({"RUNNING", "SCHEDULED"})
_BROKEN_OFF = frozenset({"FAILED", "KILLED"})
_NO_SIGNATURES: Mapping[str, Signature] = {}
_FLOW_FIRST = (Role.TRAINING, Role.UNSPECIFIED, Role.INFERENCE)
_LEAST = (len(_FLOW_FIRST), 0)

_MADE_NONE = Made((), {})

ReadInput = tuple[Input, Reading]


def map_run(
    payload: RunPayload,
    scope: Scope,
    signatures: Mapping[str, Signature] = _NO_SIGNATURES,
    feast: bytes | None = None,
) -> Record:
    """A run and all that hangs on it. `signatures` (by artifact path) are of models of before MLflow 3, `feast` is the list of
    features that Feast logged beside its models.
    """
    payload = _with_clean_ids(payload)
    node_id = naming.run_id(payload.run_id)
    state = _state(payload)
    place = place_of(scope, payload)
    history = read_history(
        payload, State.DELETED if state is State.DELETED else State.LIVE, signatures, scope.site
    )
    produced = list(produced_claims(payload, history))
    made = _made(payload, produced, history)
    inputs = _map_inputs(payload, place, made)
    judgements = map_evaluations(payload, inputs, made, state)
    hints = [*hint_data(payload, place), *_hint_contexts(payload, inputs, place)]
    features = map_retrieved(read_retrieved(payload.tags, feast), scope.site)
    gaps = (*_gaps(payload, inputs, made, judgements), *features.gaps)
    properties = {**_properties(payload), **features.properties}
    nodes = [NodeClaim(node_id, Kind.RUN, clean(payload.name) or payload.run_id, properties, gaps, state)]
    nodes += [logged.node for logged in history]
    nodes += _other_names(inputs)
    edges = [*_groups(payload, node_id, scope), *_reads(payload, node_id, inputs), *produced]
    for hint in hints:
        nodes += hint.nodes
        edges += hint.edges
    return Record(
        f"runs/{payload.run_id}",
        b"",
        (*_unique(nodes), *judgements.nodes),
        tuple(_strongest([*edges, *judgements.edges])),
        (*_mentions(payload, node_id, history, judgements), *mention_features(features, node_id)),
        _shared(inputs, features.shared, history),
    )


def _with_clean_ids(run: RunPayload) -> RunPayload:
    """Ids are texts from elsewhere too: MLflow lets whoever writes to a store choose most of them."""
    run_id, experiment_id, status = clean(run.run_id), clean(run.experiment_id), clean(run.status)
    others = run.model_inputs or run.model_outputs or run.measured
    others = others or run.unfinished_outputs or run.source_models
    if not others and (run_id, experiment_id, status) == (run.run_id, run.experiment_id, run.status):
        return run
    return run._replace(
        run_id=run_id,
        experiment_id=experiment_id,
        status=status,
        model_inputs=tuple(map(clean, run.model_inputs)),
        model_outputs=tuple((clean(model), step) for model, step in run.model_outputs),
        unfinished_outputs=tuple(map(clean, run.unfinished_outputs)),
        source_models=tuple(map(clean, run.source_models)),
        measured=tuple(row._replace(model_id=clean(row.model_id)) for row in run.measured),
    )


# ---- the run itself


def _state(run: RunPayload) -> State:
    if run.lifecycle == "deleted":
        return State.DELETED
    return State.FAILED if run.status in _BROKEN_OFF else State.LIVE


def _properties(run: RunPayload) -> dict[str, object]:
    tags = run.tags
    found: dict[str, object] = {
        "run_id": run.run_id,
        "status": run.status,
        "experiment": clean(run.experiment_name),
        "experiment_id": run.experiment_id,
        "start": run.start,
        "end": run.end,
        "ran_by": clean(run.user or tags.get("mlflow.user", "")) or None,
        "source_name": _tag(run, "mlflow.source.name"),
        "commit": _tag(run, "mlflow.source.git.commit"),
        "repo": clean_uri(tags.get("mlflow.source.git.repoURL", "")) or None,
        "branch": _tag(run, "mlflow.source.git.branch"),
        "parent": _tag(run, PARENT_TAG),
        "description": _tag(run, "mlflow.note.content"),
        "params": clean_texts(run.params),
        "metrics": clean_metrics(run.metrics),
        "tags": kept_tags(tags),
    }
    if run.workspace != USUAL_WORKSPACE:
        found["workspace"] = clean(run.workspace)
    return found


def _tag(run: RunPayload, name: str) -> str | None:
    value = run.tags.get(name)
    return clean(value) if value else None


def _groups(run: RunPayload, node_id: str, scope: Scope) -> Iterator[EdgeClaim]:
    ref = f"runs/{run.run_id}"
    experiment = naming.experiment_id(scope.store, run.experiment_id)
    yield EdgeClaim(
        node_id, experiment, EdgeType.IN_EXPERIMENT, Evidence.LOGGED, "experiment", ref, run.start
    )
    parent = _tag(run, PARENT_TAG)
    if parent and parent != run.run_id:
        ref = f"runs/{run.run_id}/tags/{PARENT_TAG}"
        yield EdgeClaim(
            node_id, naming.run_id(parent), EdgeType.CHILD_OF, Evidence.LOGGED, "parent-run", ref, run.start
        )


def _gaps(run: RunPayload, inputs: Sequence[ReadInput], made: Made, judgements: Judgements) -> Iterator[str]:
    if not inputs:
        yield "no-dataset"
    elif all(reading.role is Role.EVALUATION for _, reading in inputs) and not _only_judges(
        run, made, judgements
    ):
        yield "evaluation-data-only"
    if any(reading.role is Role.UNSPECIFIED for _, reading in inputs):
        yield "role-not-recorded"
    if run.status in _UNFINISHED:
        yield "run-not-finished"


def _only_judges(run: RunPayload, made: Made, judgements: Judgements) -> bool:
    """Whether the run made nothing and is known to have judged what others made: it has no training data to miss."""
    judged = any(edge.src.startswith("model:") for edge in judgements.edges) or bool(judgements.mentions)
    return not made.nodes and not run.unfinished_outputs and judged


# ---- what it read


def _map_inputs(run: RunPayload, place: Place, made: Made) -> list[ReadInput]:
    if not run.inputs:
        return []
    mapped = [map_input(given, place) for given in run.inputs]
    rows = [
        Row(given.name, given.tags.get(CONTEXT_TAG, ""), found.coverage.rows)
        for given, found in zip(run.inputs, mapped, strict=True)
    ]
    readings = read_roles(run, rows, bool(made.nodes or run.model_outputs or run.source_models))
    return list(zip(_same_data(mapped), readings, strict=True))


def _same_data(inputs: list[Input]) -> list[Input]:
    """Within one run an equal digest is the same data: what has no location there is the one located dataset that has it.

    What autologging records beside the user's own `log_input` is thus no second, unlocated dataset. A digest of one row
    or less, or of none of the data, is no evidence.
    """
    if len({found.source is None for found in inputs}) < 2:
        return inputs
    located: dict[tuple[str, int | None], dict[str, Input]] = {}
    for found in inputs:
        if found.source is not None and (found.coverage.digest_rows or 0) > 1:
            located.setdefault((found.digest, found.coverage.rows), {})[found.dataset] = found
    return [_located(found, located) for found in inputs]


def _located(found: Input, located: Mapping[tuple[str, int | None], Mapping[str, Input]]) -> Input:
    same = located.get((found.digest, found.coverage.rows), {})
    if found.source is not None or len(same) != 1:
        return found
    twin = next(iter(same.values()))
    return twin._replace(name=found.name, recorded=found.recorded)


def _other_names(inputs: Sequence[ReadInput]) -> Iterator[NodeClaim]:
    """What a located dataset was also called, by the row that had no location."""
    for given, _ in inputs:
        if given.shared and given.shared[0].nodes[0].name == given.name:
            continue
        own = {record.nodes[0].name for record in given.shared if record.key.startswith("datasets/")}
        if own and given.name not in own:
            yield NodeClaim(given.dataset, Kind.DATASET, min(own), {"names": [given.name]})


def _reads(run: RunPayload, node_id: str, inputs: Sequence[ReadInput]) -> Iterator[EdgeClaim]:
    """READ_BY for all but evaluation data: for each dataset the rows that say most, what trained the model before what is not
    known to have.
    """
    read = [each for each in inputs if each[1].role is not Role.EVALUATION]
    if len(read) > 1:
        read = _most_telling(read)
    for given, reading in read:
        yield EdgeClaim(
            given.dataset,
            node_id,
            EdgeType.READ_BY,
            reading.evidence,
            reading.rule,
            input_ref(run.run_id, given),
            run.start,
            properties=_said_of(reading),
        )


def _most_telling(read: Sequence[ReadInput]) -> list[ReadInput]:
    ranks: dict[str, tuple[int, int]] = {}
    for given, reading in read:
        ranks[given.dataset] = min(_rank(reading), ranks.get(given.dataset, _LEAST))
    return [(given, reading) for given, reading in read if _rank(reading) == ranks[given.dataset]]


@lru_cache(maxsize=1024)
def _said_of(reading: Reading) -> Mapping[str, object]:
    """What an edge says of a reading; shared by all edges that say the same."""
    return {"role": str(reading.role), "context": clean_context(reading.context)}


@lru_cache(maxsize=1024)
def _rank(reading: Reading) -> tuple[int, int]:
    return (_FLOW_FIRST.index(reading.role), EVIDENCE_RANK[reading.evidence])


def _hint_contexts(run: RunPayload, inputs: Sequence[ReadInput], place: Place) -> Iterator[Hint]:
    for given, reading in inputs:
        if reading.context and is_context_path(reading.context):
            yield from hint_context(reading.context, given, run, place)


def _shared(
    inputs: Sequence[ReadInput], features: Sequence[Record], history: Sequence[Logged]
) -> tuple[Record, ...]:
    if len(inputs) == 1 and not features and not history:
        return inputs[0][0].shared
    found = [
        *(record for given, _ in inputs for record in given.shared),
        *features,
        *(record for logged in history for record in logged.shared),
    ]
    return tuple({record.key: record for record in found}.values())


# ---- what it made, and the record as a whole


def _made(run: RunPayload, produced: Sequence[EdgeClaim], history: Sequence[Logged]) -> Made:
    """Also what only the models' own records say of this run: they claim those edges."""
    if not (produced or history or run.source_models):
        return _MADE_NONE
    by_uuid = {uuid: logged.node.id for logged in history for uuid in logged.uuids}
    told = [naming.model_id(model) for model in run.source_models if model not in run.unfinished_outputs]
    return Made(tuple(dict.fromkeys([*(edge.dst for edge in produced), *told])), by_uuid)


def _mentions(
    run: RunPayload, node_id: str, history: Sequence[Logged], judgements: Judgements
) -> Iterable[Mention]:
    found = [*mention_others(run, node_id), *mention_uuids(history), *judgements.mentions]
    return dict.fromkeys(found) if found else ()


def _unique(nodes: Sequence[NodeClaim]) -> Iterable[NodeClaim]:
    """One claim a node; the run's hints may name one place twice."""
    if len(nodes) == 1:
        return nodes
    unique: dict[str, NodeClaim] = {}
    for node in nodes:
        unique.setdefault(node.id, node)
    return unique.values()


def _strongest(edges: Sequence[EdgeClaim]) -> Iterable[EdgeClaim]:
    """Of the claims on one edge the strongest, one for each row that makes it: all of them are cited, in whatever order they come."""
    ranks: dict[tuple[str, str, EdgeType], int] = {}
    if len({edge[:3] for edge in edges}) == len(edges):
        return edges
    for edge in edges:
        rank = EVIDENCE_RANK[edge.evidence]
        ranks[edge[:3]] = min(rank, ranks.get(edge[:3], rank))
    chosen: dict[tuple[str, str, EdgeType, str], EdgeClaim] = {}
    for edge in edges:
        if EVIDENCE_RANK[edge.evidence] == ranks[edge[:3]]:
            chosen.setdefault((*edge[:3], edge.ref), edge)
    return chosen.values()
