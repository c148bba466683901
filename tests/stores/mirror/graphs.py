"""A small graph with what Cypher's two databases like to disagree on: nulls, letters, two types of one property, intervals, circles."""

# ruff: noqa: PERF401 - nodes and edges in the order of a story
from pathlib import Path
from typing import Any

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Origin, Record, State
from lineage_graph.stores.base import Store
from lineage_graph.stores.table import open_store


def node(kind, key, name, gaps=(), state=State.LIVE, **props):
    return NodeClaim(f"{kind.lower()}:{key}", kind, name, props, gaps, state)


DAY = 86_400_000
T0 = 1_767_225_600_000  # 2026-01-01


def records(*, cyclic: bool) -> list[Record]:  # noqa: C901 - one graph, made in turn
    """With circles, or without."""
    nodes: list[NodeClaim] = []
    edges: list[Any] = []
    for i in range(5):
        nodes.append(
            node(
                Kind.SOURCE,
                f"s3://b/t{i}",
                f"t{i}.csv" if i else "Ünï'\"\\`ß.csv",
                uri=f"s3://b/t{i}",
                **({"owner": "ana" if i % 2 else "Böb"} if i < 4 else {}),
                weight=0.5 * i,
            )
        )
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
            edges.append(
                (
                    f"source:s3://b/t{i % 5}",
                    f"dataset:d{i}",
                    EdgeType.HAS_VERSION,
                    Evidence.LOGGED,
                    "",
                    None,
                    None,
                    {},
                )
            )
    for i in range(8):
        nodes.append(
            node(
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
        )
        edges.append(
            (
                f"dataset:d{i}",
                f"run:r{i}",
                EdgeType.READ_BY,
                Evidence.LOGGED if i % 2 else Evidence.INFERRED,
                "context",
                T0 + i * DAY,
                None,
                {"role": "training" if i % 3 else "evaluation", "context": "train" if i % 2 else None},
            )
        )
        if i % 2:
            edges.append(
                (
                    f"dataset:d{(i + 1) % 9}",
                    f"run:r{i}",
                    EdgeType.READ_BY,
                    Evidence.LOGGED,
                    "eval-run",
                    T0 + i * DAY,
                    None,
                    {"role": "unspecified"},
                )
            )
        if i >= 2:
            edges.append(
                (f"run:r{i}", f"run:r{i - 2}", EdgeType.CHILD_OF, Evidence.LOGGED, "", None, None, {})
            )
        nodes.append(
            node(
                Kind.MODEL,
                f"m{i}",
                f"model{i % 2}",
                model_id=f"m{i}",
                run_id=f"r{i}",
                path="model",
                status="READY",
                step=i,
            )
        )
        edges.append((f"run:r{i}", f"model:m{i}", EdgeType.PRODUCED, Evidence.LOGGED, "", None, None, {}))
    edges.append(("run:r1", "dataset:d7", EdgeType.WROTE, Evidence.LOGGED, "", None, None, {}))
    edges.append(
        ("dataset:d7", "dataset:d8", EdgeType.CONTINUES_AS, Evidence.INFERRED, "last-write", None, None, {})
    )
    if cyclic:
        edges.append(
            (
                "dataset:d8",
                "dataset:d7",
                EdgeType.CONTINUES_AS,
                Evidence.INFERRED,
                "last-write",
                None,
                None,
                {},
            )
        )
        edges.append(
            ("dataset:d3", "dataset:d3", EdgeType.CONTINUES_AS, Evidence.INFERRED, "self", None, None, {})
        )
    edges.append(
        ("dataset:d0", "dataset:d3", EdgeType.SAME_CONTENT, Evidence.POSSIBLE, "same-content", None, None, {})
    )
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
        edges.append(
            (
                f"model:m{i}",
                f"modelversion:p/default/churn/{i}",
                EdgeType.REGISTERED_AS,
                Evidence.LOGGED,
                "",
                None,
                None,
                {},
            )
        )
        if i > 3:
            edges.append(
                (
                    f"modelversion:p/default/churn/{i - 1}",
                    f"modelversion:p/default/churn/{i}",
                    EdgeType.COPIED_TO,
                    Evidence.LOGGED,
                    "",
                    None,
                    None,
                    {},
                )
            )
    for a in ("champion", "challenger"):
        nodes.append(
            node(
                Kind.ALIAS,
                f"p/default/churn@{a}",
                f"churn@{a}",
                model="churn",
                alias=a,
                pointer="alias",
                version=3,
            )
        )
    edges.append(
        (
            "modelversion:p/default/churn/3",
            "alias:p/default/churn@champion",
            EdgeType.ALIASED_AS,
            Evidence.LOGGED,
            "",
            T0 + 5 * DAY,
            None,
            {},
        )
    )
    edges.append(
        (
            "modelversion:p/default/churn/1",
            "alias:p/default/churn@champion",
            EdgeType.ALIASED_AS,
            Evidence.LOGGED,
            "",
            T0,
            T0 + 5 * DAY,
            {},
        )
    )
    edges.append(
        (
            "modelversion:p/default/churn/3",
            "alias:p/default/churn@champion",
            EdgeType.ALIASED_AS,
            Evidence.LOGGED,
            "",
            T0 - DAY,
            T0,
            {},
        )
    )
    edges.append(
        (
            "modelversion:p/default/churn/4",
            "alias:p/default/churn@challenger",
            EdgeType.ALIASED_AS,
            Evidence.LOGGED,
            "",
            None,
            None,
            {},
        )
    )
    nodes.append(
        node(Kind.DEPLOYMENT, "k8s/shop/api", "api", platform="k8s", namespace="shop", owner="growth")
    )
    nodes.append(node(Kind.CONSUMER, "mails", "mails"))
    edges.append(
        (
            "alias:p/default/churn@champion",
            "deployment:k8s/shop/api",
            EdgeType.SERVED_BY,
            Evidence.DECLARED,
            "declared",
            None,
            None,
            {"note": 'it\'s \\ "q"\n'},
        )
    )
    edges.append(
        (
            "deployment:k8s/shop/api",
            "consumer:mails",
            EdgeType.FEEDS,
            Evidence.DECLARED,
            "declared",
            None,
            None,
            {},
        )
    )
    by_id: dict[str, tuple[NodeClaim, list[EdgeClaim]]] = {claim.id: (claim, []) for claim in nodes}
    for src, dst, edge_type, evidence, rule, since, until, properties in edges:
        claim = EdgeClaim(src, dst, edge_type, evidence, rule, f"ref/{src}", since, until, properties)
        by_id[src][1].append(claim)
    return [Record(key, b"1", (claim,), tuple(claims)) for key, (claim, claims) in by_id.items()]


def write(path: Path, made: list[Record], at: int = T0 + 30 * DAY) -> Store:
    """The records in a store, as a crawl writes them; what was there before and is not now is gone."""
    store = open_store(str(path))
    with store.writing(Origin("mlflow:prod", "mlflow", "sqlite:///m.db", read_at=at)) as session:
        fresh = session.fresh([(record.key, record.fingerprint) for record in made])
        session.write([record for record in made if record.key in fresh])
        session.finish(retract=True)
    return store
