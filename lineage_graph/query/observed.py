"""Pointers at a time of which no crawl knows: MLflow keeps no history of them, so before the first crawl nothing was seen."""

from __future__ import annotations

from collections.abc import Iterable

from lineage_graph.graph import EdgeType, Kind, Node, NodeClaim
from lineage_graph.query.answer import Gap, rfc3339
from lineage_graph.query.gaps import word_gap
from lineage_graph.query.labels import label
from lineage_graph.query.reached import Reached
from lineage_graph.stores.base import Direction, Store


def gaps_of_time(store: Store, reached: Reached) -> list[Gap]:
    """`not-observed` for each pointer, or version that one may have stood on, that the time asked for lies before."""
    as_of = reached.options.as_of
    if as_of is None:
        return []
    if reached.direction is Direction.UPSTREAM:
        pointed = {edge.dst for edge in reached.edges if edge.type is EdgeType.ALIASED_AS}
        blind = [n for n in reached.nodes.values() if n.kind is Kind.ALIAS and n.id not in pointed]
        return [_gap(node, as_of) for node in blind]
    pointing = {edge.src for edge in reached.edges if edge.type is EdgeType.ALIASED_AS}
    versions = [
        node for node in reached.nodes.values() if node.kind is Kind.MODEL_VERSION and node.id not in pointing
    ]
    return [_gap(node, as_of) for node in _seen_later(store, versions, as_of)]


def _gap(node: Node, as_of: int) -> Gap:
    gap = word_gap("not-observed", node)
    what = (
        f"what pointed at {label(node)}" if node.kind is Kind.MODEL_VERSION else f"where {label(node)} stood"
    )
    return gap._replace(message=f"{what} at {rfc3339(as_of)} was not observed: no crawl had seen it by then")


def _seen_later(store: Store, versions: list[Node], as_of: int) -> Iterable[Node]:
    """Versions that were there at that time and that the first crawl saw only afterwards."""
    if not versions:
        return
    seen: dict[str, int] = {}
    for claimed in store.claims([node.id for node in versions]):
        if isinstance(claimed.claim, NodeClaim) and claimed.first_seen is not None:
            id = claimed.claim.id
            seen[id] = min(seen.get(id, claimed.first_seen), claimed.first_seen)
    for node in versions:
        created = node.properties.get("created")
        is_later = isinstance(created, int) and created > as_of
        if seen.get(node.id, 0) > as_of and not is_later:
            yield node
