"""The coverage of a whole graph: which share of runs, models and versions has data origins, what is missing, and what would help most.

Computed over sets: one walk down from all sources says what has an origin, one walk down from what has none says what each
declaration would reach.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lineage_graph.graph import Edge, EdgeType, Kind, Node, State
from lineage_graph.naming import run_id
from lineage_graph.query.answer import GraphState
from lineage_graph.query.gaps import (
    LEAST,
    Hints,
    crawl_of,
    inputs_line,
    log_input_lines,
    page,
    root_option,
    said_of,
    title_of,
    word_gap,
)
from lineage_graph.query.labels import text_of
from lineage_graph.query.possible import keys_of
from lineage_graph.query.spelling import reference_of
from lineage_graph.query.steps import Stepping, followed_of, is_inference
from lineage_graph.query.traversal import PLAIN, read_graph
from lineage_graph.stores.base import Direction, Follow, NodeFilter, Store

COVERED = (Kind.RUN, Kind.MODEL, Kind.MODEL_VERSION)
SCHEMA = "lineage-graph/doctor/1"
EXAMPLES = 3
KEYS_TRIED = 50
"""How many params and tags are weighed as declarations, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a kind have data origins."""

    kind: Kind
    covered: int
    total: int


@dataclass(frozen=True, slots=True)
class GapGroup:
    """All gaps of one code: who has them, and how one of them is closed."""

    code: str
    title: str
    count: int
    by: tuple[tuple[str, int], ...]
    """(owner, else who ran it, else experiment) with counts, the most first."""
    examples: tuple[str, ...]
    fix: str
    page: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A declaration, and what it would give an origin."""

    text: str
    runs: int
    models: int
    versions: int
    share: float
    """Of all models."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What `doctor` shows."""

    graph: GraphState
    shares: tuple[Share, ...]
    gaps: tuple[GapGroup, ...]
    proposals: tuple[Proposal, ...]
    """The one that would close most comes first."""

    def to_dict(self) -> dict[str, object]:
        """The JSON (`lineage-graph/doctor/1`)."""
        from lineage_graph.query.envelope import map_graph, map_value

        return {
            "schema": SCHEMA,
            "graph": map_graph(self.graph),
            "coverage": [
                {"kind": str(share.kind), "covered": share.covered, "total": share.total}
                for share in self.shares
            ],
            "gaps": [
                {
                    "code": gap.code,
                    "title": gap.title,
                    "count": gap.count,
                    "by": [{"who": map_value(who), "count": count} for who, count in gap.by],
                    "examples": map_value(gap.examples),
                    "fix": gap.fix,
                    "page": gap.page,
                }
                for gap in self.gaps
            ],
            "proposals": [
                {
                    "text": proposal.text,
                    "runs": proposal.runs,
                    "models": proposal.models,
                    "versions": proposal.versions,
                    "share": proposal.share,
                }
                for proposal in self.proposals
            ],
        }


def read_coverage(store: Store, code: str | None = None) -> Coverage:
    """What is covered and what is not; with a code, the gaps of that code only, each of them an example."""
    every = {kind: store.find(NodeFilter(kinds=frozenset({kind}))) for kind in COVERED}
    wanted = {kind: _current(nodes) for kind, nodes in every.items()}
    graph = read_graph(store)
    sources = [node.id for node in store.find(NodeFilter(kinds=frozenset({Kind.SOURCE})))]
    # One walk serves all: what sources reach, what runs lead to, and the hints in between.
    below = store.reach([*sources, *wanted[Kind.RUN]], Direction.DOWNSTREAM, follow=Follow(possible=True))
    sure = followed_of(below.edges, PLAIN)
    first, _ = Stepping(below.nodes, sure, Direction.DOWNSTREAM, PLAIN, sources).walk()
    covered = frozenset(state.node for state in first)
    covered |= _judges(below.nodes, covered, {edge.src for edge in sure})
    bare = {id: node for id, node in wanted[Kind.RUN].items() if id not in covered}
    hints = keys_of(below.edges, bare)
    shares = [Share(kind, sum(id in covered for id in nodes), len(nodes)) for kind, nodes in wanted.items()]
    return Coverage(
        graph,
        tuple(shares),
        tuple(_group_gaps(store, graph, every[Kind.RUN], hints, code)),
        tuple(_propose(_Gains(sure, covered, wanted), bare, hints)) + tuple(_roots(store)),
    )


def _judges(nodes: Mapping[str, Node], covered: frozenset[str], leading: set[str]) -> set[str]:
    """Runs that only judged, on data whose origin is known: they read no other, and none is missing."""
    evaluations = [nodes[id] for id in covered if nodes[id].kind is Kind.EVALUATION]
    return {run_id(text_of(node, "run_id")) for node in evaluations} - leading


def _current(nodes: Iterable[Node]) -> dict[str, Node]:
    """What is not deleted: nobody closes the gaps of the trash."""
    return {node.id: node for node in nodes if node.state is not State.DELETED}


def _group_gaps(
    store: Store, graph: GraphState, runs: Sequence[Node], hints: Hints, only: str | None
) -> Iterable[GapGroup]:
    codes = {code for of_origin in store.info().gaps.values() for code in of_origin}
    groups: dict[str, list[Node]] = defaultdict(list)
    for code in codes if only is None else codes & {only}:
        groups[code] = list(_current(store.find(NodeFilter(gap=code))).values())
    for run in _missing(store, runs):
        code = said_of(run, "run-missing", graph.origins).code
        if only in (None, code):
            groups[code].append(run)
    shown = EXAMPLES if only is None else None
    for code in sorted(groups, key=lambda code: (code == LEAST, -len(groups[code]), code)):
        if nodes := groups[code]:
            group = _group(code, nodes, hints, shown)
            yield replace(group, fix=crawl_of(group.fix, nodes[0], graph.origins))


def _missing(store: Store, runs: Sequence[Node]) -> list[Node]:
    """Runs of which nothing is known but what came of them; a child's lost parent is not asked for."""
    stubs = {run.id: run for run in runs if run.stub}
    made = store.edges(sorted(stubs), frozenset({EdgeType.PRODUCED, EdgeType.REGISTERED_AS}))
    return [stubs[run] for run in sorted({edge.src for edge in made if edge.valid_to is None} & stubs.keys())]


def _group(code: str, nodes: Sequence[Node], hints: Hints, shown: int | None) -> GapGroup:
    by = Counter(_who(node) for node in nodes)
    # A node that has a param to declare shows the shortest fix.
    example = next((node for node in nodes if node.id in hints), nodes[0])
    return GapGroup(
        code,
        title_of(code),
        len(nodes),
        tuple(sorted(by.items(), key=lambda item: (-item[1], item[0]))),
        tuple(reference_of(node) for node in nodes[:shown]),
        word_gap(code, example, hints).fix,
        page(code),
    )


def _who(node: Node) -> str:
    keys = ("owner", "ran_by", "experiment", "model")
    return next((text for key in keys if (text := text_of(node, key))), "nobody known")


def _propose(gains: _Gains, bare: Mapping[str, Node], hints: Hints) -> Iterable[Proposal]:
    """The declarations that would give most models an origin, by params and tags that may name data; then the lines of code."""
    having: dict[str, list[str]] = defaultdict(list)
    for run, keys in hints.items():
        for key in keys:
            having[key].append(run)
    frequent = sorted(having, key=lambda key: (-len(having[key]), key))[:KEYS_TRIED]
    declared = [gains.proposal(inputs_line([key]), having[key]) for key in frequent]
    declared.sort(key=lambda each: (-each.models, -each.versions, -each.runs, each.text))
    yield from declared
    if bare:
        yield gains.proposal(log_input_lines("training-data"), list(bare))


class _Gains:
    """What would get an origin if some runs had one."""

    def __init__(
        self, edges: Iterable[Edge], covered: frozenset[str], wanted: Mapping[Kind, Mapping[str, Node]]
    ) -> None:
        self.covered = covered
        self.wanted = wanted
        self.next: dict[str, list[str]] = defaultdict(list)
        for edge in edges:
            if not is_inference(edge):
                self.next[edge.src].append(edge.dst)

    def proposal(self, text: str, runs: Sequence[str]) -> Proposal:
        """Counts of what these runs lead to and has no origin yet."""
        found = set(runs)
        waiting = list(found)
        while waiting:
            for after in self.next.get(waiting.pop(), ()):
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        gained = found - self.covered
        count = {kind: sum(id in self.wanted[kind] for id in gained) for kind in COVERED}
        total = len(self.wanted[Kind.MODEL])
        share = count[Kind.MODEL] / total if total else 0.0
        return Proposal(text, count[Kind.RUN], count[Kind.MODEL], count[Kind.MODEL_VERSION], round(share, 4))


def _roots(store: Store) -> Iterable[Proposal]:
    """Relative paths have an origin already, and no place: the option says where they are, and gains nothing new."""
    relative = Counter(root_option(node) for node in store.find(NodeFilter(gap="relative-path")))
    for option, _ in relative.most_common(EXAMPLES):
        yield Proposal(option, 0, 0, 0, 0.0)
