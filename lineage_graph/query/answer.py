"""The answer to a question: frozen and typed. Its JSON is in `envelope`, its tables and graphs are in `exports`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from lineage_graph.graph import Claimed, Edge, Kind, Node, Origin

if TYPE_CHECKING:
    import networkx
    import pandas


class Verdict(StrEnum):
    """Three different kinds of nothing, and something."""

    FOUND = "found"
    UNREADABLE = "unreadable"
    NOT_CAPTURED = "not-captured"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Options:
    """How a question was put."""

    depth: int | None = None
    kinds: tuple[Kind, ...] = ()
    limit: int | None = None
    include_evaluation: bool = False
    include_possible: bool = False
    as_of: int | None = None
    read_between: tuple[int, int] | None = None


class Root(NamedTuple):
    """What the question was about: as spelt, and the node."""

    ref: str
    id: str


class Gap(NamedTuple):
    """Something that is missing in the lineage: what, where, and how to close it."""

    code: str
    node: str
    message: str
    fix: str


class End(NamedTuple):
    """A node beyond which nothing more is known, and how far it is."""

    node: Node
    hops: int


class Possible(NamedTuple):
    """A node that the store hints at and does not say."""

    node: Node
    why: str
    rule: str


class Path(NamedTuple):
    """Node ids from the upstream end to the downstream end, and indexes into the answer's edges.

    A filter by kind or a limit may leave edges of a path out of the answer: their indexes are left out here, no node is.
    """

    nodes: tuple[str, ...]
    edges: tuple[int, ...]


LIMIT, DEPTH = "limit", "depth"
"""Why an answer is not whole."""


class Truncated(NamedTuple):
    """What was left out: `nodes` and `edges` by a limit, counted; by a depth, which says `why` also beside a limit, uncounted."""

    nodes: int = 0
    edges: int = 0
    why: str | None = None


WHOLE = Truncated()
"""Nothing was left out."""


@dataclass(frozen=True, slots=True)
class GraphState:
    """The graph that answered."""

    store: str
    change: int
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that an answer says; `nodes` by (hops, kind, id), `edges` by (from, type, to)."""

    command: str
    direction: str | None
    roots: tuple[Root, ...]
    options: Options
    graph: GraphState
    verdict: Verdict
    nodes: tuple[Node, ...] = ()
    hops: Mapping[str, int] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    paths: tuple[Path, ...] = ()
    possible: tuple[Possible, ...] = ()
    gaps: tuple[Gap, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    truncated: Truncated = WHOLE
    hidden: Mapping[str, int] = field(default_factory=dict)
    """Ends not shown, by state: deleted, failed."""
    notes: tuple[str, ...] = ()
    """How the question was understood, where that is not plain: "churn is a registered model: asked for its 3 versions"."""
    claims: tuple[Claimed, ...] = ()
    """Everything that is claimed of the node (`show` only), past alias intervals included."""
    sought: str = ""
    """The text that was searched for (`search` only)."""
    ends: tuple[End, ...] = ()
    """Where the chain ends, the farthest first, whatever a filter shows; only where nothing was found."""
    unshown: Mapping[str, Node] = field(default_factory=dict)
    """The nodes that `--kind` or `--limit` leaves out: gaps and ways still name them."""

    @property
    def known(self) -> dict[str, Node]:
        """Every node that the answer may name."""
        return {**self.unshown, **{node.id: node for node in self.nodes}}

    @property
    def cut_at(self) -> int | None:
        """The depth beyond which more lies than the answer looked at; None where nothing was cut off."""
        return self.options.depth if self.truncated.why == DEPTH else None

    def _repr_html_(self) -> str | None:
        """The picture in a notebook; None, which is its repr, where nothing can draw."""
        return _pictures[-1](self) if _pictures else None

    def to_dict(self) -> dict[str, object]:
        """The JSON envelope, `lineage-graph/answer/1`.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> lineage.upstream("forecast/1").to_dict()["counts"]
        {'Source': 1, 'Dataset': 1, 'Run': 1, 'Model': 1, 'ModelVersion': 1}
        """
        from lineage_graph.query.envelope import map_answer

        return map_answer(self)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The answer as a graph; edges point downstream and are keyed by their type.

        Nodes have `kind`, `name`, `state`, `hops` and `properties`; edges `type`, `evidence`, `rule`, `valid_from`, `valid_to` and
        `properties`.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> graph = lineage.upstream("forecast/1").to_networkx()
        >>> sorted(key for *_, key in graph.edges(keys=True))
        ['HAS_VERSION', 'PRODUCED', 'READ_BY', 'REGISTERED_AS']
        """
        from lineage_graph.query.exports import build_networkx

        return build_networkx(self)

    def to_frame(self, of: str = "edges") -> pandas.DataFrame:
        """One edge a row, the columns of the CSV; with `of="nodes"` one node a row.

        Parameters
        ----------
        of
            `edges` or `nodes`.

        Raises
        ------
        UsageError
            There is no such frame.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> frame = lineage.upstream("forecast/1").to_frame(of="nodes")
        >>> frame[["kind", "hops"]].values.tolist()
        [['ModelVersion', 0], ['Model', 1], ['Run', 2], ['Dataset', 3], ['Source', 4]]
        """
        from lineage_graph.query.exports import build_frame

        return build_frame(self, of)


_pictures: list[Callable[[Answer], str]] = []


def show_in_notebooks(draw: Callable[[Answer], str]) -> None:
    """How answers are drawn. Questions know nothing of pictures; whoever wires the two together says it here."""
    _pictures[:] = [draw]


def rfc3339(ms: int | None) -> str | None:
    """Epoch milliseconds as RFC 3339 in UTC; None for what is no time of a calendar, which a store may hold all the same.

    >>> rfc3339(0)
    '1970-01-01T00:00:00.000Z'
    >>> rfc3339(2**63 - 1)
    """
    if ms is None:
        return None
    try:
        moment = datetime.fromtimestamp(ms // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.replace(tzinfo=None).isoformat() + f".{ms % 1000:03d}Z"
