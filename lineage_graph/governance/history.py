"""The versions of the registered models in question, and where their pointers stood, as far as crawls saw it.

MLflow keeps no history of aliases and stages: https://mlflow.org/docs/latest/ml/model-registry/ names the current version only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lineage_graph.governance.citing import Owner
from lineage_graph.governance.material import Material, by_version
from lineage_graph.graph import Claimed, EdgeClaim, EdgeType, Evidence, Kind, Node, NodeClaim
from lineage_graph.query.labels import label, text_of
from lineage_graph.stores.base import Store


class Version(NamedTuple):
    """One version of a registered model. `audited`: the report is about it; `copied`: what is audited was copied from it."""

    id: str
    name: str
    model: str
    version: int | None
    audited: bool
    copied: bool
    state: str
    status: str | None
    stage: str | None
    description: str | None
    tags: Mapping[str, object]
    created: int | None
    updated: int | None
    run_id: str | None
    source: str | None
    storage_location: str | None
    owner: Owner | None
    records: tuple[str, ...]


class Interval(NamedTuple):
    """A pointer stood on a version: first seen by the crawl at `since`, no longer by the one at `until`.

    It came between `not_before`, the last crawl that had not yet seen it, and `since`; without one, nobody looked before.
    """

    version: str
    name: str
    not_before: int | None
    since: int | None
    until: int | None
    records: tuple[str, ...]


class Pointer(NamedTuple):
    """An alias or a stage, and where it stood. `observed_since`: the crawl that first saw one of its model's versions."""

    id: str
    name: str
    pointer: str
    asked: bool
    observed_since: int | None
    intervals: tuple[Interval, ...]


class History(NamedTuple):
    """Versions by number, pointers by name."""

    versions: tuple[Version, ...]
    pointers: tuple[Pointer, ...]


def read_history(material: Material) -> History:
    """The whole registered models of the versions that the subject stands for; of those that were copied, the version alone."""
    own = {id for id in material.own if material.nodes[id].kind is Kind.MODEL_VERSION}
    nodes = {id: material.nodes[id] for id in own}
    nodes.update(_siblings(material.store, sorted(own & material.audited)))
    claims = material.store.claims(sorted(nodes))
    owners = material.citations.owners(nodes.values())
    versions = [_version(node, material, owners) for node in sorted(nodes.values(), key=by_version)]
    return History(tuple(versions), tuple(_pointers(material, nodes, claims)))


def _siblings(store: Store, versions: Sequence[str]) -> dict[str, Node]:
    if not versions:
        return {}
    members = frozenset({EdgeType.VERSION_OF})
    groups = store.neighbours(versions, members).nodes.values()
    ids = [node.id for node in groups if node.kind is Kind.REGISTERED_MODEL]
    found = store.neighbours(ids, members).nodes if ids else {}
    return {id: node for id, node in found.items() if node.kind is Kind.MODEL_VERSION}


def _version(node: Node, material: Material, owners: Mapping[str, Owner]) -> Version:
    said = node.properties
    number, tags = said.get("version"), said.get("tags")
    stage = text_of(node, "stage")
    return Version(
        id=node.id,
        name=label(node),
        model=text_of(node, "model"),
        version=number if isinstance(number, int) else None,
        audited=node.id in material.audited,
        copied=node.id in material.own and node.id not in material.audited,
        state=str(node.state),
        status=text_of(node, "status") or None,
        stage=None if stage in ("", "None") else stage,
        description=text_of(node, "description") or None,
        tags=tags if isinstance(tags, Mapping) else {},
        created=time_of(said.get("created")),
        updated=time_of(said.get("updated")),
        run_id=text_of(node, "run_id") or None,
        source=text_of(node, "source") or None,
        storage_location=text_of(node, "storage_location") or None,
        owner=owners.get(node.id),
        records=material.citations.of_node(node),
    )


def time_of(value: object) -> int | None:
    """Epoch milliseconds, where there are any."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _pointers(
    material: Material, versions: Mapping[str, Node], claims: Sequence[Claimed]
) -> Iterable[Pointer]:
    """By the claims on the versions, so that a pointer that is gone has its history still."""
    stood: dict[str, list[tuple[Claimed, EdgeClaim]]] = {}
    for claimed in claims:
        claim = claimed.claim
        if (
            isinstance(claim, EdgeClaim)
            and claim.type is EdgeType.ALIASED_AS
            and claim.src in versions
            and claim.evidence is not Evidence.POSSIBLE
        ):
            stood.setdefault(claim.dst, []).append((claimed, claim))
    seen = _first_seen(claims, versions)
    known = material.store.get(sorted(stood))
    for id in sorted(stood, key=lambda id: (known[id].name if id in known else id, id)):
        node = known.get(id)
        intervals = {_interval(material, each, versions): None for each in stood[id]}
        models = {text_of(versions[interval.version], "model") for interval in intervals}
        yield Pointer(
            id=id,
            name=label(node) if node else id,
            pointer=text_of(node, "pointer") or "alias" if node else "alias",
            asked=id in material.audited,
            observed_since=min((seen[model] for model in models if model in seen), default=None),
            intervals=tuple(
                sorted(intervals, key=lambda each: (each.since or 0, each.until or 0, each.name))
            ),
        )


def _interval(material: Material, each: tuple[Claimed, EdgeClaim], versions: Mapping[str, Node]) -> Interval:
    claimed, claim = each
    return Interval(
        version=claim.src,
        name=label(versions[claim.src]),
        not_before=time_of(claim.properties.get("not_before")),
        since=claim.valid_from,
        until=claim.valid_to,
        records=material.citations.of([claimed.ref]),
    )


def _first_seen(claims: Iterable[Claimed], versions: Mapping[str, Node]) -> dict[str, int]:
    """Registered model -> when a crawl first saw one of its versions."""
    seen: dict[str, int] = {}
    for claimed in claims:
        claim = claimed.claim
        if isinstance(claim, NodeClaim) and claim.id in versions and claimed.first_seen is not None:
            model = text_of(versions[claim.id], "model")
            seen[model] = min(seen.get(model, claimed.first_seen), claimed.first_seen)
    return seen
