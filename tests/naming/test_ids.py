"""One readable id a node, and never one for two, whatever characters their names have."""

import itertools
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lineage_graph import naming
from lineage_graph.errors import UsageError
from lineage_graph.graph import Kind

EXAMPLES = [
    (naming.dataset_id("source:file:///srv/shop/orders.parquet", "71fe0c35"), "dataset:file:///srv/shop/orders.parquet@71fe0c35"),
    (naming.dataset_id_without_location("prod", "4", "orders", "71fe0c35"), "dataset:prod/4/orders@71fe0c35"),
    (naming.feature_id("source:s3://b/k", "age"), "feature:source:s3://b/k#age"),
    (naming.run_id("9c04d2ab"), "run:9c04d2ab"),
    (naming.evaluation_id("9c04d2ab"), "evaluation:9c04d2ab"),
    (naming.evaluation_id("9c04d2ab", "model:m-1"), "evaluation:9c04d2ab/model:m-1"),
    (naming.model_id("m-1"), "model:m-1"),
    (naming.model_id_before_3("9c04d2ab", "model/a"), "model:9c04d2ab/model/a"),
    (naming.model_version_id("prod", "default", "churn", 3), "modelversion:prod/default/churn/3"),
    (naming.model_version_id("prod", "default", "a/b", "3"), "modelversion:prod/default/a%2Fb/3"),
    (naming.registered_model_id("prod", "default", "churn"), "registeredmodel:prod/default/churn"),
    (naming.alias_id("prod", "default", "churn", "champion"), "alias:prod/default/churn@champion"),
    (naming.stage_id("prod", "default", "churn", "production"), "alias:prod/default/churn/Production"),
    (naming.deployment_id("kserve", "shop", "churn-api"), "deployment:kserve/shop/churn-api"),
    (naming.consumer_id("crm@shop.example"), "consumer:crm@shop.example"),
    (naming.experiment_id("prod", "4"), "experiment:prod/4"),
    (naming.job_id("airflow", "etl.load"), "job:airflow/etl.load"),
]  # fmt: skip


def clean(text: str) -> str:
    """A source's id, as it comes: without control characters, and never one for two."""
    return naming.run_id(text).removeprefix("run:")


BUILDERS: dict[str, tuple[Callable[..., str], int]] = {
    "dataset_id": (lambda a, b: naming.dataset_id("source:" + clean(a), b), 2),
    "dataset_id_without_location": (naming.dataset_id_without_location, 4),
    "feature_id": (lambda a, b: naming.feature_id(naming.run_id(a), b), 2),
    "feature_set_id": (
        lambda a, b, c: naming.feature_set_id(naming.run_id(a), [b, c] if b < c else [b + "x", c, b]),
        3,
    ),
    "run_id": (naming.run_id, 1),
    "evaluation_id": (naming.evaluation_id, 2),
    "evaluation_id of a run": (naming.evaluation_id, 1),
    "model_id": (naming.model_id, 1),
    "model_version_id": (naming.model_version_id, 4),
    "registered_model_id": (naming.registered_model_id, 3),
    "alias_id": (naming.alias_id, 4),
    "deployment_id": (naming.deployment_id, 3),
    "consumer_id": (naming.consumer_id, 1),
    "experiment_id": (naming.experiment_id, 2),
    "job_id": (naming.job_id, 2),
}
ODD = [
    "a",
    "b",
    "/",
    "@",
    "#",
    ":",
    "=",
    "%",
    "2F",
    "%2F",
    "%25",
    "%40",
    "%~",
    "…",
    "%E2%80%A6",
    "\n",
    "\x1b",
    "\u202e",
    "\ud800",
    "é",
]
PART = st.one_of(st.lists(st.sampled_from(ODD), max_size=6).map("".join), st.text(max_size=8))
PARTS = st.lists(PART, min_size=4, max_size=4)


@pytest.mark.parametrize(("identity", "expected"), EXAMPLES, ids=[expected for _, expected in EXAMPLES])
def test_ordinary_ids_are_readable(identity, expected):
    assert identity == expected


@pytest.mark.parametrize("name", BUILDERS)
@given(one=PARTS, two=PARTS)
@example(one=["a/b", "c", "", ""], two=["a", "b/c", "", ""])
@example(one=["a@b", "c", "d", "e"], two=["a", "b@c", "d", "e"])
@example(one=["a\n", "", "", ""], two=["a%0A", "", "", ""])
@example(one=["%", "\n", "", ""], two=["%\n", "", "", ""])
def test_two_things_of_a_kind_never_share_an_id(name, one, two):
    build, count = BUILDERS[name]
    one, two = one[:count], two[:count]
    if name == "feature_set_id":  # a set, in whatever order
        one, two = [one[0], *sorted({*one[1:], "y"})[:2]], [two[0], *sorted({*two[1:], "y"})[:2]]
        one, two = ([*parts, "z", "zz"][:3] for parts in (one, two))
    assert (build(*one) == build(*two)) == (one == two)


@given(st.lists(PART, min_size=4, max_size=4), st.lists(PART, min_size=4, max_size=4))
@example(["s", "w", "n", "Production"], ["s", "w", "n", "Production"])
@example(["s", "w", "n", "a/b"], ["s", "w", "n@a", "b"])
def test_no_two_kinds_or_forms_share_an_id(one, two):
    pairs = [
        (naming.alias_id(*one), naming.stage_id(*two)),
        (naming.model_id(one[0]), naming.model_id_before_3(*two[:2])),
        (naming.evaluation_id(one[0]), naming.evaluation_id(*two[:2])),
        (naming.dataset_id_without_location(*one), naming.dataset_id("source:s3://" + two[0], two[1])),
        (naming.dataset_id_without_location(*one), naming.dataset_id("source:relative:" + two[0], two[1])),
    ]
    assert all(left != right for left, right in pairs)
    kinds = [naming.kind_of(build(*one[:count])) for build, count in BUILDERS.values()]
    assert kinds == [Kind.DATASET, Kind.DATASET, Kind.FEATURE, Kind.FEATURE_SET, Kind.RUN, Kind.EVALUATION, Kind.EVALUATION,
                     Kind.MODEL, Kind.MODEL_VERSION, Kind.REGISTERED_MODEL, Kind.ALIAS, Kind.DEPLOYMENT, Kind.CONSUMER,
                     Kind.EXPERIMENT, Kind.JOB]  # fmt: skip


@given(PARTS, st.sampled_from([1, 2, 200]))
def test_ids_are_short_and_without_control_characters(parts, times):
    for build, count in BUILDERS.values():
        identity = build(*[part * times for part in parts[:count]])
        assert len(identity.encode()) <= 1000
        assert all(
            unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and char != "\u202e"
            for char in identity
        )


def test_long_ids_are_cut_and_stay_apart_also_from_those_that_imitate_them():
    ids = [naming.run_id("a" * 5000 + end) for end in ("", "b", "c")]
    assert len(set(ids)) == 3
    assert naming.run_id("a" * 5000) == ids[0]
    assert naming.run_id(ids[0].removeprefix("run:")) not in ids
    assert ids[0].startswith("run:aaaa")
    assert naming.run_id("a" * 990) == "run:" + "a" * 990


def test_the_order_of_columns_is_no_part_of_a_feature_set():
    ids = {
        naming.feature_set_id("source:s3://b/k", columns)
        for columns in itertools.permutations(["a", "b", "c"])
    }
    assert len(ids) == 1
    assert naming.feature_set_id("s", ["ab", "c"]) != naming.feature_set_id("s", ["a", "bc"])
    assert naming.feature_set_id("s", ["a", "a"]) == naming.feature_set_id("s", ["a"])
    assert naming.feature_set_id("s", []) != naming.feature_set_id("s", [""])


def test_a_stage_is_read_in_any_case_and_an_artifact_path_without_empty_steps():
    assert naming.stage_id("s", "w", "n", "STAGING") == naming.stage_id("s", "w", "n", "Staging")
    assert naming.stage_id("s", "w", "n", "Own") != naming.stage_id("s", "w", "n", "own")
    assert naming.model_id_before_3("r", "./model//a/") == naming.model_id_before_3("r", "model/a")


def test_every_kind_has_ids_and_other_texts_are_none():
    for kind in Kind:
        assert naming.kind_of(f"{kind.lower()}:x") is kind
        assert naming.is_id(f"{kind.lower()}:x")
    for text in ("", "run", "run:", "Run:x", "s3://b/k", "column:x#y"):
        assert not naming.is_id(text)
    with pytest.raises(UsageError, match="no id"):
        naming.kind_of("s3://b/k")
