"""Features that feature stores logged, on real stores of every kind, held against what the scenario did, worked out by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lineage_graph import Lineage
from lineage_graph.graph import EdgeType, Kind, Node
from lineage_graph.sources.mlflow import feature_spec
from lineage_graph.stores.base import NodeFilter
from tests.sources.mlflow.conftest import write_scenario
from tests.support.servers import mlflow_server, postgres

SCENARIO = Path(__file__).parents[1] / "support" / "feature_scenario.py"
STORES = Path(__file__).parents[1] / "data" / "mlflow"
ORDERS = "source:file:///srv/shop/orders.csv"
CUSTOMERS = "source:table:main.shop.customers"
STATS, WEATHER = "source:feast:shop/driver_stats", "source:feast:shop/weather"

Use = tuple[str, str, str, tuple[str, ...]]


def of_spec(source: str, *columns: str) -> Use:
    return "logged", "feature-spec", source, columns


def of_feast(source: str, *columns: str) -> Use:
    return "logged", "feast-retrieval", source, columns


def of_signature(source: str, *columns: str) -> Use:
    return "inferred", "signature-columns", source, columns


USES: dict[str, set[Use]] = {
    # Taken: amount, orders, region, distance. Orders is looked up by customer and day, region by area, distance is of latitude.
    "spec-whole": {
        ("inferred", "feature-spec", ORDERS, ("amount", "customer", "day")),
        of_spec(CUSTOMERS, "area_id", "lat", "orders_30d"),
        of_spec("source:table:hive_metastore.shop.regions", "region"),
    },
    "spec-broken": set(),
    "spec-empty": set(),
    "spec-declared": {("inferred", "feature-spec", ORDERS, ("amount",))},
    # Control characters are shown and a key is not, and of what is no feature nothing is made.
    "spec-odd": {
        of_spec(CUSTOMERS, "***", "\\x1b[31mred\\u202e"),
        of_spec("source:table:main.shop.größe@1", "a b#c/ü"),
    },
    "feast-signed": {
        of_feast(STATS, "acc_rate", "conv_rate"),
        of_signature(ORDERS, "amount", "conv_rate"),
    },
    "feast-unsigned": {of_feast(STATS, "acc_rate", "conv_rate", "trips"), of_feast(WEATHER, "rain")},
    "feast-tensor": {of_feast(WEATHER, "rain")},
    "feast-two-a": {of_feast(STATS, "conv_rate")},
    "feast-two-b": {of_feast(WEATHER, "rain")},
    "feast-online": set(),
    "feast-file": {of_feast(WEATHER, "rain")},
    "feast-cut": {of_feast(WEATHER, "rain")},
    "feast-odd": {
        of_feast("source:feast:p%2Fq/a/b", "c"),
        of_feast("source:feast:p%2Fq/wetter ü", "größe#1"),
        of_feast("source:feast:p%2Fq/red%1B[31m", "***"),
    },
    "feast-dataset": {of_signature("dataset:feast_training_data", "amount")},
}  # fmt: skip
UNREADABLE = {"spec-broken", "spec-empty", "spec-declared", "spec-odd", "feast-cut", "feast-odd"}
VERDICTS = dict.fromkeys(USES, "found") | {"feast-online": "not-captured", "feast-dataset": "not-captured"}
WITHOUT_ARTIFACTS = {
    **{name: set() for name in USES if name.startswith("spec-") or name in ("feast-file", "feast-dataset")},
    # Without a signature what was retrieved is what it was trained on.
    **dict.fromkeys(
        ("feast-signed", "feast-unsigned", "feast-two-a", "feast-two-b"), USES["feast-unsigned"]
    ),
    "feast-tensor": USES["feast-tensor"],
    "feast-odd": USES["feast-odd"],
    "feast-online": set(),
}  # fmt: skip


def write(uri: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    write_scenario(uri, folder, SCENARIO)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("features")
    write(f"sqlite:///{folder}/mlflow.db", folder)
    return f"{folder}/mlflow.db"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("features-files")
    write(str(folder / "mlruns"), folder)
    return str(folder / "mlruns")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("features-server")
    with mlflow_server(f"sqlite:///{folder}/mlflow.db", folder / "artifacts") as address:
        write(address, folder)
        yield address


@pytest.fixture(scope="module")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("features-postgres")
    with postgres(folder / "data") as url:
        write(url.replace("postgresql://", "postgresql+psycopg://"), folder)
        yield url


def nodes(lineage: Lineage, kind: Kind) -> list[Node]:
    return lineage.store.find(NodeFilter(kinds=frozenset({kind})))


def uses(lineage: Lineage, *models: Node) -> dict[str, set[Use]]:
    """Model -> (evidence, rule, source, columns) of what it uses; each column's own edges are held to say the same."""
    names = {node.id: f"dataset:{node.name}" for node in nodes(lineage, Kind.DATASET)}
    found: dict[str, set[Use]] = {}
    for model in models or nodes(lineage, Kind.MODEL):
        found[model.name] = set()
        for edge in lineage.store.edges([model.id], frozenset({EdgeType.USED_BY})):
            around = lineage.store.neighbours([edge.src], frozenset({EdgeType.PART_OF}))
            columns = tuple(sorted(around.nodes[part.src].name for part in around.edges))
            source = str(around.nodes[edge.src].properties["source"])
            found[model.name].add((str(edge.evidence), edge.rule, names.get(source, source), columns))
            owned = lineage.store.ends([part.src for part in around.edges], frozenset({EdgeType.HAS_COLUMN}))
            assert {owner for owner, _ in owned} == {source}
    return found


def unreadable(lineage: Lineage) -> set[str]:
    """Models and runs with the gap."""
    return {node.name for node in lineage.store.find(NodeFilter(gap="features-unreadable"))}


def crawled(uri: str, **options: bool) -> Lineage:
    lineage = Lineage.open("memory:")
    lineage.ingest("mlflow", uri, name="prod", site="local", **options)  # type: ignore[arg-type]  # options of `ingest` by name
    return lineage


@pytest.mark.server
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("mlflow-servers")
@pytest.mark.parametrize("kind", ["database", "files", "server", "database_server"])
def test_what_feature_stores_logged_of_models_and_runs(kind: str, request: pytest.FixtureRequest) -> None:
    with crawled(request.getfixturevalue(kind)) as lineage:
        assert uses(lineage) == USES
        assert unreadable(lineage) == UNREADABLE
        models = {model.name: model.id for model in nodes(lineage, Kind.MODEL)}
        assert {name: lineage.upstream(id).verdict for name, id in models.items()} == VERDICTS


def test_a_table_and_a_view_lead_to_the_models_that_take_their_columns(database: str) -> None:
    with crawled(database) as lineage:

        def below(ref: str) -> set[str]:
            return {n.name for n in lineage.downstream(ref).nodes if n.kind is Kind.MODEL}

        assert below("table:main.shop.customers") == {"spec-whole", "spec-odd"}
        assert below(f"column:{CUSTOMERS}#lat") == {"spec-whole"}
        assert below("feast:shop/driver_stats") == {"feast-signed", "feast-unsigned", "feast-two-a"}
        assert below(f"column:{STATS}#trips") == {"feast-unsigned"}
        # Retrieved for others too, whose signatures don't name it: dropped, or made into something else.
        gaps = {gap.code for gap in lineage.downstream(f"column:{STATS}#trips").gaps}
        assert gaps == {"use-unknown"}
        # Of a list that was cut within a name, that name is none.
        assert not [node for node in nodes(lineage, Kind.FEATURE) if node.name.endswith("...")]


def test_what_could_not_be_read_is_counted_and_said(database: str) -> None:
    with Lineage.open("memory:") as lineage:
        report = lineage.ingest("mlflow", database, name="prod")
        (skip,) = report.skipped
        assert (skip["code"], skip["count"]) == ("features-unreadable", 4)
        assert report.read["feature specs"] == 1


def test_without_artifacts_only_tags_tell(database: str) -> None:
    with crawled(database, artifacts=False) as lineage:
        found = uses(lineage)
        assert {name: found[name] for name in WITHOUT_ARTIFACTS} == WITHOUT_ARTIFACTS
        assert unreadable(lineage) == {"feast-cut", "feast-odd"}


@pytest.mark.parametrize("store", ["memory:", "graph.db"])
def test_what_was_read_stays_when_artifacts_are_not_read(database: str, store: str, tmp_path: Path) -> None:
    with Lineage.open(store if store == "memory:" else str(tmp_path / store)) as lineage:
        lineage.ingest("mlflow", database, name="prod")
        lineage.ingest("mlflow", database, name="prod", artifacts=False)
        assert uses(lineage) == USES
        assert unreadable(lineage) == UNREADABLE


def test_crawling_again_changes_nothing(database: str) -> None:
    with crawled(database) as lineage:
        change = lineage.store.state()[0]
        lineage.ingest("mlflow", database, name="prod", site="local")
        assert lineage.store.state()[0] == change


@pytest.mark.parametrize("signed", [False, True], ids=["signature in the file", "signature in the history"])
@pytest.mark.parametrize(
    ("spec", "artifacts", "expected", "gap"),
    [
        (True, True, {of_spec(CUSTOMERS, "orders_30d")}, False),
        (False, True, set(), True),
        (True, False, set(), True),
    ],
    ids=["spec", "no spec", "not asked for"],
)
def test_a_model_of_before_mlflow_3(
    signed: bool, spec: bool, artifacts: bool, expected: set[Use], gap: bool, tmp_path: Path
) -> None:
    """Its run's history says that it looks features up, up to MLflow 2.15 with the signature: no MLmodel file need be read.

    Its training data has a column `orders` too, which is not the one that is looked up.
    """
    uri = shutil.copytree(STORES / "files220" / "mlruns", tmp_path / "mlruns")
    run = next(path for path in uri.glob("*/*") if "run_name: fit-1\n" in (path / "meta.yaml").read_text())
    history = json.loads((run / "tags/mlflow.log-model.history").read_text())
    history[0]["flavors"] = {"python_function": {"loader_module": feature_spec.LOADER}}
    if signed:
        history[0]["signature"] = {"inputs": '[{"name": "customer", "type": "long"}]', "outputs": None}
    (run / "tags/mlflow.log-model.history").write_text(json.dumps(history))
    folder = run / "artifacts/model"
    (folder / "MLmodel").write_text(yaml.safe_dump({"flavors": history[0]["flavors"]}))
    if spec:
        (folder / "data/feature_store").mkdir(parents=True)
        orders = {
            "feature_name": "orders_30d",
            "table_name": "main.shop.customers",
            "source": "feature_store",
        }
        (folder / feature_spec.FILE).write_text(yaml.safe_dump({"input_columns": [{"orders": orders}]}))
    with crawled(str(uri), artifacts=artifacts) as lineage:
        (model,) = [node for node in nodes(lineage, Kind.MODEL) if run.name in node.id]
        assert {use for use in uses(lineage, model)[model.name] if use[1] == "feature-spec"} == expected
        assert ("features-unreadable" in model.gaps) == gap
