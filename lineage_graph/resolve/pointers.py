"""Whether anything says which version of a registered model is live."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lineage_graph.graph import Evidence, Kind, Node, NodeClaim, Record, State
from lineage_graph.resolve.derived import derived


def resolve_pointers(registered: Node, versions: Sequence[Node], pointed: Collection[str]) -> Record | None:
    """The gap `no-pointer` on the newest live version, where no version has an alias, a stage or a deployment.

    `pointed` holds the ids of versions that something points at or serves.
    """
    live = [version for version in versions if version.state is State.LIVE and not version.stub]
    # An alias may stand on a version that was not read.
    has_pointer = registered.properties.get("aliases") or any(version.id in pointed for version in versions)
    if not live or has_pointer:
        return None
    newest = max(live, key=_number)
    gap = NodeClaim(
        newest.id, Kind.MODEL_VERSION, newest.name, gaps=("no-pointer",), evidence=Evidence.INFERRED
    )
    return derived(f"pointers/{registered.id}", nodes=[gap])


def _number(version: Node) -> int:
    number = version.properties.get("version")
    return number if isinstance(number, int) else 0
