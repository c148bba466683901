"""Runs whose param or tag is the location of their data, because a declaration says so: an origin, *declared*. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, Node, NodeClaim, Record, Role
from lineage_graph.naming import Location
from lineage_graph.naming.looks import is_table_name
from lineage_graph.naming.rows import experiment_in
from lineage_graph.naming.words import roles_in
from lineage_graph.resolve.declared import merge_claims
from lineage_graph.resolve.derived import derived
from lineage_graph.resolve.roots import Roots, claim_rooted, name_rooted

RULE = "declared-input"
INPUT = "declared:input"
"""The key that concerns every run with an input that a declaration made."""
LONGEST = 4096
_PLACE = re.compile(r"[/\\.:]")
"""A bare word may be anything."""
_NO_LOCATION = re.compile(
    r"(?:none|null|nan|true|false|[\[({].*|[-+.\d]+|models:.*|runs?:.*|.*\*\*\*.*)", re.IGNORECASE
)


class DeclaredInput(NamedTuple):
    """Which param or tag (`params.NAME`, `tags.NAME`) is a location, of data for what; and where that is declared."""

    key: str
    role: str | None
    ref: str


class Judged(NamedTuple):
    """What is known of a run's judgements: its evaluations, and the models that it made."""

    evaluations: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


NOT_JUDGED = Judged()


def role_of(key: str) -> Role:
    """What data is for by the words of its key; training where they don't say.

    >>> str(role_of("params.test-data-path")), str(role_of("params.data"))
    ('evaluation', 'training')
    """
    return next(iter(roles_in(key.partition(".")[2])), Role.TRAINING)


def value_of(run: Node, key: str) -> str | None:
    """The location that a run's param or tag holds, None where it holds none."""
    group, _, name = key.partition(".")
    values = run.properties.get(group)
    value = values.get(name) if isinstance(values, Mapping) else None
    text = value.strip() if isinstance(value, str) else ""
    if not _PLACE.search(text) or len(text) > LONGEST or "\n" in text or _NO_LOCATION.fullmatch(text):
        return None
    return text


def resolve_inputs(
    run: Node,
    inputs: Sequence[DeclaredInput],
    roots: Roots,
    logged: frozenset[str],
    judged: Judged = NOT_JUDGED,
) -> Record | None:
    """What a run read by its declared params and tags. `logged` are URIs of data that its own record says it read."""
    nodes: list[NodeClaim] = []
    edges: dict[tuple[str, str, str], EdgeClaim] = {}
    for given in inputs:
        text = value_of(run, given.key)
        place = None if text is None else _locate(text, run, roots)
        if text is None or place is None or place[0].uri in logged:
            continue
        role = Role(given.role) if given.role else role_of(given.key)
        claims, links = _claim(run, given, text, place, role, judged)
        nodes += claims
        for edge in links:
            edges.setdefault((edge.src, edge.dst, edge.type), edge)
    if not edges:
        return None
    return derived(
        f"declared-inputs/{run.id}",
        nodes=merge_claims(nodes),
        edges=list(edges.values()),
        mentions=[Mention(INPUT, run.id)],
    )


def _locate(text: str, run: Node, roots: Roots) -> tuple[Location, NodeClaim] | None:
    """Where it is, and the claim of the source there. A relative path is one within the store and the run's experiment."""
    experiment = str(run.properties.get("experiment") or run.properties.get("experiment_id"))
    scope = f"{roots.store}/{experiment_in(str(run.properties.get('workspace') or ''), experiment)}"
    if is_table_name(text):
        location = naming.name_table(text, site=roots.site, scope=scope)
    else:
        location = naming.name_location(text, site=roots.site, scope=scope)
    if location is not None and location.relative:
        recorded = location.name
        location = name_rooted(recorded, scope, roots)
        return None if location is None else (location, _declared(claim_rooted(location, recorded, scope)))
    if location is None:
        return None
    properties = {"uri": location.uri, **({"site": location.scope} if location.scope else {})}
    source = NodeClaim(naming.source_id(location), Kind.SOURCE, location.uri, properties)
    return location, _declared(source)


def _declared(claim: NodeClaim) -> NodeClaim:
    return claim._replace(evidence=Evidence.DECLARED)


def _claim(
    run: Node,
    given: DeclaredInput,
    text: str,
    place: tuple[Location, NodeClaim],
    role: Role,
    judged: Judged,
) -> tuple[list[NodeClaim], list[EdgeClaim]]:
    location, source = place
    native = str(run.properties.get("run_id") or run.id.partition(":")[2])
    dataset = naming.dataset_id(source.id, f"run:{native}")
    name = location.uri.rstrip("/").rpartition("/")[2] or location.uri
    properties: dict[str, object] = {"name": name, "names": [name], "digest": "", "digest_strength": "none"}
    properties |= {"source": location.uri, "token": f"run:{native}"}
    nodes = [source, NodeClaim(dataset, Kind.DATASET, name, properties, evidence=Evidence.DECLARED)]
    said = {"text": f"{given.key}={text}"}
    version = EdgeClaim(
        source.id, dataset, EdgeType.HAS_VERSION, Evidence.DECLARED, RULE, given.ref, properties=said
    )
    start = run.properties.get("start")
    began = start if isinstance(start, int) else None
    closed: tuple[str, ...] = ("-no-dataset",)
    if role is Role.EVALUATION:
        test = list(_test(run, native, dataset, given, began, judged))
        nodes += [claim for claim in test if isinstance(claim, NodeClaim)]
        edges = [version, *(claim for claim in test if isinstance(claim, EdgeClaim))]
    else:
        closed = ("-no-dataset", "-evaluation-data-only") if role is Role.TRAINING else closed
        read = {"role": role.value, "context": None, **said}
        edge = EdgeClaim(
            dataset, run.id, EdgeType.READ_BY, Evidence.DECLARED, RULE, given.ref, began, properties=read
        )
        edges = [version, edge]
    nodes.append(NodeClaim(run.id, Kind.RUN, "", {}, closed, evidence=Evidence.DECLARED))
    return nodes, edges


def _test(
    run: Node, native: str, dataset: str, given: DeclaredInput, began: int | None, judged: Judged
) -> Iterator[NodeClaim | EdgeClaim]:
    """Data that a judgement was made on: of each known one, else of one that judged the run's only model, if there is one."""
    known = judged.evaluations
    if not known:
        only = judged.models[0] if len(judged.models) == 1 else None
        target = naming.evaluation_id(native, only.removeprefix("model:") if only else None)
        known = (target,)
        properties = {"run_id": native, "metrics": run.properties.get("metrics") or {}}
        properties["experiment"] = run.properties.get("experiment")
        gaps = () if only else ("evaluation-without-model",)
        yield NodeClaim(
            target, Kind.EVALUATION, run.name, properties, gaps, run.state, evidence=Evidence.INFERRED
        )
        if only:
            yield EdgeClaim(
                only, target, EdgeType.EVALUATED_IN, Evidence.INFERRED, "same-run", given.ref, began
            )
    for evaluation in known:
        yield NodeClaim(evaluation, Kind.EVALUATION, "", {}, ("-no-dataset",), evidence=Evidence.DECLARED)
        yield EdgeClaim(dataset, evaluation, EdgeType.EVALUATED_IN, Evidence.DECLARED, RULE, given.ref, began)
