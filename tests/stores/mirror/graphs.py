"""A small graph with what Cypher's two databases like to disagree on: nulls, letters, two types of one property, intervals, circles."""

from pathlib import Path

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Origin, Record, State
from lineage_graph.stores.base import Store
from lineage_graph.stores.table import open_store


def node(kind, key, name, gaps=(), state=State.LIVE, **props):
    return NodeClaim(f"{kind.lower()}:{key}", kind, name, props, gaps, state)


DAY = 86_400_000
T0 = 1_767_225_600_000  # 2026-01-01


ALIAS = "alias:p/default/churn@"
VERSION = "modelversion:p/default/churn/"
Nodes = list[NodeClaim]
Edges = list[EdgeClaim]


def edge(src, edge_type, dst, evidence=Evidence.LOGGED, rule="", since=None, until=None, **props):
    return EdgeClaim(src, dst, edge_type, evidence, rule, f"ref/{src}", since, until, props)


def records(*, cyclic: bool) -> list[Record]:
    """With circles, or without. A record for each node, with the edges that leave it in the order of the story."""
    nodes: Nodes = []
    edges: Edges = []
    _add_data(nodes, edges)
    _add_runs(nodes, edges)
    _add_flow_between_data(edges, cyclic)
    _add_versions(nodes, edges)
    _add_what_serves(nodes, edges)
    by_id: dict[str, tuple[NodeClaim, Edges]] = {claim.id: (claim, []) for claim in nodes}
    for claim in edges:
        by_id[claim.src][1].append(claim)
    return [Record(key, b"1", (claim,), tuple(claims)) for key, (claim, claims) in by_id.items()]


def _add_data(nodes: Nodes, edges: Edges) -> None:
    for i in range(5):
        owner = {"owner": "ana" if i % 2 else "Böb"} if i < 4 else {}
        name = f"t{i}.csv" if i else "Ünï'\"\\`ß.csv"
        nodes.append(node(Kind.SOURCE, f"s3://b/t{i}", name, uri=f"s3://b/t{i}", **owner, weight=0.5 * i))
    for i in range(9):
        nodes.append(
            node(
                Kind.DATASET,
                f"d{i}",
                f"d{i % 4}",
                gaps=("code-only-source",) if i % 3 == 0 else (),
                names=[f"d{i % 4}"] + (["x"] if i % 2 else []),
                digest=f"{i:02d}",
                source=f"source:s3://b/t{i % 5}" if i % 3 else None,
                rows=i * 100 if i % 4 else None,
                columns=[{"name": "a", "type": "long"}],
                odd=(i if i % 2 else f"v{i}"),
            )
        )
        if i % 3:
            edges.append(edge(f"source:s3://b/t{i % 5}", EdgeType.HAS_VERSION, f"dataset:d{i}"))


def _add_runs(nodes: Nodes, edges: Edges) -> None:
    for i in range(8):
        nodes.append(_run(i))
        at, run = T0 + i * DAY, f"run:r{i}"
        sure = Evidence.LOGGED if i % 2 else Evidence.INFERRED
        role = {"role": "training" if i % 3 else "evaluation", "context": "train" if i % 2 else None}
        edges.append(edge(f"dataset:d{i}", EdgeType.READ_BY, run, sure, "context", at, **role))
        if i % 2:
            other = f"dataset:d{(i + 1) % 9}"
            edges.append(edge(other, EdgeType.READ_BY, run, rule="eval-run", since=at, role="unspecified"))
        if i >= 2:
            edges.append(edge(run, EdgeType.CHILD_OF, f"run:r{i - 2}"))
        about = {"model_id": f"m{i}", "run_id": f"r{i}", "path": "model", "status": "READY", "step": i}
        nodes.append(node(Kind.MODEL, f"m{i}", f"model{i % 2}", **about))
        edges.append(edge(run, EdgeType.PRODUCED, f"model:m{i}"))


def _run(i: int) -> NodeClaim:
    return node(
        Kind.RUN,
        f"r{i}",
        f"train-{i % 3}",
        run_id=f"r{i}",
        status="FINISHED" if i % 4 else "FAILED",
        experiment=f"e{i % 2}",
        start=T0 + i * DAY,
        end=None if i == 3 else T0 + i * DAY + 1000,
        ran_by="ana" if i % 2 else None,
        params={"lr": 0.1 * i},
        big=2**53 + i,
        flag=bool(i % 2) if i < 6 else None,
        metrics={"a": float(i)},
    )


def _add_flow_between_data(edges: Edges, cyclic: bool) -> None:
    d0, d3, d7, d8 = (f"dataset:d{i}" for i in (0, 3, 7, 8))
    edges.append(edge("run:r1", EdgeType.WROTE, d7))
    edges.append(edge(d7, EdgeType.CONTINUES_AS, d8, Evidence.INFERRED, "last-write"))
    if cyclic:
        edges.append(edge(d8, EdgeType.CONTINUES_AS, d7, Evidence.INFERRED, "last-write"))
        edges.append(edge(d3, EdgeType.CONTINUES_AS, d3, Evidence.INFERRED, "self"))
    edges.append(edge(d0, EdgeType.SAME_CONTENT, d3, Evidence.POSSIBLE, "same-content"))


def _add_versions(nodes: Nodes, edges: Edges) -> None:
    for i in range(6):
        nodes.append(
            node(
                Kind.MODEL_VERSION,
                f"p/default/churn/{i}",
                f"churn/{i}",
                model="churn" if i % 2 else "fraud",
                version=i,
                run_id=f"r{i}",
                tags={"a": "b"} if i == 2 else {},
                state=State.LIVE if i else State.DELETED,
            )
        )
        edges.append(edge(f"model:m{i}", EdgeType.REGISTERED_AS, f"{VERSION}{i}"))
        if i > 3:
            edges.append(edge(f"{VERSION}{i - 1}", EdgeType.COPIED_TO, f"{VERSION}{i}"))
    for name in ("champion", "challenger"):
        about = {"model": "churn", "alias": name, "pointer": "alias", "version": 3}
        nodes.append(node(Kind.ALIAS, f"p/default/churn@{name}", f"churn@{name}", **about))
    moved = T0 + 5 * DAY
    for version, name, since, until in (
        (3, "champion", moved, None),
        (1, "champion", T0, moved),
        (3, "champion", T0 - DAY, T0),
        (4, "challenger", None, None),
    ):
        ends = f"{VERSION}{version}", EdgeType.ALIASED_AS, f"{ALIAS}{name}"
        edges.append(edge(*ends, since=since, until=until))


def _add_what_serves(nodes: Nodes, edges: Edges) -> None:
    about = {"platform": "k8s", "namespace": "shop", "owner": "growth"}
    nodes.append(node(Kind.DEPLOYMENT, "k8s/shop/api", "api", **about))
    nodes.append(node(Kind.CONSUMER, "mails", "mails"))
    api, said = "deployment:k8s/shop/api", (Evidence.DECLARED, "declared")
    edges.append(edge(f"{ALIAS}champion", EdgeType.SERVED_BY, api, *said, note='it\'s \\ "q"\n'))
    edges.append(edge(api, EdgeType.FEEDS, "consumer:mails", *said))


def retold(made: list[Record], *, gone: bool) -> list[Record]:
    """With an alias at a version and at one that nothing describes; and, when it is gone, without the alias and the version."""
    leaving = {f"{VERSION}1", f"{ALIAS}gone"}
    if gone:
        kept = [record for record in made if record.key not in leaving]
        return [
            record._replace(edges=tuple(e for e in record.edges if e.dst not in leaving), fingerprint=b"2")
            for record in kept
        ]
    alias = node(
        Kind.ALIAS, "p/default/churn@gone", "churn@gone", model="churn", alias="gone", pointer="alias"
    )
    stood = [edge(f"{VERSION}{v}", EdgeType.ALIASED_AS, alias.id, since=T0) for v in (1, 7)]
    return [*made, Record(alias.id, b"1", (alias,), tuple(stood))]


def write(path: Path | str, made: list[Record], at: int = T0 + 30 * DAY) -> Store:
    """The records in a store, as a crawl writes them; what was there before and is not now is gone."""
    store = open_store(str(path))
    with store.writing(Origin("mlflow:prod", "mlflow", "sqlite:///m.db", read_at=at)) as session:
        fresh = session.fresh([(record.key, record.fingerprint) for record in made])
        session.write([record for record in made if record.key in fresh])
        session.finish(retract=True)
    return store
