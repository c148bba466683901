"""A graph that no walk path by path gets through: between source and model, and between versions, 18 layers of three."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

from lineage_graph import Lineage
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Origin, Record, State

LAYERS, WIDTH = 18, 3
ORIGIN = Origin("mlflow:ladder", "mlflow")


def climb(lineage: Lineage) -> Lineage:
    """Source -> 3 datasets -> … -> 3 datasets -> train -> model -> 3 versions -> … -> 3 versions -> alias; and a column."""
    nodes, edges = list(_nodes()), list(_edges())
    with lineage.store.writing(ORIGIN) as writing:
        writing.fresh([("all", b"1")])
        writing.write([Record("all", b"1", tuple(nodes), tuple(edges))])
        writing.finish(retract=True)
    return lineage


def data(layer: int, at: int) -> str:
    return f"dataset:s3://lake/{layer}/{at}@1"


def version(layer: int, at: int) -> str:
    return f"modelversion:ladder/default/m{layer}-{at}/1"


def _nodes() -> Iterator[NodeClaim]:
    yield NodeClaim("source:s3://lake/raw", Kind.SOURCE, "s3://lake/raw", {"uri": "s3://lake/raw"})
    column = {"column": "age", "source": "s3://lake/raw"}
    yield NodeClaim("feature:source:s3://lake/raw#age", Kind.FEATURE, "age", column)
    yield NodeClaim("featureset:source:s3://lake/raw#x", Kind.FEATURE_SET, "1 columns")
    yield NodeClaim("model:prepare", Kind.MODEL, "prepare", {"run_id": "p"})
    yield NodeClaim("run:prepare", Kind.RUN, "prepare", {"run_id": "p"})
    for layer, at in product(range(LAYERS), range(WIDTH)):
        said = {"digest": "1", "names": ["x"], "rows": 3, "source": f"s3://lake/{layer}/{at}"}
        yield NodeClaim(data(layer, at), Kind.DATASET, "x", said)
        named = {"model": f"m{layer}-{at}", "version": 1}
        yield NodeClaim(version(layer, at), Kind.MODEL_VERSION, f"m{layer}-{at}/1", named)
    yield NodeClaim("run:train", Kind.RUN, "train", {"run_id": "t"}, state=State.DELETED)
    yield NodeClaim("model:m", Kind.MODEL, "m", {"run_id": "t"})
    top = {"model": "top", "alias": "live", "pointer": "alias"}
    yield NodeClaim("alias:ladder/default/top@live", Kind.ALIAS, "top@live", top)


def _edges() -> Iterator[EdgeClaim]:
    """The column's model is loaded by the run that writes the first layer, so that the column reaches all of it too."""
    yield _edge("source:s3://lake/raw", EdgeType.HAS_COLUMN, "feature:source:s3://lake/raw#age")
    yield _edge("feature:source:s3://lake/raw#age", EdgeType.PART_OF, "featureset:source:s3://lake/raw#x")
    yield _edge("featureset:source:s3://lake/raw#x", EdgeType.USED_BY, "model:prepare")
    yield _edge("model:prepare", EdgeType.LOADED_BY, "run:prepare")
    for at in range(WIDTH):
        yield _edge("run:prepare", EdgeType.WROTE, data(0, at))
        yield _edge(data(LAYERS - 1, at), EdgeType.READ_BY, "run:train")
        yield _edge("model:m", EdgeType.REGISTERED_AS, version(0, at))
        yield _edge(version(LAYERS - 1, at), EdgeType.ALIASED_AS, "alias:ladder/default/top@live")
    for (above, below), start, end in product(pairwise(range(LAYERS)), range(WIDTH), range(WIDTH)):
        yield _edge(data(above, start), EdgeType.CONTINUES_AS, data(below, end))
        yield _edge(version(above, start), EdgeType.COPIED_TO, version(below, end))
    yield _edge("run:train", EdgeType.PRODUCED, "model:m")


def _edge(src: str, type_: EdgeType, dst: str) -> EdgeClaim:
    return EdgeClaim(src, dst, type_, Evidence.LOGGED, "test")
