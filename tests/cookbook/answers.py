"""The cookbook's questions put to the Python API: what the recipes in Cypher must agree with. One function a recipe, by its name.

Nothing here knows how a recipe is written; what flows where is decided by `Lineage.upstream` and `downstream`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import networkx as nx

from lineage_graph import Lineage
from lineage_graph.graph import GROUPS, Edge, EdgeType, Kind, Node, State
from lineage_graph.query.answer import Answer
from lineage_graph.stores.base import NodeFilter

Row = tuple[object, ...]

LIVE = {Kind.ALIAS: "pointer", Kind.DEPLOYMENT: "deployment", Kind.CONSUMER: "consumer"}
GROUPING = {EdgeType.IN_EXPERIMENT, EdgeType.INSTANCE_OF, EdgeType.VERSION_OF}
READS = {EdgeType.READ_BY, EdgeType.EVALUATED_IN}
BEGINNING, END = "0001-01-01", "9999-12-31"


def impact_of_column(lineage: Lineage, source: str = "", column: str = "") -> Iterator[Row]:
    words = {**LIVE, Kind.MODEL_VERSION: "version"}
    for feature in _all(lineage, Kind.FEATURE):
        if source in str(feature.properties["source"]) and column in ("", feature.properties["column"]):
            for node in _live(lineage.downstream(feature.id), words):
                yield (
                    *(feature.properties["source"], feature.properties["column"]),
                    *(words[node.kind], node.name, node.properties.get("owner")),
                )


def origins_of_live(lineage: Lineage, live: str = "", source: str = "") -> Iterator[Row]:
    for kind, word in LIVE.items():
        for node in _all(lineage, kind):
            if node.state is State.LIVE and live in node.name:
                for origin in lineage.upstream(node.id, kinds=[Kind.SOURCE]).nodes:
                    owners = node.properties.get("owner"), origin.properties.get("owner")
                    if source in str(origin.properties["uri"]):
                        yield word, node.name, owners[0], origin.properties["uri"], owners[1]


def live_on_stale_data(lineage: Lineage, since: str = END) -> Iterator[Row]:
    for source in _all(lineage, Kind.SOURCE):
        times = [edge.valid_from for edge in _reads(lineage, source) if edge.valid_from is not None]
        if times and max(times) >= _ms(since):
            continue
        for node in _live(lineage.downstream(source.id), LIVE):
            last = _text(max(times)) if times else None
            yield LIVE[node.kind], node.name, node.properties.get("owner"), source.properties["uri"], last


def evaluation_data_that_trained(lineage: Lineage, evaluation: str = "", source: str = "") -> Iterator[Row]:
    for judgement in _all(lineage, Kind.EVALUATION):
        above = lineage.upstream(judgement.id, depth=1).nodes
        judged = {
            run.id
            for model in above
            if model.kind is Kind.MODEL
            for run in lineage.upstream(model.id, depth=1, kinds=[Kind.RUN]).nodes
        }
        for data in above:
            if data.kind is not Kind.DATASET or evaluation not in judgement.name:
                continue
            if source not in str(data.properties["source"] or ""):
                continue
            around = lineage.show(data.id)
            runs = {node.id: node for node in around.nodes if node.kind is Kind.RUN}
            for edge in around.edges:
                if edge.dst in runs and edge.properties["role"] != "inference":
                    yield (
                        *(judgement.name, data.name, data.properties["digest"], data.properties["source"]),
                        *(runs[edge.dst].name, edge.properties["role"], edge.dst in judged),
                    )


def orphans(lineage: Lineage, kind: str = "") -> Iterator[Row]:
    graph: nx.Graph[str] = nx.Graph()
    nodes = {node.id: node for each in Kind for node in _all(lineage, each) if each not in GROUPS}
    graph.add_nodes_from(nodes)
    for uid in nodes:
        around = lineage.show(uid)
        graph.add_edges_from((uid, hint.node.id) for hint in around.possible)
        for edge in around.edges:
            if edge.type not in GROUPING and edge.valid_to is None:
                graph.add_edge(edge.src, edge.dst)
    judging = {node.properties["run_id"] for node in _all(lineage, Kind.EVALUATION)}
    for uid in nx.isolates(graph):
        node = nodes[uid]
        judged = node.kind is Kind.RUN and node.properties.get("run_id") in judging
        if node.state is not State.DELETED and not judged and kind in ("", node.kind):
            yield str(node.kind), node.name, str(node.state), node.properties.get("owner"), uid


def models_without_owner(lineage: Lineage, model: str = "") -> Iterator[Row]:
    for registered in _all(lineage, Kind.REGISTERED_MODEL):
        if (
            registered.properties.get("owner")
            or model not in registered.name
            or registered.state is not State.LIVE
        ):
            continue
        around = lineage.show(registered.id).nodes
        versions = [node for node in around if node.kind is Kind.MODEL_VERSION and node.state is State.LIVE]
        pointers = {pointer for version in versions for pointer in _pointers(lineage, version)}
        yield registered.name, len(versions), len(pointers), registered.id


def blast_radius(lineage: Lineage, source: str = "", owner: str = "") -> Iterator[Row]:
    for origin in _all(lineage, Kind.SOURCE):
        uri, owned_by = str(origin.properties["uri"]), origin.properties.get("owner")
        if source in uri and owner in ("", owned_by):
            kinds = [node.kind for node in _live(lineage.downstream(origin.id), LIVE)]
            counts = [kinds.count(kind) for kind in (Kind.DEPLOYMENT, Kind.CONSUMER, Kind.ALIAS)]
            yield uri, owned_by, *counts, sum(counts)


def alias_history(lineage: Lineage, model: str = "", alias: str = "") -> Iterator[Row]:
    for version in _all(lineage, Kind.MODEL_VERSION):
        around = lineage.show(version.id)
        nodes = {node.id: node for node in around.nodes}
        for edge in around.edges:
            if edge.type is EdgeType.ALIASED_AS:
                said = nodes[edge.dst].properties
                # An alias that is gone is known by its id alone.
                name, _, pointer = edge.dst.rpartition("/")[2].partition("@")
                named = said.get("model", name), said.get("alias", pointer)
                if model in ("", named[0]) and alias in ("", named[1]):
                    yield *named, version.properties["version"], _text(edge.valid_from), _text(edge.valid_to)


def promotion_chains(lineage: Lineage, model: str = "") -> Iterator[Row]:
    versions = {node.id: node for node in _all(lineage, Kind.MODEL_VERSION)}
    copies: nx.DiGraph[str] = nx.DiGraph()
    for uid in versions:
        copies.add_edges_from(
            (edge.src, edge.dst) for edge in lineage.show(uid).edges if edge.type is EdgeType.COPIED_TO
        )
    for first in [uid for uid, into in copies.in_degree() if not into]:
        for copy, steps in nx.single_source_shortest_path_length(copies, first).items():
            if steps and model in ("", versions[first].properties["model"]):
                for pointer in _pointers(lineage, versions[copy]) or (None,):
                    yield versions[first].name, steps, versions[copy].name, str(versions[copy].state), pointer


def versions_from_deleted_runs(lineage: Lineage, model: str = "") -> Iterator[Row]:
    made = {EdgeType.PRODUCED, EdgeType.REGISTERED_AS, EdgeType.COPIED_TO}
    for version in _all(lineage, Kind.MODEL_VERSION):
        if version.state is not State.LIVE or model not in ("", version.properties["model"]):
            continue
        answer = lineage.upstream(version.id)
        ways: nx.DiGraph[str] = nx.DiGraph()
        ways.add_node(version.id)
        ways.add_edges_from((edge.src, edge.dst) for edge in answer.edges if edge.type in made)
        for run in answer.nodes:
            gone = run.kind is Kind.RUN and run.state is State.DELETED
            if gone and run.id in nx.ancestors(ways, version.id):
                for pointer in _pointers(lineage, version) or (None,):
                    owner = version.properties.get("owner")
                    yield version.name, owner, pointer, run.name, run.id


def readers_between(
    lineage: Lineage, source: str = "", since: str = BEGINNING, until: str = END
) -> Iterator[Row]:
    found = set()
    for origin in _all(lineage, Kind.SOURCE):
        for data in _versions(lineage, origin):
            around = lineage.show(data.id)
            readers = {node.id: node for node in around.nodes}
            for edge in around.edges:
                timed = edge.valid_from is not None and _ms(since) <= edge.valid_from < _ms(until)
                if edge.type in READS and timed and source in str(origin.properties["uri"]):
                    reader = readers[edge.dst]
                    who = reader.name, reader.properties["run_id"], edge.properties["role"]
                    more = data.properties["digest"], reader.properties.get("ran_by"), str(reader.state)
                    found.add((origin.properties["uri"], _text(edge.valid_from), *who, *more))
    yield from found


def one_digest_many_sources(lineage: Lineage, digest: str = "") -> Iterator[Row]:
    places = defaultdict(set)
    for data in _all(lineage, Kind.DATASET):
        said = data.properties
        covered = said.get("digest_rows")
        telling = said.get("source") and said["digest"] and (covered is None or int(str(covered)) > 1)
        if telling and digest in ("", said["digest"]):
            places[said["digest"], said.get("rows")].add(said["source"])
    yield from ((*key, place) for key, found in places.items() if len(found) > 1 for place in found)


def code_only_origins(lineage: Lineage, team: str = "") -> Iterator[Row]:
    of_team: dict[str, tuple[set[str], set[str], set[str]]] = defaultdict(lambda: (set(), set(), set()))
    for data in _all(lineage, Kind.DATASET):
        if "code-only-source" not in data.gaps:
            continue
        around = lineage.show(data.id)
        runs = {node.id: node for node in around.nodes if node.kind is Kind.RUN}
        for edge in around.edges:
            if edge.dst in runs and edge.properties["role"] != "inference":
                origins, readers, models = of_team[_team(lineage, runs[edge.dst])]
                origins.add(data.id)
                readers.add(edge.dst)
                models.update(node.id for node in _made(lineage, edge.dst))
    for name, counted in of_team.items():
        if team in ("", name):
            yield name, *map(len, counted)


def deepest_chains(lineage: Lineage, least: int = 1) -> Iterator[Row]:
    for source in _all(lineage, Kind.SOURCE):
        answer = lineage.downstream(source.id)
        for node in _live(answer, LIVE):
            if answer.hops[node.id] >= least:
                yield answer.hops[node.id], source.properties["uri"], LIVE[node.kind], node.name


def most_reused_sources(lineage: Lineage, least: int = 1) -> Iterator[Row]:
    for source in _all(lineage, Kind.SOURCE):
        reads = [edge for edge in _reads(lineage, source) if edge.type is EdgeType.READ_BY]
        runs = {edge.dst for edge in reads}
        trained = {edge.dst for edge in reads if edge.properties["role"] != "inference"}
        models = {node.id for run in trained for node in _made(lineage, run)}
        experiments = {node.id for run in runs for node in _experiments(lineage, run)}
        if len(runs) >= max(least, 1):
            counts = len({edge.src for edge in reads}), len(runs), len(experiments), len(models)
            yield source.properties["uri"], *counts


def _all(lineage: Lineage, kind: Kind) -> list[Node]:
    return lineage.store.find(NodeFilter(kinds=frozenset({kind})))


def _live(answer: Answer, kinds: Iterable[Kind]) -> list[Node]:
    roots = {root.id for root in answer.roots}
    wanted = set(kinds)
    return [
        node
        for node in answer.nodes
        if node.kind in wanted and node.state is State.LIVE and node.id not in roots
    ]


def _versions(lineage: Lineage, source: Node) -> list[Node]:
    around = lineage.show(source.id)
    versions = {edge.dst for edge in around.edges if edge.type is EdgeType.HAS_VERSION}
    return [node for node in around.nodes if node.id in versions]


def _reads(lineage: Lineage, source: Node) -> list[Edge]:
    """The reads of a source's versions, for whatever they were read, also by what was deleted since."""
    around = [lineage.show(data.id) for data in _versions(lineage, source)]
    return [edge for answer in around for edge in answer.edges if edge.type in READS]


def _pointers(lineage: Lineage, version: Node) -> list[str]:
    below = lineage.downstream(version.id, depth=1).nodes
    return [node.name for node in below if node.kind is Kind.ALIAS and node.state is State.LIVE]


def _made(lineage: Lineage, run: str) -> list[Node]:
    around = lineage.show(run)
    made = {edge.dst for edge in around.edges if edge.type is EdgeType.PRODUCED}
    return [node for node in around.nodes if node.id in made and node.state is not State.DELETED]


def _experiments(lineage: Lineage, run: str) -> list[Node]:
    return [node for node in lineage.show(run).nodes if node.kind is Kind.EXPERIMENT]


def _team(lineage: Lineage, run: Node) -> str:
    if owner := run.properties.get("owner"):
        return str(owner)
    experiments = _experiments(lineage, run.id)
    return str(experiments[0].properties.get("owner") or experiments[0].name) if experiments else ""


def _ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _text(ms: int | None) -> str | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat().replace("+00:00", "Z")
