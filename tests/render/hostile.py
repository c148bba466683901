"""A graph in which everything that was crawled is an attack on the page that shows it."""

from __future__ import annotations

from lineage_graph.api import Lineage
from lineage_graph.governance.report import Audit
from tests.governance.stories import CREATED
from tests.query.graphs import draw, edge, node

SECRET = "hunter2hunter2"
BENIGN = "https://nobody.example"
MARK = "ATTACKED"


def attacks(address: str) -> list[str]:
    """Texts that would run a script, load something, or leave their place if they were not escaped."""
    return [
        f"<script>document.title='{MARK}'</script>",
        f"</style><script>document.title='{MARK}'</script>",
        f"</title></svg></pre><img src=x onerror=\"document.title='{MARK}'\"><img src={address}/img>",
        f"'\"><svg onload=document.title='{MARK}'><link rel=stylesheet href={address}/css>",
        f"javascript:document.title='{MARK}'",
        f"{{% for x in y %}}{{{{ 7*7 }}}} url({address}/url) @import '{address}/import';",
        f"<iframe src={address}/frame></iframe><base href={address}/><meta http-equiv=refresh content='0;url={address}/refresh'>",
        "`` ```\n# a heading | a cell | \x1b[31m\u202e <!-- ",
        f"s3://key:{SECRET}@bucket/x?X-Amz-Signature={SECRET}",
        f"password={SECRET}",
    ]


def hostile_audit(address: str = BENIGN) -> Audit:
    """Every field of a report, each an attack."""
    texts = attacks(address)

    def text(number: int) -> str:
        return texts[number % len(texts)]

    whole = " ".join(texts)
    pairs = {text(number): text(number + 3) for number in range(len(texts))}
    columns = [{"name": each, "type": each} for each in texts]
    source, data, run = f"source:{text(0)}", f"dataset:{text(1)}@d", "run:aaaaaaaabbbbbbbb"
    model, version, alias = (
        "model:m-1",
        f"modelversion:prod/default/{text(2)}/1",
        f"alias:prod/default/{text(2)}@x",
    )
    deployment, consumer = f"deployment:{text(4)}/{text(5)}/x", f"consumer:{text(6)}"
    registered, judged = f"registeredmodel:prod/default/{text(2)}", "evaluation:ccccccccdddddddd"
    store = draw(
        node(source, "relative-path", name=whole, uri=whole, recorded=text(7), owner=whole),
        node(data, "code-only-source", name=whole, names=texts, digest=text(0), digest_strength=text(1))._replace(
            record=whole
        ),
        node(
            run,
            "no-dataset",
            name=whole,
            run_id=text(1),
            status=text(2),
            experiment=text(3),
            ran_by=text(4),
            commit=text(0),
            repo=text(8),
            branch=text(5),
            source_name=text(6),
            parent=text(2),
            description=text(7),
            params=pairs,
            metrics=dict.fromkeys(texts, 0.5),
            tags=pairs,
        ),
        node(model, "signature-unreadable", name=whole, model_id="m-1", path=text(1), flavors=texts, model_type=text(3),
             artifact_location=text(8), signature={"inputs": columns, "outputs": columns}, signature_state=text(1)),
        node(version, name=whole, model=text(2), version=1, run_id=text(0), source=text(8), status=text(1),
             stage=text(0), description=whole, tags=pairs, owner=text(9)),
        node(registered, name=text(2), model=text(2)),
        node(alias, name=whole, model=text(2), alias=text(0), pointer="alias", version=1, owner=text(0)),
        node(deployment, name=whole, platform=text(4), namespace=text(5), owner=text(2)),
        node(consumer, name=whole, owner=text(6)),
        node(judged, "evaluation-without-model", name=whole, run_id=text(3), experiment=text(1), ran_by=text(2),
             metrics=dict.fromkeys(texts, 1.5)),
        edge(source, "ver", data, ref=whole),
        edge(data, "read", run, role="training", ref=whole),
        edge(run, "wrote", data, ref=whole),
        edge(run, "made", model, ref=whole),
        edge(model, "reg", version, ref=whole),
        edge(version, "of", registered),
        edge(version, "alias", alias, ref=whole, valid_from=1_000),
        edge(alias, "serve", deployment, ref=whole),
        edge(deployment, "feed", consumer, ref=whole),
        edge(model, "eval", judged, ref=whole),
        edge(data, "eval", judged, ref=whole),
    )  # fmt: skip
    with Lineage(store) as lineage:
        return lineage.audit(alias, created=CREATED)
