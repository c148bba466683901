"""Graphs drawn at random, with circles, deleted ends, hints and closed intervals: a recipe must follow what the API follows."""

from __future__ import annotations

import random

from lineage_graph import Lineage
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Origin, Record, Role, State
from lineage_graph.testing.strategies import SHAPES

ORIGIN = Origin("mlflow:drawn", "mlflow")
EACH, EDGES = 4, 110
HINTED = {EdgeType.HAS_VERSION, EdgeType.READ_BY, EdgeType.LOADED_BY, EdgeType.FEEDS, EdgeType.EVALUATED_IN}
"""What a store may hint at without saying it."""


def draw_graph(lineage: Lineage, seed: int) -> Lineage:
    """Four nodes of each kind, and edges of every shape between them."""
    chance = random.Random(seed)
    nodes = [_node(chance, kind, at) for kind in Kind for at in range(EACH)]
    edges = {(edge.src, edge.type, edge.dst): edge for edge in _edges(chance)}
    record = Record("all", b"1", tuple(nodes), tuple(edges.values()))
    with lineage.store.writing(ORIGIN) as writing:
        writing.fresh([("all", b"1")])
        writing.write([record])
        writing.finish(retract=True)
    return lineage


def _node(chance: random.Random, kind: Kind, at: int) -> NodeClaim:
    name = f"{kind.value.lower()}-{at}"
    said: dict[str, object] = {"owner": f"owner-{at}"} if at % 2 else {}
    match kind:
        case Kind.SOURCE:
            said |= {"uri": f"s3://lake/{at}"}
        case Kind.DATASET:
            digest = chance.choice(["", "d1", "d2"])
            said |= {
                "digest": digest,
                "names": [name],
                "rows": 3,
                "source": chance.choice([None, "s3://a", "s3://b"]),
            }
        case Kind.FEATURE:
            said |= {"column": name, "source": f"s3://lake/{at}"}
        case Kind.RUN | Kind.EVALUATION:
            said |= {"run_id": str(at), "ran_by": "ana"}
        case Kind.MODEL_VERSION:
            said |= {"model": f"m{at}", "version": 1}
        case Kind.ALIAS:
            said |= {"model": f"m{at}", "alias": "live", "pointer": "alias"}
        case Kind.REGISTERED_MODEL:
            said |= {"model": name}
        case _:
            pass
    gaps = ("code-only-source",) if kind is Kind.DATASET and chance.random() < 0.3 else ()
    state = chance.choices([State.LIVE, State.DELETED, State.FAILED], [8, 1, 1])[0]
    return NodeClaim(_id(kind, at), kind, name, said, gaps, state)


def _edges(chance: random.Random) -> list[EdgeClaim]:
    # A run that scores writes nothing here: what a scoring run wrote is what recipes say that they leave out.
    scoring = {_id(Kind.RUN, 0)}
    edges = []
    for _ in range(EDGES):
        above, type_, below = chance.choice(SHAPES)
        src, dst = _id(above, chance.randrange(EACH)), _id(below, chance.randrange(EACH))
        # Nothing leads to itself, and no version is a copy of its copy: the mirror refuses what it would have to cut.
        copies_back = type_ is EdgeType.COPIED_TO and src > dst
        if (type_ is EdgeType.WROTE and src in scoring) or src == dst or copies_back:
            continue
        roles = [Role.TRAINING, Role.UNSPECIFIED, *([Role.INFERENCE] * 3 if dst in scoring else [])]
        role = {"role": chance.choice(roles).value} if type_ is EdgeType.READ_BY else {}
        role |= {"role": "evaluation"} if type_ is EdgeType.EVALUATED_IN and above is Kind.DATASET else {}
        evidence = chance.choices(list(Evidence), [6, 2, 2, 1 if type_ in HINTED else 0])[0]
        evidence = Evidence.POSSIBLE if type_ is EdgeType.SAME_CONTENT else evidence
        began = chance.choice([None, 1_700_000_000_000, 1_750_000_000_000])
        closed = (
            began is not None and type_ in (EdgeType.SERVED_BY, EdgeType.ALIASED_AS) and chance.random() < 0.4
        )
        ended = 1_760_000_000_000 if closed else None
        edges.append(EdgeClaim(src, dst, type_, evidence, "drawn", "", began, ended, role))
    return edges


def _id(kind: Kind, at: int) -> str:
    if kind is Kind.ALIAS:
        return f"alias:drawn/default/m{at}@live"
    return f"{kind.value.lower()}:{at}"
