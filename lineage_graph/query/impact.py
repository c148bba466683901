"""The impact of something bad, for the person on call: what is live, who to call, what is not known, in that order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lineage_graph.graph import Edge, EdgeType, Kind, Node
from lineage_graph.query.answer import Answer, Options
from lineage_graph.query.gaps import LEAST
from lineage_graph.query.labels import label, quote_shell, text_of
from lineage_graph.query.reached import Reached
from lineage_graph.query.references import resolve_roots
from lineage_graph.query.spelling import reference_of
from lineage_graph.query.steps import way_to
from lineage_graph.query.traversal import PLAIN, trace
from lineage_graph.stores.base import Direction, Store

if TYPE_CHECKING:
    import networkx
    import pandas


class Group(StrEnum):
    """Parts of an impact, the most urgent first."""

    LIVE = "live"
    REGISTERED = "registered"
    """Registered versions behind nothing live."""
    MODELS = "models"
    """Models that were never registered."""
    EVALUATED = "evaluated"
    """Judged on the data only."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is hit, or several alike. `chain` goes back from it to what was asked about, the root left out."""

    kind: Kind
    nodes: tuple[str, ...]
    names: tuple[str, ...]
    owner: str | None
    ran_by: str | None
    hops: int
    chain: tuple[str, ...] = ()
    via: str | None = None
    """What is live already one step before: the deployment that feeds a consumer."""


@dataclass(frozen=True, slots=True)
class Header:
    """What was asked about, and how much of it is used."""

    node: Node
    read_by: int
    last_read: int | None
    """When the last run that read it began: epoch milliseconds."""
    deployments: int
    consumers: int
    pointers: int
    """Aliases and stages that no declared deployment serves."""
    versions: int
    """Versions on the way to something live."""
    gaps: int
    evaluations: int = 0
    """Evaluations that judged on it."""


@dataclass(frozen=True, slots=True)
class Impact:
    """A downstream answer, grouped and ranked. `groups` are in the order of `Group`; an empty one is left out."""

    answer: Answer
    header: Header
    groups: tuple[tuple[Group, tuple[Row, ...]], ...]
    commands: tuple[str, ...]
    """What to type next."""

    def rows(self, group: Group) -> tuple[Row, ...]:
        """The rows of one group."""
        return dict(self.groups).get(group, ())

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The answer as a graph; edges point downstream and are keyed by their type."""
        return self.answer.to_networkx()

    def to_frame(self, of: str = "edges") -> pandas.DataFrame:
        """One edge a row, the columns of the CSV; with `of="nodes"` one node a row."""
        return self.answer.to_frame(of)

    def _repr_html_(self) -> str | None:
        return self.answer._repr_html_()

    def to_dict(self) -> dict[str, object]:
        """The JSON envelope, with the groups."""
        return {**self.answer.to_dict(), "groups": [_map_group(group, rows) for group, rows in self.groups]}


def impact(store: Store, refs: str | Sequence[str], options: Options = PLAIN) -> Impact:
    """What goes wrong when this is wrong. Raises `NotFound` or `Ambiguous`."""
    resolved = resolve_roots(store, [refs] if isinstance(refs, str) else refs, Direction.DOWNSTREAM)
    answer, reached = trace(store, "impact", Direction.DOWNSTREAM, resolved, options)
    below = _Below(reached)
    groups = [
        (Group.LIVE, below.live()),
        (Group.REGISTERED, below.registered()),
        (Group.MODELS, below.models()),
        (Group.EVALUATED, below.evaluated()),
    ]
    shown = tuple((group, tuple(rows)) for group, rows in groups if rows)
    root = reached.nodes[reached.roots[0]]
    return Impact(
        answer, below.header(root, len(answer.gaps)), shown, tuple(_commands(answer, reached, shown))
    )


class _Below:
    """What a reached graph says about each end."""

    def __init__(self, reached: Reached) -> None:
        self.nodes = reached.nodes
        self.roots = reached.roots
        self.reached = reached
        self.next: dict[str, list[str]] = defaultdict(list)
        self.before: dict[str, list[str]] = defaultdict(list)
        for edge in reached.edges:
            self.next[edge.src].append(edge.dst)
            self.before[edge.dst].append(edge.src)
        self.live_ids = self._live_ids()
        self.leads_to_live = self._lead_to(self.live_ids)

    def _of(self, *kinds: Kind) -> list[Node]:
        return [node for node in self.reached.others if node.kind in kinds]

    def _live_ids(self) -> set[str]:
        """Deployments, consumers, and pointers that no deployment is declared for: those may be loaded by anybody.

        Staging is a pointer too, to what is not live yet.
        """
        served = self._lead_to({node.id for node in self._of(Kind.DEPLOYMENT, Kind.CONSUMER)})
        pointers = {
            node.id
            for node in self._of(Kind.ALIAS)
            if node.id not in served
            and not (node.properties.get("pointer") == "stage" and text_of(node, "alias") == "Staging")
        }
        return pointers | {node.id for node in self._of(Kind.DEPLOYMENT, Kind.CONSUMER)}

    def _lead_to(self, ends: Iterable[str]) -> set[str]:
        found = set(ends)
        waiting = list(found)
        while waiting:
            for before in self.before[waiting.pop()]:
                if before not in found and self.nodes[before].kind is not Kind.EVALUATION:
                    found.add(before)
                    waiting.append(before)
        return found

    def header(self, root: Node, gaps: int) -> Header:
        """How much the root is used."""
        reads = self._of_root(EdgeType.READ_BY)
        kinds = [self.nodes[id].kind for id in self.live_ids]
        return Header(
            node=root,
            read_by=len({edge.dst for edge in reads}),
            last_read=max((edge.valid_from for edge in reads if edge.valid_from is not None), default=None),
            deployments=kinds.count(Kind.DEPLOYMENT),
            consumers=kinds.count(Kind.CONSUMER),
            pointers=kinds.count(Kind.ALIAS),
            versions=sum(node.id in self.leads_to_live for node in self._of(Kind.MODEL_VERSION)),
            gaps=gaps,
            evaluations=len(
                {
                    edge.dst
                    for edge in self._of_root(EdgeType.EVALUATED_IN)
                    if self.nodes[edge.src].kind is Kind.DATASET
                }
            ),
        )

    def _of_root(self, edge_type: EdgeType) -> list[Edge]:
        """The edges of this type from the roots, or from the data that is at a root."""
        return [
            edge
            for edge in self.reached.edges
            if edge.type is edge_type
            and (edge.src in self.roots or set(self.before[edge.src]) & set(self.roots))
        ]

    def live(self) -> list[Row]:
        """What serves or points at it: deployments, then consumers, then pointers, the nearest first."""
        rows = [self._row([self.nodes[id]]) for id in self.live_ids]
        return sorted(rows, key=lambda row: (_URGENCY.index(row.kind), row.hops, row.names))

    def registered(self) -> list[Row]:
        """Versions behind nothing live, those of one model of one store and person together."""
        idle = [node for node in self._of(Kind.MODEL_VERSION) if node.id not in self.leads_to_live]
        together: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for node in idle:
            together[node.id.rpartition("/")[0], self._ran_by(node) or ""].append(node)
        rows = [self._row(sorted(nodes, key=_by_version)) for nodes in together.values()]
        return sorted(rows, key=lambda row: (row.hops, row.names))

    def models(self) -> list[Row]:
        """Models that were never registered and serve nowhere, by who ran them."""
        versions = self._lead_to(node.id for node in self._of(Kind.MODEL_VERSION))
        together: dict[str, list[Node]] = defaultdict(list)
        for node in self._of(Kind.MODEL):
            if node.id not in versions and node.id not in self.leads_to_live:
                together[self._ran_by(node) or ""].append(node)
        return sorted(
            (self._row(nodes) for nodes in together.values()), key=lambda row: (row.hops, row.names)
        )

    def evaluated(self) -> list[Row]:
        """Judgements on the data itself."""
        direct = [
            node
            for node in self._of(Kind.EVALUATION)
            if any(self.nodes[before].kind is Kind.DATASET for before in self.before[node.id])
        ]
        return sorted((self._row([node]) for node in direct), key=lambda row: (row.hops, row.names))

    def _row(self, nodes: Sequence[Node]) -> Row:
        nearest = min(nodes, key=lambda node: (self.reached.hops[node.id], node.id))
        chain = self._chain(nearest.id)
        via = chain[0] if chain and chain[0] in self.live_ids else None
        return Row(
            kind=nearest.kind,
            nodes=tuple(node.id for node in nodes),
            names=tuple(label(node) for node in nodes),
            owner=next((text_of(node, "owner") for node in nodes if node.properties.get("owner")), None),
            ran_by=self._ran_by(nearest),
            hops=self.reached.hops[nearest.id],
            chain=chain,
            via=via,
        )

    def _chain(self, end: str) -> tuple[str, ...]:
        way = way_to(self.reached.first, end)
        return tuple(id for id in way[0][-2::-1] if id not in self.roots) if way else ()

    def _ran_by(self, node: Node) -> str | None:
        """Who ran the nearest run on the way to it."""
        for id in (node.id, *self._chain(node.id)):
            if ran_by := self.nodes[id].properties.get("ran_by"):
                return str(ran_by)
        return None


_URGENCY = (Kind.DEPLOYMENT, Kind.CONSUMER, Kind.ALIAS)


def _by_version(node: Node) -> tuple[str, int, str]:
    number = node.properties.get("version")
    return (text_of(node, "model"), number if isinstance(number, int) else 0, node.id)


def _commands(
    answer: Answer, reached: Reached, groups: Sequence[tuple[Group, tuple[Row, ...]]]
) -> Iterable[str]:
    asked = quote_shell(answer.roots[0].ref)
    if groups:
        nearest = reached.nodes[groups[0][1][0].nodes[0]]
        several = sum(origin.type == "mlflow" for origin in answer.graph.origins) > 1
        # Two stores may both have a churn/1.
        goal = nearest.id if several else reference_of(nearest)
        yield f"lineage-graph path {asked} {quote_shell(goal)}"
    if answer.gaps:
        code = next((gap.code for gap in answer.gaps if gap.code != LEAST), answer.gaps[0].code)
        yield f"lineage-graph doctor {code}"
    if groups:
        yield f"lineage-graph impact {asked} -o csv"
    elif answer.possible:
        yield f"lineage-graph impact {asked} --include-possible"


def _map_group(group: Group, rows: Sequence[Row]) -> dict[str, object]:
    return {"group": str(group), "rows": [_map_row(row) for row in rows]}


def _map_row(row: Row) -> dict[str, object]:
    return {
        "kind": str(row.kind),
        "nodes": list(row.nodes),
        "owner": row.owner,
        "ran_by": row.ran_by,
        "hops": row.hops,
        "chain": list(row.chain),
        "via": row.via,
    }
