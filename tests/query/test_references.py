"""Whatever people paste, and what it means."""

from __future__ import annotations

import pytest

from lineage_graph import Lineage
from lineage_graph.errors import Ambiguous, NotFound, UsageError
from lineage_graph.graph import Kind, Origin
from lineage_graph.query.references import KIND_WORDS, resolve_reference, resolve_roots
from lineage_graph.render.labels import label
from lineage_graph.stores.base import Direction, NodeFilter
from tests.query.graphs import draw, edge, node
from tests.query.shop import (
    API,
    CHAMPION,
    CHURN,
    EXPERIMENT,
    JUDGE,
    M1,
    MAILS,
    O2,
    ORDERS,
    S1,
    T1,
    V1,
    V2,
    H,
    dataset,
    draw_shop,
    run,
)  # fmt: skip
from tests.truth import STORES

AMOUNT = "feature:source:file:///srv/shop/data/orders.parquet#amount"
STAGE = "alias:prod/default/churn/Production"
LONG = "ef2c4973e8214e4c8628b15aa8297d0f"
OLD = f"model:{LONG}/pipe/line"
NEW = "model:m-0558bc8ad07548749e3660ebb252683f"
TRAIN, JUDGED = f"run:{LONG}", f"evaluation:{LONG}/m-2"
MORE = (
    node(TRAIN, name="train 9", run_id=LONG, status="FINISHED", experiment="churn"),
    node(JUDGED, name="train 9", run_id=LONG, metrics={}),
    node(NEW, name="model", model_id=NEW[6:], run_id="", path="model", status="READY"),
    node(AMOUNT, name="amount", column="amount", source=ORDERS[7:]),
    node(STAGE, name="churn/Production", model="churn", alias="Production", pointer="stage"),
    node(OLD, name="line", model_id=None, run_id=LONG, path="pipe/line", status="READY"),
)
MEANS = {
    "a full id": (V1, V1),
    "a version": ("churn/2", V2),
    "a version as a URI": ("models:/churn/2", V2),
    "the latest version": ("models:/churn/latest", V2),
    "an alias": ("churn@champion", CHAMPION),
    "an alias as a URI": ("models:/churn@champion", CHAMPION),
    "a stage": ("models:/churn/Production", STAGE),
    "a stage in another case": ("models:/churn/production", STAGE),
    "a run": (f"runs:/{LONG}", TRAIN),
    "a run's model": (f"runs:/{LONG}/pipe/line", OLD),
    "a run's artifact that is no model": (f"runs:/{LONG}/plots", TRAIN),
    "a run by the beginning of its id": ("runs:/ef2c4973", TRAIN),
    "a run's model by that": ("runs:/ef2c4973/pipe/line", OLD),
    "a run's artifact that is no model by that": ("runs:/ef2c4973/plots", TRAIN),
    "a run as a table prints it": ("train 9 ef2c4973", TRAIN),
    "a run as a table prints it, narrowed": ("run:train 9 ef2c4973", TRAIN),
    "an evaluation as a table prints it": ("evaluation:train 9 ef2c4973", JUDGED),
    "a run id": (LONG, TRAIN),
    "a run-id prefix": ("1111", T1),
    "a run-id prefix in capitals": ("RUN:1111", T1),
    "a run's name": ("train-1", T1),
    "a logged model": ("m-1", M1),
    "a logged model as a URI": ("models:/m-1", M1),
    "the beginning of a logged model's id": ("m-0558bc8a", NEW),
    "the beginning of a logged model's id as a URI": ("models:/m-0558bc8a", NEW),
    "a logged model as a table prints it": ("model m-0558bc8a", NEW),
    "a model of before MLflow 3 as a table prints it": ("line ef2c4973", OLD),
    "a file URI": ("file:///srv/shop/data/orders.parquet", ORDERS),
    "another spelling of it": ("file:/srv/shop/./data//orders.parquet", ORDERS),
    "a path": ("/srv/shop/data/orders.parquet", ORDERS),
    "a file name": ("orders.parquet", ORDERS),
    "a dataset and its digest": ("orders@bb22", O2),
    "a beginning of the digest": ("orders@bb", O2),
    "a column as a table prints it": ("amount of orders.parquet", AMOUNT),
    "a column": ("column:orders.parquet#amount", AMOUNT),
    "narrowed to a source": ("source:orders.parquet", ORDERS),
    "narrowed to a dataset": ("dataset:holdout", H),
    "narrowed to a deployment": ("deployment:churn-api", API),
    "the end of a path": ("data/orders.parquet", ORDERS),
    "the end of a path as a shell writes it": ("./shop/data/orders.parquet", ORDERS),
    "a deployment": ("shop/churn-api", API),
    "the last part of a deployment": ("churn-api", API),
    "a consumer": ("consumer:retention-mails", MAILS),
    "a consumer's name": ("retention-mails", MAILS),
    "a registered model, although an experiment has its name": ("churn", CHURN),
    "an experiment": ("experiment:churn", EXPERIMENT),
    "an evaluation": ("evaluation:judge-1", JUDGE),
    "an evaluation by its run": ("evaluation:6666", JUDGE),
    "blanks around it": ("  churn/2\n", V2),
}


@pytest.mark.parametrize(("text", "id"), MEANS.values(), ids=MEANS)
def test_a_reference_means_one_node(text, id):
    assert resolve_reference(draw_shop(*MORE), text).id == id


def test_a_model_is_the_registered_one_where_no_logged_one_goes_by_the_name():
    found = resolve_reference(draw_shop(*MORE), "model:churn")
    assert found.kind is Kind.REGISTERED_MODEL
    assert found == resolve_reference(draw_shop(*MORE), "registered-model:churn")


def test_a_relative_path_is_one_on_this_machine(tmp_path, monkeypatch):
    uri = (tmp_path / "x.csv").as_uri()
    store = draw(
        node(f"source:{uri}", uri=uri, name=uri),
        node("source:file:///other/x.csv", uri="file:///other/x.csv"),
    )
    monkeypatch.chdir(tmp_path)
    assert resolve_reference(store, "./x.csv").id == resolve_reference(store, "x.csv").id == f"source:{uri}"


def test_a_path_belongs_to_the_sites_that_were_crawled():
    store = draw(
        node("source:laptop=file:///srv/x.csv", uri="file:///srv/x.csv", name="file:///srv/x.csv"),
        origins=[Origin("mlflow:prod", "mlflow", settings={"site": "laptop"}, read_at=1, complete=True)],
    )
    assert resolve_reference(store, "/srv/x.csv").id == "source:laptop=file:///srv/x.csv"


def test_two_servers_have_a_version_of_that_name():
    other = "modelversion:stage/default/churn/1"
    store = draw_shop(node(other, name="churn/1", model="churn", version=1, run_id=""))
    with pytest.raises(Ambiguous) as raised:
        resolve_reference(store, "churn/1")
    assert raised.value.candidates == (V1, other)
    assert [resolve_reference(store, candidate).id for candidate in raised.value.candidates] == [V1, other]


def test_exact_beats_a_prefix():
    # a dataset that is called like the beginning of a run's id
    store = draw_shop(dataset("dataset:prod/1/1111@ee", "1111", "ee", None))
    assert resolve_reference(store, "1111").id == "dataset:prod/1/1111@ee"


def test_case_is_kept():
    store = draw_shop(node("consumer:Retention-Mails", name="Retention-Mails"))
    assert resolve_reference(store, "Retention-Mails").id == "consumer:Retention-Mails"
    assert resolve_reference(store, "retention-mails").id == MAILS


def test_several_runs_of_a_prefix_are_refused():
    store = draw(run("run:abcd1111", "a"), run("run:abcd2222", "b"))
    for text in ("abcd", "runs:/abcd"):
        with pytest.raises(Ambiguous) as raised:
            resolve_reference(store, text)
        assert raised.value.candidates == ("run:abcd1111", "run:abcd2222")
    for text in (
        "abc",
        "runs:/abc",
        "b abc",
        "a abcd2222",
        "m-abcd",
    ):  # too short, as in git; another's name; no model
        with pytest.raises(NotFound):
            resolve_reference(store, text)
    with pytest.raises(Ambiguous):
        resolve_reference(draw(run("run:abcd1111", "a"), run("run:abcd1112", "a")), "a abcd111")


def test_a_name_beats_what_a_table_prints():
    named = node("consumer:train-1 11111111", name="train-1 11111111")
    assert resolve_reference(draw_shop(), "train-1 11111111").id == T1
    assert resolve_reference(draw_shop(named), "train-1 11111111").id == "consumer:train-1 11111111"


def test_a_dataset_named_like_another_source_is_told_apart():
    claims = [
        node("source:s3://a/orders.csv", uri="s3://a/orders.csv", name="s3://a/orders.csv"),
        dataset("dataset:s3://a/orders.csv@1", "orders.csv", "1", "s3://a/orders.csv"),
    ]
    assert resolve_reference(draw(*claims), "orders.csv").id == "source:s3://a/orders.csv"
    elsewhere = dataset("dataset:s3://b/x.csv@1", "orders.csv", "1", "s3://b/x.csv")
    with pytest.raises(Ambiguous):
        resolve_reference(draw(*claims, elsewhere), "orders.csv")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("order.parquet", "file:///srv/shop/data/orders.parquet"),
        ("ordesr.parquet", "file:///srv/shop/data/orders.parquet"),
        ("churn@chamption", "churn@champion"),
        ("Churn/2", "churn/2"),
        ("deployment:churn-apii", "deployment:shop/churn-api"),
    ],
)
def test_what_is_not_there_has_near_spellings(text, nearest):
    with pytest.raises(NotFound) as raised:
        resolve_reference(draw_shop(), text)
    assert nearest in raised.value.candidates
    assert resolve_reference(draw_shop(), raised.value.candidates[0])


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("orders.csv", "file:///srv/shop/data/stock.csv"),
        ("orders.csv", "s3://shop/customers.csv"),
        ("warehouse.shop.orders", "postgres://db:5432/warehouse.shop.stock"),
    ],
)
def test_another_file_or_table_is_no_near_spelling(text, there):
    store = draw(node(f"source:{there}", uri=there, name=there))
    with pytest.raises(NotFound) as raised:
        resolve_reference(store, text)
    assert raised.value.candidates == ()
    assert raised.value.hint.startswith(
        "no location here is like it: lineage-graph search TEXT --kind Source"
    )


@pytest.mark.parametrize("url", ["memory:", "{0}/graph.db"], ids=["memory", "sqlite"])
def test_where_nobody_logs_locations_the_hint_says_so(tmp_path, url):
    def hint(text, kinds=()):
        with pytest.raises(NotFound) as raised:
            resolve_reference(lineage.store, text, kinds=kinds)
        assert raised.value.candidates == ()
        return raised.value.hint

    none = "here says where its data lies: lineage-graph doctor says what would close that"
    with Lineage.open(url.format(tmp_path)) as lineage:
        tracking = str(STORES / "autolog" / "mlflow.db")
        lineage.ingest("mlflow", tracking, artifacts=False, experiments=["Default"])
        assert hint("orders.csv") == f"no run {none}"  # how many there are is not known
        for _ in range(2):
            lineage.ingest("mlflow", tracking, artifacts=False)
            for text in (
                "orders.csv",
                "s3://shop/raw",
                "/srv/shop/raw",
                "shop.raw.orders",
                "source:raw-data",
            ):
                assert hint(text) == f"none of the 5 runs {none}"
        assert hint("raw-data", [Kind.SOURCE]) == f"none of the 5 runs {none}"
        for text in ("nobody", "models:/nobody@dev", "runs:/nobody.csv", "consumer:nobody"):
            assert hint(text) == "lineage-graph search TEXT finds parts of names"


def test_what_is_echoed_has_no_secret_and_no_escape():
    with pytest.raises(NotFound) as raised:
        resolve_reference(draw_shop(), "postgresql://ana:hunter2@db/shop\x1b[31m")
    assert "hunter2" not in raised.value.message
    assert "\x1b" not in raised.value.message


def test_an_empty_reference_is_a_usage_error():
    with pytest.raises(UsageError):
        resolve_reference(draw_shop(), " ")


def test_a_group_stands_for_its_members():
    resolved = resolve_roots(draw_shop(), ["churn"], Direction.DOWNSTREAM)
    assert [root.id for root in resolved.roots] == [V1, V2]
    assert resolved.notes == ["churn is a registered model: asked of its 2 versions"]
    assert resolve_roots(draw_shop(), ["churn"]).roots[0].id == CHURN
    runs = resolve_roots(draw_shop(), ["experiment:churn"], Direction.DOWNSTREAM)
    assert {T1, S1} < {root.id for root in runs.roots}


def test_a_group_without_members_is_not_found():
    with pytest.raises(NotFound):
        resolve_roots(draw(node(CHURN, name="churn")), ["churn"], Direction.UPSTREAM)


@pytest.mark.parametrize("name", ["shop", "evaluations"])
def test_everything_is_found_by_the_label_that_tables_print(name):
    words = {kind: word for word, kinds in KIND_WORDS.items() for kind in kinds}
    with Lineage.open("memory:") as lineage:
        lineage.ingest("mlflow", str(STORES / name / "mlflow.db"), name=name, artifacts=False)
        nodes = [each for each in lineage.store.find(NodeFilter()) if each.kind is not Kind.FEATURE_SET]
        assert len(nodes) > 20
        for each in nodes:
            assert resolve_reference(lineage.store, f"{words[each.kind]}:{label(each)}").id == each.id


def test_kinds_narrow():
    store = draw_shop(edge(V1, "of", CHURN))
    assert resolve_reference(store, "churn", kinds=[Kind.EXPERIMENT]).id == EXPERIMENT


def test_a_name_with_escapes_in_it_is_found_as_typed_and_as_shown():
    shown = "red \\x1b[31malert"
    store = draw(
        node("modelversion:prod/default/odd/1", name=f"{shown}/1", model=shown, version=1, run_id="")
    )
    assert resolve_reference(store, "red \x1b[31malert/1") == resolve_reference(store, f"models:/{shown}/1")


def test_the_end_of_a_path_tells_files_of_one_name_apart():
    uris = [f"file:///srv/{place}/x.csv" for place in ("raw", "clean", "straw")]
    store = draw(*(node(f"source:{uri}", uri=uri, name=uri) for uri in uris))
    assert resolve_reference(store, "raw/x.csv").id == "source:file:///srv/raw/x.csv"
    with pytest.raises(NotFound):
        resolve_reference(store, "aw/x.csv")
