"""Where it is used: deployments, and who consumes what they give."""

from __future__ import annotations

from typing import NamedTuple

from lineage_graph.governance.citing import Owner
from lineage_graph.governance.material import Material
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.query.labels import label, text_of


class Use(NamedTuple):
    """What is used: a version, pointer or model by a deployment, a deployment or data by a consumer."""

    id: str
    kind: Kind
    name: str
    since: int | None
    until: int | None
    evidence: Evidence
    rule: str
    records: tuple[str, ...]


class User(NamedTuple):
    """A deployment or a consumer."""

    id: str
    kind: Kind
    name: str
    state: str
    platform: str | None
    namespace: str | None
    owner: Owner | None
    uses: tuple[Use, ...]
    records: tuple[str, ...]


def list_users(material: Material, kind: Kind) -> tuple[User, ...]:
    """Deployments, or consumers, that the subject reaches; the subject itself too. By name."""
    below = {node.id: node for node in (*material.downstream.nodes, material.subject) if node.kind is kind}
    return tuple(_user(material, below[id]) for id in sorted(below, key=lambda id: (below[id].name, id)))


def _user(material: Material, node: Node) -> User:
    return User(
        id=node.id,
        kind=node.kind,
        name=label(node),
        state=str(node.state),
        platform=text_of(node, "platform") or None,
        namespace=text_of(node, "namespace") or None,
        owner=material.owners.get(node.id),
        uses=tuple(
            _use(material, edge) for edge in material.into(node.id, EdgeType.SERVED_BY, EdgeType.FEEDS)
        ),
        records=material.citations.of_node(node),
    )


def _use(material: Material, edge: Edge) -> Use:
    used = material.nodes[edge.src]
    return Use(
        id=used.id,
        kind=used.kind,
        name=label(used),
        since=edge.valid_from,
        until=edge.valid_to,
        evidence=edge.evidence,
        rule=edge.rule,
        records=material.citations.of(edge.records),
    )
