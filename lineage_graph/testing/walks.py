"""Walks with answers worked out by hand: for the walk itself, and for every store that has one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lineage_graph.stores.base import FOLLOW, Direction, Follow

UP, DOWN = Direction.UPSTREAM, Direction.DOWNSTREAM

CHAIN = """
source:s HAS_VERSION dataset:d
dataset:d READ_BY run:train role=training
run:train PRODUCED model:m
model:m REGISTERED_AS modelversion:1
modelversion:1 ALIASED_AS alias:champion
alias:champion SERVED_BY deployment:live
deployment:live FEEDS consumer:app
run:train IN_EXPERIMENT experiment:e
run:train CHILD_OF run:parent
"""

SCORING = """
dataset:train READ_BY run:r role=training
dataset:score READ_BY run:r role=inference
run:r PRODUCED model:m
run:r WROTE dataset:out
"""

JUDGED = """
source:t HAS_VERSION dataset:train
dataset:train READ_BY run:r role=training
run:r PRODUCED model:m
source:h HAS_VERSION dataset:holdout
dataset:holdout EVALUATED_IN evaluation:e
model:m EVALUATED_IN evaluation:e
model:other EVALUATED_IN evaluation:e
dataset:holdout EVALUATED_IN evaluation:f
model:third EVALUATED_IN evaluation:f
"""

HINTS = """
dataset:a SAME_CONTENT dataset:b evidence=possible
source:s HAS_VERSION dataset:b
source:p HAS_VERSION dataset:q evidence=possible
dataset:q READ_BY run:r evidence=possible
dataset:a READ_BY run:r role=training
"""

MOVED = """
modelversion:1 ALIASED_AS alias:champion from=10 to=20
modelversion:2 ALIASED_AS alias:champion from=20
model:one REGISTERED_AS modelversion:1
model:two REGISTERED_AS modelversion:2
"""

WINDOW = """
source:s HAS_VERSION dataset:d
dataset:d READ_BY run:early from=5
dataset:d READ_BY run:late from=15
dataset:d READ_BY run:unknown
run:early PRODUCED model:old
run:late WROTE dataset:next
dataset:next READ_BY run:much_later from=99
dataset:d CONTINUES_AS dataset:again
dataset:again READ_BY run:again from=16
source:s HAS_COLUMN feature:c
feature:c PART_OF featureset:f
featureset:f USED_BY model:old
dataset:d EVALUATED_IN evaluation:e
"""

CYCLE = """
dataset:a READ_BY run:1
run:1 WROTE dataset:b
dataset:b READ_BY run:2
run:2 WROTE dataset:a
run:2 PRODUCED model:m
"""

TWO_WAYS = """
dataset:score READ_BY run:r role=inference
model:m LOADED_BY run:r
run:r PRODUCED model:tuned
run:r WROTE dataset:out
run:r PRODUCED model:m2
dataset:out READ_BY run:last
"""


@dataclass(frozen=True, slots=True)
class Walk:
    """A graph, a question, and what is reached at which distance, roots included."""

    name: str
    graph: str
    roots: tuple[str, ...]
    direction: Direction
    hops: Mapping[str, int]
    follow: Follow = FOLLOW
    depth: int | None = None
    edges: int | None = None


def _levels(*levels: str) -> dict[str, int]:
    return {node: hops for hops, level in enumerate(levels) for node in level.split()}


WALKS: tuple[Walk, ...] = (
    Walk(
        "groups are no flow",
        CHAIN,
        ("consumer:app",),
        UP,
        _levels(
            "consumer:app",
            "deployment:live",
            "alias:champion",
            "modelversion:1",
            "model:m",
            "run:train",
            "dataset:d",
            "source:s",
        ),
        edges=7,
    ),
    Walk(
        "depth", CHAIN, ("source:s",), DOWN, _levels("source:s", "dataset:d", "run:train"), depth=2, edges=2
    ),
    Walk("depth of nothing", CHAIN, ("source:s",), DOWN, _levels("source:s"), depth=0, edges=0),
    Walk(
        "an unknown root",
        CHAIN,
        ("run:gone", "alias:champion"),
        DOWN,
        _levels("alias:champion", "deployment:live", "consumer:app"),
    ),
    Walk(
        "a model's origins leave out what was scored",
        SCORING,
        ("model:m",),
        UP,
        _levels("model:m", "run:r", "dataset:train"),
        edges=2,
    ),
    Walk(
        "an output's origins have what was scored",
        SCORING,
        ("dataset:out",),
        UP,
        _levels("dataset:out", "run:r", "dataset:train dataset:score"),
        edges=3,
    ),
    Walk(
        "a run's origins have both", SCORING, ("run:r",), UP, _levels("run:r", "dataset:train dataset:score")
    ),
    Walk(
        "scored data reaches what was written",
        SCORING,
        ("dataset:score",),
        DOWN,
        _levels("dataset:score", "run:r", "dataset:out"),
        edges=2,
    ),
    Walk(
        "training data reaches both",
        SCORING,
        ("dataset:train",),
        DOWN,
        _levels("dataset:train", "run:r", "model:m dataset:out"),
    ),
    Walk(
        "from model and output together the run's inference data shows",
        SCORING,
        ("model:m", "dataset:out"),
        UP,
        _levels("model:m dataset:out", "run:r", "dataset:train dataset:score"),
        edges=4,
    ),
    Walk(
        "evaluations are ends",
        JUDGED,
        ("dataset:holdout",),
        DOWN,
        _levels("dataset:holdout", "evaluation:e evaluation:f"),
        edges=2,
    ),
    Walk(
        "a model's evaluation is an end",
        JUDGED,
        ("model:m",),
        DOWN,
        _levels("model:m", "evaluation:e"),
        follow=Follow(evaluation=True),
    ),
    Walk(
        "evaluation data is no origin",
        JUDGED,
        ("model:m",),
        UP,
        _levels("model:m", "run:r", "dataset:train", "source:t"),
    ),
    Walk(
        "evaluation data is an origin when asked",
        JUDGED,
        ("model:m",),
        UP,
        _levels("model:m", "run:r evaluation:e", "dataset:train dataset:holdout", "source:t source:h"),
        follow=Follow(evaluation=True),
        edges=6,
    ),
    Walk(
        "data reaches the models judged on it when asked",
        JUDGED,
        ("source:h",),
        DOWN,
        _levels(
            "source:h", "dataset:holdout", "evaluation:e evaluation:f", "model:m model:other model:third"
        ),
        follow=Follow(evaluation=True),
    ),
    Walk(
        "an evaluation comes from its data and models",
        JUDGED,
        ("evaluation:e",),
        UP,
        _levels(
            "evaluation:e",
            "dataset:holdout model:m model:other",
            "source:h run:r",
            "dataset:train",
            "source:t",
        ),
    ),
    Walk("what is possible is not followed", HINTS, ("run:r",), UP, _levels("run:r", "dataset:a"), edges=1),
    Walk(
        "what is possible is followed when asked",
        HINTS,
        ("run:r",),
        UP,
        _levels("run:r", "dataset:a dataset:q", "dataset:b source:p", "source:s"),
        follow=Follow(possible=True),
        edges=5,
    ),
    Walk(
        "the same content counts both ways",
        HINTS,
        ("source:s",),
        DOWN,
        _levels("source:s", "dataset:b", "dataset:a", "run:r"),
        follow=Follow(possible=True),
    ),
    Walk(
        "an alias is what it is now",
        MOVED,
        ("alias:champion",),
        UP,
        _levels("alias:champion", "modelversion:2", "model:two"),
    ),
    Walk(
        "an alias is what it was",
        MOVED,
        ("alias:champion",),
        UP,
        _levels("alias:champion", "modelversion:1", "model:one"),
        follow=Follow(as_of=19),
    ),
    Walk(
        "an interval ends where the next begins",
        MOVED,
        ("alias:champion",),
        UP,
        _levels("alias:champion", "modelversion:2", "model:two"),
        follow=Follow(as_of=20),
    ),
    Walk(
        "before an interval is nothing",
        MOVED,
        ("alias:champion",),
        UP,
        _levels("alias:champion"),
        follow=Follow(as_of=9),
    ),
    Walk(
        "only first reads within a window",
        WINDOW,
        ("source:s",),
        DOWN,
        _levels(
            "source:s",
            "dataset:d",
            "run:late dataset:again evaluation:e",
            "dataset:next run:again",
            "run:much_later",
        ),
        follow=Follow(read_between=(10, 16)),
    ),
    Walk(
        "a window does not narrow upstream",
        WINDOW,
        ("run:early",),
        UP,
        _levels("run:early", "dataset:d", "source:s"),
        follow=Follow(read_between=(10, 16)),
    ),
    Walk(
        "cycles end",
        CYCLE,
        ("dataset:a",),
        DOWN,
        _levels("dataset:a", "run:1", "dataset:b", "run:2", "model:m"),
        edges=5,
    ),
    Walk(
        "cycles end upstream",
        CYCLE,
        ("model:m",),
        UP,
        _levels("model:m", "run:2", "dataset:b", "run:1", "dataset:a"),
        edges=5,
    ),
    Walk(
        "a run entered twice is entered fully",
        TWO_WAYS,
        ("dataset:score", "model:m"),
        DOWN,
        _levels("dataset:score model:m", "run:r", "model:tuned dataset:out model:m2", "run:last"),
    ),
    Walk(
        "a run that only scored made no model of it",
        TWO_WAYS,
        ("dataset:score",),
        DOWN,
        _levels("dataset:score", "run:r", "dataset:out", "run:last"),
    ),
)
