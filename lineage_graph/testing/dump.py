"""All that a store would tell anyone, in one value that can be compared."""

from __future__ import annotations

from itertools import zip_longest

from lineage_graph.stores.base import NodeFilter, Store


def dump(store: Store) -> dict[str, object]:
    """Origins, counts, records with their intervals, merged nodes, claims: equal for two graphs that are equal.

    The change sequence is left out: it tells how a store came to be what it is.
    """
    info = store.info()
    nodes = store.find(NodeFilter())
    ids = [node.id for node in nodes]
    origins = [origin.name for origin in info.origins]
    return {
        "origins": {origin.name: origin for origin in info.origins},
        "counts": (
            dict(info.nodes),
            dict(info.edges),
            {name: dict(gaps) for name, gaps in info.gaps.items()},
        ),
        "records": {name: list(store.records(name)) for name in origins},
        "retracted": {name: list(store.retracted(name)) for name in origins},
        "nodes": nodes,
        "claims": store.claims(ids),
        "mentions": store.mentioned(ids),
        "around": store.neighbours(ids),
        "possible": store.possible(ids),
        "state": store.state()[1],
    }


def assert_same(store: Store, other: Store) -> None:
    """Both would tell anyone the same; the failure says where they begin to differ."""
    assert_same_dumps(dump(store), dump(other))


def assert_same_dumps(mine: dict[str, object], theirs: dict[str, object]) -> None:
    """Likewise of two dumps: a server may have room for one graph at a time."""
    different = [part for part in mine if mine[part] != theirs[part]]
    assert not different, "\n".join(
        _begin_of_difference(part, mine[part], theirs[part]) for part in different
    )


def _begin_of_difference(part: str, mine: object, theirs: object) -> str:
    if isinstance(mine, (list, tuple)) and isinstance(theirs, (list, tuple)):
        pairs = [(one, other) for one, other in zip_longest(mine, theirs) if one != other]
        mine, theirs = pairs[0]
    return f"{part}:\n  {mine}\n  {theirs}"
