"""A graph in which everything that was crawled is an attack on the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from lineage_graph.api import Lineage
from lineage_graph.governance.report import Audit
from lineage_graph.graph import Claimed
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


class Hostile:
    """Nodes and edges of which every text is an attack, and every text that may be long holds all of them."""

    def __init__(self, texts: list[str]) -> None:
        self.texts, self.whole = texts, " ".join(texts)
        self.pairs = {self.text(number): self.text(number + 3) for number in range(len(texts))}
        self.source, self.data = f"source:{self.text(0)}", f"dataset:{self.text(1)}@d"
        self.run, self.judged = "run:aaaaaaaabbbbbbbb", "evaluation:ccccccccdddddddd"
        self.model, self.registered = "model:m-1", f"registeredmodel:prod/default/{self.text(2)}"
        self.version = f"modelversion:prod/default/{self.text(2)}/1"
        self.alias = f"alias:prod/default/{self.text(2)}@x"
        self.deployment = f"deployment:{self.text(4)}/{self.text(5)}/x"
        self.consumer = f"consumer:{self.text(6)}"

    def text(self, number: int) -> str:
        """One of the attacks."""
        return self.texts[number % len(self.texts)]

    def data_and_runs(self) -> Iterator[Claimed]:
        """What was read, by whom, and who judged."""
        text, whole = self.text, self.whole
        yield node(self.source, "relative-path", name=whole, uri=whole, recorded=text(7), owner=whole)
        yield node(
            self.data,
            "code-only-source",
            name=whole,
            names=self.texts,
            digest=text(0),
            digest_strength=text(1),
        )._replace(record=whole)
        yield node(
            self.run, "no-dataset", name=whole, run_id=text(1), status=text(2), experiment=text(3), ran_by=text(4),
            commit=text(0), repo=text(8), branch=text(5), source_name=text(6), parent=text(2), description=text(7),
            params=self.pairs, metrics=dict.fromkeys(self.texts, 0.5), tags=self.pairs,
        )  # fmt: skip
        yield node(
            self.judged, "evaluation-without-model", name=whole, run_id=text(3), experiment=text(1), ran_by=text(2),
            metrics=dict.fromkeys(self.texts, 1.5),
        )  # fmt: skip

    def models_and_uses(self) -> Iterator[Claimed]:
        """What was made, what it is called, and who uses it."""
        text, whole = self.text, self.whole
        columns = [{"name": each, "type": each} for each in self.texts]
        yield node(
            self.model, "signature-unreadable", name=whole, model_id="m-1", path=text(1), flavors=self.texts,
            model_type=text(3), artifact_location=text(8), signature={"inputs": columns, "outputs": columns},
            signature_state=text(1),
        )  # fmt: skip
        yield node(
            self.version, name=whole, model=text(2), version=1, run_id=text(0), source=text(8), status=text(1),
            stage=text(0), description=whole, tags=self.pairs, owner=text(9),
        )  # fmt: skip
        yield node(self.registered, name=text(2), model=text(2))
        yield node(
            self.alias, name=whole, model=text(2), alias=text(0), pointer="alias", version=1, owner=text(0)
        )
        yield node(self.deployment, name=whole, platform=text(4), namespace=text(5), owner=text(2))
        yield node(self.consumer, name=whole, owner=text(6))

    def edges(self) -> Iterator[Claimed]:
        """All of it hangs together."""
        whole = self.whole
        yield edge(self.source, "ver", self.data, ref=whole)
        yield edge(self.data, "read", self.run, role="training", ref=whole)
        yield edge(self.run, "wrote", self.data, ref=whole)
        yield edge(self.run, "made", self.model, ref=whole)
        yield edge(self.model, "reg", self.version, ref=whole)
        yield edge(self.version, "of", self.registered)
        yield edge(self.version, "alias", self.alias, ref=whole, valid_from=1_000)
        yield edge(self.alias, "serve", self.deployment, ref=whole)
        yield edge(self.deployment, "feed", self.consumer, ref=whole)
        yield edge(self.model, "eval", self.judged, ref=whole)
        yield edge(self.data, "eval", self.judged, ref=whole)


def hostile_audit(address: str = BENIGN) -> Audit:
    """Every field of a report, each an attack."""
    hostile = Hostile(attacks(address))
    store = draw(*hostile.data_and_runs(), *hostile.models_and_uses(), *hostile.edges())
    with Lineage(store) as lineage:
        return lineage.audit(hostile.alias, created=CREATED)
