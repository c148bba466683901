"""Rule 1: what a run read each dataset for. The expected answers follow from the design's text, case by case."""

from collections.abc import Sequence
from typing import Any

import pytest

from lineage_graph.graph import Evidence, Role
from lineage_graph.naming.words import roles_in, words_of
from lineage_graph.sources.mlflow.payload import RunPayload
from lineage_graph.sources.mlflow.roles import Row, is_context_path, read_roles

TRAINING, EVALUATION, INFERENCE, UNSPECIFIED = (
    Role.TRAINING,
    Role.EVALUATION,
    Role.INFERENCE,
    Role.UNSPECIFIED,
)

CONTEXTS = {
    "training": TRAINING,
    "Training": TRAINING,
    "train": TRAINING,
    "md_train": TRAINING,
    "train_x": TRAINING,
    "Dev: train dataset": TRAINING,
    "train+val+test": TRAINING,  # training before evaluation
    "train/val": TRAINING,  # a slash between two roles makes no path
    "trainTestSplit": TRAINING,
    "fit": TRAINING,
    "hyperparameter-tuning": TRAINING,
    "trainings": TRAINING,
    "XMLTrain2": TRAINING,
    "Evaluations": EVALUATION,
    "llm_evaluation": EVALUATION,
    "val_": EVALUATION,
    "valid": EVALUATION,
    "tests": EVALUATION,
    "HOLDOUT": EVALUATION,
    "test prediction": EVALUATION,  # evaluation before inference
    "prediction": INFERENCE,
    "scores": INFERENCE,
    "batchScoring": INFERENCE,
    "retrained": UNSPECIFIED,
    "latest constraint": UNSPECIFIED,  # lates-t, cons-train-t: words, not parts of words
    "raw_data": UNSPECIFIED,
    "origin": UNSPECIFIED,
    "processed": UNSPECIFIED,
    "reference": UNSPECIFIED,
    "q3_": UNSPECIFIED,
}


def row(name: str = "rows", context: str = "", rows: int | None = None) -> Row:
    return Row(name, context, rows)


def roles(rows: Sequence[Row], *, made: bool = False, **run: Any) -> list[tuple[Role, str, Evidence]]:
    return [
        (reading.role, reading.rule, reading.evidence)
        for reading in read_roles(RunPayload("r", "1", **run), rows, made)
    ]


@pytest.mark.parametrize(("context", "role"), CONTEXTS.items(), ids=CONTEXTS)
def test_a_contexts_words_say_the_role(context, role):
    rule, evidence = (
        ("unspecified", Evidence.INFERRED) if role is UNSPECIFIED else ("context", Evidence.LOGGED)
    )
    assert roles([row(context=context)]) == [(role, rule, evidence)]


def test_words_are_split_at_all_but_letters_and_at_camel_case():
    assert words_of("md_train2Test-DATA") == {"md", "train", "test", "data"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("train+val+test", (TRAINING, EVALUATION)),
        ("score", (INFERENCE,)),
        ("", ()),
        ("données_TEST", (EVALUATION,)),
    ],
)
def test_roles_come_in_the_order_of_precedence(text, found):
    assert roles_in(text) == found


@pytest.mark.parametrize(
    ("context", "is_path"),
    [
        ("/srv/data/train/x.csv", True),
        ("data/train/x.csv", True),
        ("data/train", True),
        ("s3://lake/train", True),
        (r"C:\data\train.csv", True),
        ("train.csv", True),
        ("train/val", False),
        ("training", False),
        ("Dev: train dataset", False),
        ("train v1.2", False),
    ],
)
def test_a_path_is_no_context(context, is_path):
    assert is_context_path(context) is is_path
    if is_path:
        assert roles([row(context=context)]) == [(UNSPECIFIED, "unspecified", Evidence.INFERRED)]


EVAL_RUN = (EVALUATION, "eval-run", Evidence.LOGGED)
ROW_COUNT = (EVALUATION, "evaluator-row-count", Evidence.INFERRED)
TAG = (EVALUATION, "evaluate-tag", Evidence.INFERRED)
MODEL_INPUT = (EVALUATION, "model-input-only", Evidence.INFERRED)
NAME_TRAIN = (TRAINING, "dataset-name", Evidence.INFERRED)
NAME_TEST = (EVALUATION, "dataset-name", Evidence.INFERRED)
LOGGED_TRAINING = (TRAINING, "context", Evidence.LOGGED)
NOTHING = (UNSPECIFIED, "unspecified", Evidence.INFERRED)

RULES = {
    "eval-run: contextless inputs only": (
        [row(), row(context="train")],
        {"tags": {"mlflow.run.isEval": "true"}},
        [EVAL_RUN, LOGGED_TRAINING],
    ),
    "eval-run says false": ([row()], {"tags": {"mlflow.run.isEval": "false"}}, [NOTHING]),
    "eval-run before the row count": (
        [row(rows=12)],
        {"tags": {"mlflow.run.isEval": "True"}, "metrics": {"example_count": 12.0}},
        [EVAL_RUN],
    ),
    "row count of one": (
        [row(rows=12), row(rows=24)],
        {"metrics": {"example_count": 12.0}},
        [ROW_COUNT, NOTHING],
    ),
    "row count of two is of neither": (
        [row(rows=12), row(rows=12)],
        {"metrics": {"example_count": 12.0}},
        [NOTHING, NOTHING],
    ),
    "row count, another with a context has as many": (
        [row(rows=12), row(rows=12, context="train")],
        {"metrics": {"example_count": 12.0}},
        [ROW_COUNT, LOGGED_TRAINING],
    ),
    "row count unknown": ([row()], {"metrics": {"example_count": 12.0}}, [NOTHING]),
    "metric_prefix as context": (
        [row(rows=12, context="q3_")],
        {"metrics": {"q3_example_count": 12.0}},
        [ROW_COUNT],
    ),
    "two evaluations, each with its prefix": (
        [row(rows=12, context="a_"), row(rows=12, context="b_")],
        {"metrics": {"a_example_count": 12.0, "b_example_count": 12.0}},
        [ROW_COUNT, ROW_COUNT],
    ),
    "a context that is no prefix and names no role": (
        [row(rows=12, context="raw")],
        {"metrics": {"example_count": 12.0}},
        [NOTHING],
    ),
    "tag and one contextless input": (
        [row(), row(context="train")],
        {"tags": {"mlflow.datasets": "[]"}},
        [TAG, LOGGED_TRAINING],
    ),
    "tag and two contextless inputs": (
        [row(), row()],
        {"tags": {"mlflow.datasets": "[]"}},
        [NOTHING, NOTHING],
    ),
    "a model was named and none made": (
        [row(), row()],
        {"model_inputs": ("m-1",)},
        [MODEL_INPUT, MODEL_INPUT],
    ),
    "a model was named and one made": ([row()], {"model_inputs": ("m-1",), "made": True}, [NOTHING]),
    "the name says training": ([row("train_df")], {}, [NAME_TRAIN]),
    "the name says evaluation": ([row("X_test")], {}, [NAME_TEST]),
    "the name says both": ([row("train_and_test")], {}, [NOTHING]),
    "the name beside a context": ([row("X_test", "raw")], {}, [NOTHING]),
    "the name beside a path": ([row("X_test", "/data/x.csv")], {}, [NAME_TEST]),
    "row count before the name": (
        [row("train_df", rows=12)],
        {"metrics": {"example_count": 12.0}},
        [ROW_COUNT],
    ),
}


@pytest.mark.parametrize(("rows", "run", "expected"), RULES.values(), ids=RULES)
def test_the_first_rule_that_applies_says_the_role(rows, run, expected):
    assert roles(rows, **run) == expected
