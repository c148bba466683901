"""What to draw: records, graphs and questions from a small world, so that things meet."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from hypothesis import strategies as st

from lineage_graph.graph import (
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
from lineage_graph.stores.base import Direction, Follow, NodeFilter

ORIGINS = ("mlflow:a", "mlflow:b", "declared:c")
NAMES = ("orders", "Orders", "Ümlaut_%", "churn\\x", "🙂", "")
TIMES = (0, 10, 20, 30)
GAPS = ("no-dataset", "relative-path", "which-model", "-no-dataset")

SHAPES: tuple[tuple[Kind, EdgeType, Kind], ...] = (
    (Kind.SOURCE, EdgeType.HAS_VERSION, Kind.DATASET),
    (Kind.DATASET, EdgeType.READ_BY, Kind.RUN),
    (Kind.RUN, EdgeType.WROTE, Kind.DATASET),
    (Kind.DATASET, EdgeType.CONTINUES_AS, Kind.DATASET),
    (Kind.SOURCE, EdgeType.HAS_COLUMN, Kind.FEATURE),
    (Kind.FEATURE, EdgeType.PART_OF, Kind.FEATURE_SET),
    (Kind.FEATURE_SET, EdgeType.USED_BY, Kind.MODEL),
    (Kind.RUN, EdgeType.PRODUCED, Kind.MODEL),
    (Kind.MODEL, EdgeType.REGISTERED_AS, Kind.MODEL_VERSION),
    (Kind.RUN, EdgeType.REGISTERED_AS, Kind.MODEL_VERSION),
    (Kind.MODEL_VERSION, EdgeType.COPIED_TO, Kind.MODEL_VERSION),
    (Kind.MODEL_VERSION, EdgeType.ALIASED_AS, Kind.ALIAS),
    (Kind.ALIAS, EdgeType.SERVED_BY, Kind.DEPLOYMENT),
    (Kind.MODEL, EdgeType.LOADED_BY, Kind.RUN),
    (Kind.DATASET, EdgeType.EVALUATED_IN, Kind.EVALUATION),
    (Kind.MODEL, EdgeType.EVALUATED_IN, Kind.EVALUATION),
    (Kind.DEPLOYMENT, EdgeType.WROTE, Kind.DATASET),
    (Kind.DEPLOYMENT, EdgeType.FEEDS, Kind.CONSUMER),
    (Kind.RUN, EdgeType.IN_EXPERIMENT, Kind.EXPERIMENT),
    (Kind.MODEL_VERSION, EdgeType.VERSION_OF, Kind.REGISTERED_MODEL),
    (Kind.DATASET, EdgeType.SAME_CONTENT, Kind.DATASET),
    (Kind.RUN, EdgeType.ATTEMPTED, Kind.MODEL),
)


def node_ids(kind: Kind | None = None) -> st.SearchStrategy[str]:
    """Ids of the small world: three of each kind, one with a character that SQL's LIKE knows."""
    kinds = st.sampled_from(Kind) if kind is None else st.just(kind)
    return st.builds(lambda of, name: f"{of.value.lower()}:{name}", kinds, st.sampled_from(("a", "b", "x_%")))


_values = st.one_of(st.sampled_from(NAMES), st.integers(-3, 3), st.none(), st.booleans())


@st.composite
def properties(draw: st.DrawFn) -> dict[str, object]:
    """Properties as sources give them: JSON values, with the names that stores look at among them."""
    texts = st.dictionaries(st.sampled_from(("x", "y.z", "data path")), st.sampled_from(NAMES), max_size=2)
    known = {
        "status": st.sampled_from(("RUNNING", "FINISHED")),
        "stage": st.sampled_from(("None", "Production")),
        "tags": texts,
        "params": texts,
        "names": st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(sorted),
        "uri": st.sampled_from(("s3://shop/raw/orders.parquet", "file:///C:/x", "orders")),
        "digest": _values,
        "experiment": _values,
    }
    return draw(st.fixed_dictionaries({}, optional=known))


@st.composite
def node_claims(draw: st.DrawFn) -> NodeClaim:
    """A claim on a node of the small world."""
    node = draw(node_ids())
    kind = next(kind for kind in Kind if kind.value.lower() == node.partition(":")[0])
    gaps = draw(st.lists(st.sampled_from(GAPS), max_size=2, unique=True))
    state, evidence = draw(st.sampled_from(State)), draw(st.sampled_from(list(Evidence)[:3]))
    return NodeClaim(
        node, kind, draw(st.sampled_from(NAMES)), draw(properties()), tuple(sorted(gaps)), state, evidence
    )


@st.composite
def edge_claims(draw: st.DrawFn) -> EdgeClaim:
    """A claim on an edge between nodes of the small world, with times or without."""
    src_kind, edge_type, dst_kind = draw(st.sampled_from(SHAPES))
    began = draw(st.none() | st.sampled_from(TIMES))
    ended = began + 15 if began is not None and draw(st.booleans()) else None
    role = {"role": draw(st.sampled_from(Role)).value} if edge_type is EdgeType.READ_BY else {}
    return EdgeClaim(
        draw(node_ids(src_kind)),
        draw(node_ids(dst_kind)),
        edge_type,
        draw(st.sampled_from(Evidence)),
        draw(st.sampled_from(("context", "row"))),
        draw(st.sampled_from(("", "inputs/1"))),
        began,
        ended,
        role,
    )


def _shared(name: str, dataset: str, source: str) -> Record:
    claim = NodeClaim(f"dataset:{dataset}", Kind.DATASET, name, {"digest": name}, ("relative-path",))
    edge = EdgeClaim(f"source:{source}", claim.id, EdgeType.HAS_VERSION, Evidence.LOGGED, "row")
    return Record(name, name.encode(), (claim,), (edge,))


SHARED = (_shared("datasets/1", "a", "a"), _shared("datasets/2", "b", "a"), _shared("schemas/1", "a", "b"))
"""Made from their content: one key never means two things."""


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record of one of a few keys; its fingerprint follows from what it says."""
    nodes = draw(st.lists(node_claims(), max_size=3))
    edges = draw(st.lists(edge_claims(), max_size=4))
    claimed = sorted({claim.id for claim in nodes})
    keys = st.sampled_from(("run:1", "content:x"))
    mentions = (
        draw(st.lists(st.builds(Mention, keys, st.sampled_from(claimed)), max_size=2)) if claimed else []
    )
    shared = draw(st.lists(st.sampled_from(SHARED), max_size=2, unique_by=lambda record: record.key))
    record = Record(
        draw(st.sampled_from(("runs/1", "runs/2", "aliases/1", "aliases/2", "model-versions/1"))),
        b"",
        tuple(nodes),
        tuple(edges),
        tuple(mentions),
        tuple(shared),
    )
    return record._replace(fingerprint=blake2b(repr(record).encode(), digest_size=6).digest())


def crawls(max_size: int = 4) -> st.SearchStrategy[list[Record]]:
    """What one crawl finds: records with different keys."""
    return st.lists(records(), max_size=max_size, unique_by=lambda record: record.key)


class Question(NamedTuple):
    """What `reach` is asked."""

    roots: list[str]
    direction: Direction
    depth: int | None
    follow: Follow


def questions() -> st.SearchStrategy[Question]:
    """Any question to `reach`."""
    window = st.none() | st.tuples(st.sampled_from(TIMES), st.sampled_from(TIMES))
    as_of = st.none() | st.sampled_from((5, 15, 25, 1005, 1015, 2000))
    follows = st.builds(Follow, st.booleans(), st.booleans(), as_of, window)
    roots = st.lists(node_ids(), min_size=1, max_size=2)
    return st.builds(Question, roots, st.sampled_from(Direction), st.none() | st.integers(0, 4), follows)


def filters() -> st.SearchStrategy[NodeFilter]:
    """Any question to `find`."""
    keys = st.sampled_from(
        ("status", "digest", "names", "tags", "params.x", "tags.y.z", "params.data path", "missing")
    )
    return st.builds(
        NodeFilter,
        kinds=st.frozensets(st.sampled_from(Kind), max_size=3),
        name=st.none() | st.sampled_from((*NAMES, "a", "x_%", "orders.parquet")),
        name_contains=st.none() | st.sampled_from(("", "ORD", "_%", "\\", "üm", "ÜM", "🙂", "S3:", "a")),
        id_prefix=st.none() | st.sampled_from(("", "run:", "dataset:x_", "RUN:")),
        properties=st.dictionaries(keys, _values, max_size=1),
        has=st.none() | keys,
        gap=st.none() | st.sampled_from(GAPS),
        limit=st.none() | st.integers(0, 3),
    )
