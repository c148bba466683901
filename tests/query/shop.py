"""The shop: what a person on call asks about.

::

    orders.parquet ─→ orders@aa11 ─training→ train-1 ─→ m-1 ─→ churn/1
         │                                                        (no pointer of its own; churn has one)
         └─────────→ orders@bb22 ─training→ train-2 ─→ m-2 ─→ churn/2 ─→ churn@champion ─→ shop/churn-api ─→ retention-mails
                          ├──inference→ score-1 ─→ scores@dd44
                          └──training→ gone (deleted) ─→ m-gone (deleted)
    holdout.parquet ─→ holdout@cc33 ─→ judge-1 ←─ m-2
    blind (logged no dataset; possible: params.train-data-path = s3://shop/extra.csv) ─→ m-3 ─→ fraud/1 (no pointer)
"""

from __future__ import annotations

from typing import Any

from lineage_graph.graph import Claimed, Evidence, State
from lineage_graph.stores.base import Store
from tests.query.graphs import draw, edge, node

DAY = 86_400_000
ORDERS = "source:file:///srv/shop/data/orders.parquet"
HOLDOUT = "source:file:///srv/shop/data/holdout.parquet"
EXTRA = "source:s3://shop/extra.csv"
O1, O2, H = "dataset:orders@aa11", "dataset:orders@bb22", "dataset:holdout@cc33"
SCORES = "dataset:prod/1/scores@dd44"
T1, T2, S1, GONE, BLIND = (f"run:{digit * 8}" for digit in "12345")
M1, M2, M3, M_GONE = "model:m-1", "model:m-2", "model:m-3", "model:m-gone"
V1, V2, F1 = (f"modelversion:prod/default/{name}" for name in ("churn/1", "churn/2", "fraud/1"))
CHAMPION = "alias:prod/default/churn@champion"
CHURN, FRAUD = "registeredmodel:prod/default/churn", "registeredmodel:prod/default/fraud"
API, MAILS = "deployment:k8s/shop/churn-api", "consumer:retention-mails"
JUDGE = "evaluation:66666666/m-2"
EXTRA_DATA = "dataset:s3://shop/extra.csv@run:55555555"
EXPERIMENT = "experiment:prod/1"


def run(id: str, name: str, *gaps: str, state: State = State.LIVE, **properties: Any) -> Claimed:
    start = int(id[-1]) * DAY
    about: dict[str, Any] = {
        "run_id": id.split(":")[1],
        "status": "FINISHED",
        "experiment": "churn",
        "ran_by": "ana",
        "start": start,
    }
    return node(id, *gaps, name=name, state=state, **about, **properties)


def dataset(id: str, name: str, digest: str, source: str | None, *gaps: str) -> Claimed:
    return node(id, *gaps, name=name, names=[name], digest=digest, source=source)


def version(id: str, *gaps: str) -> Claimed:
    model, _, number = id.removeprefix("modelversion:prod/default/").partition("/")
    return node(id, *gaps, name=f"{model}/{number}", model=model, version=int(number), run_id="")


NODES = (
    node(ORDERS, uri=ORDERS[7:], name=ORDERS[7:], owner="data@shop.example"),
    node(HOLDOUT, uri=HOLDOUT[7:], name=HOLDOUT[7:]),
    node(EXTRA, uri=EXTRA[7:], name=EXTRA[7:]),
    dataset(O1, "orders", "aa11", ORDERS[7:]),
    dataset(O2, "orders", "bb22", ORDERS[7:]),
    dataset(H, "holdout", "cc33", HOLDOUT[7:]),
    dataset(SCORES, "scores", "dd44", None),
    dataset(EXTRA_DATA, "extra.csv", "", EXTRA[7:]),
    run(T1, "train-1"),
    run(T2, "train-2"),
    run(S1, "score-1"),
    run(GONE, "gone", state=State.DELETED),
    run(BLIND, "blind", "no-dataset", params={"train-data-path": EXTRA[7:]}),
    *(
        node(id, name="model", model_id=id[6:], run_id="", path="model", status="READY")
        for id in (M1, M2, M3)
    ),
    node(
        M_GONE, name="model", model_id="m-gone", run_id="", path="model", status="READY", state=State.DELETED
    ),
    version(V1),
    version(V2),
    version(F1, "no-pointer"),
    node(CHAMPION, name="churn@champion", model="churn", alias="champion", pointer="alias", version=2),
    node(CHURN, name="churn"),
    node(FRAUD, name="fraud"),
    node(EXPERIMENT, name="churn"),
    node(API, name="shop/churn-api", platform="k8s", namespace="shop", owner="growth@shop.example"),
    node(MAILS, name="retention-mails", owner="crm@shop.example"),
    node(JUDGE, name="judge-1", run_id="66666666", metrics={"accuracy": 0.9}, start=1_000),
)
POSSIBLE: dict[str, Any] = {
    "evidence": Evidence.POSSIBLE,
    "rule": "param-names-data",
    "text": "train-data-path=s3://shop/extra.csv",
}
KEY_REF = "runs/55555555/params/train-data-path"
EDGES = (
    edge(ORDERS, "ver", O1),
    edge(ORDERS, "ver", O2),
    edge(O1, "read", T1, role="training", valid_from=DAY),
    edge(O2, "read", T2, role="training", valid_from=2 * DAY),
    edge(T1, "made", M1),
    edge(M1, "reg", V1),
    edge(T2, "made", M2),
    edge(M2, "reg", V2),
    edge(V2, "alias", CHAMPION, valid_from=5 * DAY),
    edge(V1, "alias", CHAMPION, valid_from=2 * DAY, valid_to=5 * DAY),
    edge(CHAMPION, "serve", API, evidence=Evidence.DECLARED),
    edge(API, "feed", MAILS, evidence=Evidence.DECLARED),
    edge(O2, "read", S1, role="inference", valid_from=3 * DAY),
    edge(S1, "wrote", SCORES),
    edge(O2, "read", GONE, role="training", valid_from=4 * DAY),
    edge(GONE, "made", M_GONE),
    edge(HOLDOUT, "ver", H),
    edge(H, "eval", JUDGE),
    edge(M2, "eval", JUDGE),
    edge(BLIND, "made", M3),
    edge(M3, "reg", F1),
    edge(EXTRA, "ver", EXTRA_DATA, ref=KEY_REF, **POSSIBLE),
    edge(EXTRA_DATA, "read", BLIND, ref=KEY_REF, **POSSIBLE),
    edge(V1, "of", CHURN),
    edge(V2, "of", CHURN),
    edge(F1, "of", FRAUD),
    *(edge(each, "in", EXPERIMENT) for each in (T1, T2, S1, GONE, BLIND)),
)


def draw_shop(*more: Claimed, url: str = "memory:") -> Store:
    """The shop, and what a test adds to it."""
    return draw(*NODES, *EDGES, *more, url=url)
