"""The shop's answers, made by hand: the impact of orders.parquet, the origins of the champion, and three kinds of nothing."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node, Origin, State
from lineage_graph.query.answer import (
    Answer,
    End,
    Gap,
    GraphState,
    Options,
    Path,
    Possible,
    Root,
    Truncated,
    Verdict,
)
from lineage_graph.query.impact import Group, Header, Impact, Row

READ_AT = 1_795_510_800_000  # 2026-11-24T09:00:00Z
LAST_READ = 1_795_165_200_000  # 2026-11-20T09:00:00Z
PROD = Origin("mlflow:prod", "mlflow", "sqlite:///mlflow.db", read_at=READ_AT, complete=True)
GRAPH = GraphState("sqlite", 412, (PROD,))

URI = "file:///srv/shop/data/orders.parquet"
SOURCE = Node(f"source:{URI}", Kind.SOURCE, "orders.parquet", properties={"uri": URI}, records=("r",))
ORDERS = Node(
    f"dataset:{URI}@71fe0c35",
    Kind.DATASET,
    "orders",
    properties={
        "name": "orders",
        "names": ["orders"],
        "digest": "71fe0c35",
        "digest_strength": "first-10000-rows",
        "rows": 5000,
        "source": SOURCE.id,
    },
    records=("r",),
)


def run(key: str, name: str = "Training", **properties: object) -> Node:
    return Node(
        f"run:{key}",
        Kind.RUN,
        name,
        properties={
            "run_id": key,
            "status": "FINISHED",
            "experiment": "churn",
            "ran_by": "ana",
            **properties,
        },
        records=("r",),
    )


def version(number: int) -> Node:
    return Node(
        f"model-version:prod/default/churn/{number}",
        Kind.MODEL_VERSION,
        f"churn/{number}",
        properties={"model": "churn", "version": number, "run_id": "x"},
        records=("r",),
    )


RUN = run("9c04d2ab77")
OLD_RUNS = [run("1a00000001"), run("2b00000002")]
EVALUATION = Node(
    "evaluation:40aa9be1cc",
    Kind.EVALUATION,
    "evaluate",
    properties={"run_id": "40aa9be1cc", "metrics": {"accuracy": 0.91}},
    gaps=("evaluation-without-model",),
    records=("r",),
)
MODEL = Node(
    "model:m-77", Kind.MODEL, "model", properties={"model_id": "m-77", "run_id": "9c04d2ab77"}, records=("r",)
)
VERSIONS = [version(number) for number in (1, 2, 3)]
ALIAS = Node(
    "alias:prod/default/churn@champion",
    Kind.ALIAS,
    "churn@champion",
    properties={"model": "churn", "alias": "champion", "pointer": "alias", "version": 3},
    records=("r",),
)
DEPLOYMENT = Node(
    "deployment:k8s/shop/churn-api",
    Kind.DEPLOYMENT,
    "churn-api",
    properties={"platform": "k8s", "namespace": "shop", "owner": "growth@shop.example"},
    records=("r",),
)
CONSUMER = Node(
    "consumer:retention-mails",
    Kind.CONSUMER,
    "retention-mails",
    properties={"owner": "crm@shop.example"},
    records=("r",),
)


def edge(
    src: Node, dst: Node, type: str, evidence: Evidence = Evidence.LOGGED, rule: str = "", **more: Any
) -> Edge:
    return Edge(src.id, dst.id, EdgeType(type), evidence, rule, ("mlflow:prod/x",), **more)


TRAINING = {"role": "training", "context": "Training"}
EDGES = [
    edge(SOURCE, ORDERS, "HAS_VERSION"),
    edge(ORDERS, RUN, "READ_BY", rule="context", valid_from=LAST_READ, properties=TRAINING),
    edge(ORDERS, OLD_RUNS[0], "READ_BY", rule="context", valid_from=1, properties=TRAINING),
    edge(ORDERS, OLD_RUNS[1], "READ_BY", rule="context", valid_from=2, properties=TRAINING),
    edge(ORDERS, EVALUATION, "EVALUATED_IN", Evidence.INFERRED, "evaluator-row-count"),
    edge(RUN, MODEL, "PRODUCED"),
    edge(MODEL, VERSIONS[2], "REGISTERED_AS"),
    edge(OLD_RUNS[0], VERSIONS[0], "REGISTERED_AS"),
    edge(OLD_RUNS[1], VERSIONS[1], "REGISTERED_AS"),
    edge(VERSIONS[2], ALIAS, "ALIASED_AS"),
    edge(ALIAS, DEPLOYMENT, "SERVED_BY", Evidence.DECLARED, "declared"),
    edge(DEPLOYMENT, CONSUMER, "FEEDS", Evidence.DECLARED, "declared"),
]
HOPS = {
    SOURCE.id: 0,
    ORDERS.id: 1,
    RUN.id: 2,
    OLD_RUNS[0].id: 2,
    OLD_RUNS[1].id: 2,
    EVALUATION.id: 2,
    MODEL.id: 3,
    VERSIONS[0].id: 3,
    VERSIONS[1].id: 3,
    VERSIONS[2].id: 4,
    ALIAS.id: 5,
    DEPLOYMENT.id: 6,
    CONSUMER.id: 7,
}
NODES = [SOURCE, ORDERS, RUN, *OLD_RUNS, EVALUATION, MODEL, *VERSIONS, ALIAS, DEPLOYMENT, CONSUMER]
EVALUATION_GAP = Gap(
    "evaluation-without-model",
    EVALUATION.id,
    "evaluation evaluate 40aa9be1 names no model",
    "evaluations:\n  - run: 40aa9be1cc\n    model: NAME/VERSION",
)


def ordered(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(sorted(edges, key=lambda item: item.key))


def counts(nodes: list[Node]) -> dict[str, int]:
    return {kind.value: n for kind in Kind if (n := sum(node.kind is kind for node in nodes))}


IMPACT = Answer(
    "impact",
    "downstream",
    (Root("orders.parquet", SOURCE.id),),
    Options(),
    GRAPH,
    Verdict.FOUND,
    nodes=tuple(NODES),
    hops=HOPS,
    edges=ordered(EDGES),
    gaps=(EVALUATION_GAP,),
    counts=counts(NODES),
)

IMPACTS = Impact(
    IMPACT,
    Header(SOURCE, 3, LAST_READ, deployments=1, consumers=1, pointers=0, versions=1, gaps=1),
    (
        (
            Group.LIVE,
            (
                Row(
                    Kind.DEPLOYMENT,
                    (DEPLOYMENT.id,),
                    ("churn-api",),
                    "growth@shop.example",
                    "ana",
                    6,
                    (ALIAS.id, VERSIONS[2].id, MODEL.id, RUN.id, ORDERS.id),
                ),
                Row(
                    Kind.CONSUMER,
                    (CONSUMER.id,),
                    ("retention-mails",),
                    "crm@shop.example",
                    "ana",
                    7,
                    (DEPLOYMENT.id, ALIAS.id, VERSIONS[2].id, MODEL.id, RUN.id, ORDERS.id),
                    DEPLOYMENT.id,
                ),
            ),
        ),
        (
            Group.REGISTERED,
            (
                Row(
                    Kind.MODEL_VERSION,
                    (VERSIONS[0].id, VERSIONS[1].id),
                    ("churn/1", "churn/2"),
                    None,
                    "ana",
                    3,
                    (OLD_RUNS[0].id, ORDERS.id),
                ),
            ),
        ),
    ),
    (
        "lineage-graph path orders.parquet deployment:shop/churn-api",
        "lineage-graph doctor evaluation-without-model",
        "lineage-graph impact orders.parquet -o csv",
    ),
)

UP = [SOURCE, ORDERS, RUN, MODEL, VERSIONS[2], ALIAS]
UP_HOPS = {node.id: 5 - at for at, node in enumerate(UP)}
ORIGINS = Answer(
    "upstream",
    "upstream",
    (Root("churn@champion", ALIAS.id),),
    Options(),
    GRAPH,
    Verdict.FOUND,
    nodes=tuple(reversed(UP)),
    hops=UP_HOPS,
    edges=ordered(item for item in EDGES if item.src in UP_HOPS and item.dst in UP_HOPS),
    counts=counts(UP),
)

PATH = Answer(
    "path",
    None,
    (Root("orders.parquet", SOURCE.id), Root("churn/3", VERSIONS[2].id)),
    Options(),
    GRAPH,
    Verdict.FOUND,
    nodes=(SOURCE, ORDERS, RUN, MODEL, VERSIONS[2]),
    hops={SOURCE.id: 0, ORDERS.id: 1, RUN.id: 2, MODEL.id: 3, VERSIONS[2].id: 4},
    edges=(EDGES[0], EDGES[1], EDGES[5], EDGES[6]),
    paths=(Path((SOURCE.id, ORDERS.id, RUN.id, MODEL.id, VERSIONS[2].id), (0, 1, 2, 3)),),
    counts=counts(UP[:-1]),
)

HIDDEN_RUN = run("77aa0000ff", "sincere-hog-12")
NOT_CAPTURED = Answer(
    "upstream",
    "upstream",
    (Root("churn/1", VERSIONS[0].id),),
    Options(),
    GRAPH,
    Verdict.NOT_CAPTURED,
    nodes=(VERSIONS[0], HIDDEN_RUN),
    hops={VERSIONS[0].id: 0, HIDDEN_RUN.id: 1},
    edges=(edge(HIDDEN_RUN, VERSIONS[0], "REGISTERED_AS"),),
    possible=(
        Possible(
            SOURCE, "param train-data-path of run sincere-hog-12 is data/orders.parquet", "param-names-data"
        ),
    ),
    gaps=(
        Gap(
            "no-dataset",
            HIDDEN_RUN.id,
            "run sincere-hog-12 77aa0000 logged no dataset",
            "inputs: [params.train-data-path]",
        ),
    ),
    counts={"Run": 1, "ModelVersion": 1},
    ends=(End(HIDDEN_RUN, 1),),
)
NOTHING_BELOW = Answer(
    "impact",
    "downstream",
    (Root("churn/1", VERSIONS[0].id),),
    Options(),
    GRAPH,
    Verdict.NOT_CAPTURED,
    nodes=(VERSIONS[0],),
    hops={VERSIONS[0].id: 0},
    gaps=(
        Gap(
            "no-pointer",
            VERSIONS[0].id,
            "churn has neither an alias nor a stage: nothing says what is live",
            'MlflowClient().set_registered_model_alias("churn", "champion", 1)',
        ),
    ),
    counts={"ModelVersion": 1},
    ends=(End(VERSIONS[0], 0),),
)
NONE_BELOW = Answer(
    "impact",
    "downstream",
    (Root("retention-mails", CONSUMER.id),),
    Options(),
    GRAPH,
    Verdict.NONE,
    nodes=(CONSUMER,),
    hops={CONSUMER.id: 0},
    counts={"Consumer": 1},
)
CUT = Answer(
    "downstream",
    "downstream",
    IMPACT.roots,
    Options(limit=1),
    GraphState("sqlite", 1, (Origin("mlflow:prod", "mlflow", read_at=READ_AT),)),
    Verdict.FOUND,
    nodes=(SOURCE, ORDERS),
    hops={SOURCE.id: 0, ORDERS.id: 1},
    edges=(EDGES[0],),
    counts=IMPACT.counts,
    truncated=Truncated(11, 11, "limit"),
    hidden={State.DELETED: 2},
)

EVIL = '"]; click n0 "javascript:alert(1)" %%{init: {}}%% <script>alert(1)</script> `|\\N [x](y)\x1b[31m\n\u202e=cmd @all'
EVIL_RUN = Node(
    f"run:{EVIL}",
    Kind.RUN,
    EVIL,
    properties={"run_id": EVIL, "status": EVIL, "experiment": EVIL},
    gaps=("no-dataset",),
)
SECRET = "s3cr3t-hunter2"
SECRET_REF = f"https://ana:{SECRET}@host.example/data.parquet?sig={SECRET}"
HOSTILE = Answer(
    "downstream",
    "downstream",
    (Root(SECRET_REF, SOURCE.id),),
    Options(),
    GRAPH,
    Verdict.FOUND,
    nodes=(SOURCE, EVIL_RUN, Node("run:=1+1", Kind.RUN, "=1+1")),
    hops={SOURCE.id: 0, EVIL_RUN.id: 1, "run:=1+1": 1},
    edges=(
        Edge(
            SOURCE.id,
            EVIL_RUN.id,
            EdgeType.READ_BY,
            Evidence.INFERRED,
            EVIL,
            (EVIL, SECRET_REF),
            properties={"role": EVIL},
        ),
        Edge("=a", "+b", EdgeType.READ_BY, Evidence.LOGGED, "@rule"),
    ),
    possible=(Possible(EVIL_RUN, EVIL, "run-reference"),),
    gaps=(Gap("no-dataset", EVIL_RUN.id, EVIL, EVIL),),
    counts={"Source": 1, "Run": 2},
)
IMPACT_OF_NOTHING = Impact(
    NOTHING_BELOW, Header(VERSIONS[0], 0, None, 0, 0, 0, 0, gaps=1), (), ("lineage-graph doctor no-pointer",)
)
IMPACT_OF_AN_END = Impact(NONE_BELOW, Header(CONSUMER, 0, None, 0, 0, 0, 0, gaps=0), (), ())
IMPACT_OF_A_POINTER = replace(
    IMPACTS,
    header=Header(SOURCE, 3, LAST_READ, deployments=0, consumers=0, pointers=1, versions=1, gaps=0),
    answer=replace(IMPACT, gaps=()),
    groups=(
        (Group.LIVE, (Row(Kind.ALIAS, (ALIAS.id,), ("churn@champion",), None, "ana", 5, (VERSIONS[2].id,)),)),
    ),
    commands=("lineage-graph path orders.parquet churn@champion",),
)
ALL = {
    "impact": IMPACT,
    "origins": ORIGINS,
    "path": PATH,
    "not-captured": NOT_CAPTURED,
    "nothing-below": NOTHING_BELOW,
    "none-below": NONE_BELOW,
    "cut": CUT,
    "hostile": HOSTILE,
}
