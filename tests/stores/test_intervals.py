"""Intervals between crawls: each case is what was kept, what is claimed at 100, and what is kept then."""

import pytest

from lineage_graph.graph import State
from lineage_graph.stores.intervals import as_it_was, observe, track, track_changes
from lineage_graph.testing.drawing import edge, node


def interval(version, valid_from, valid_to=None, **properties):
    return edge(
        f"modelversion:{version}",
        "ALIASED_AS",
        "alias:a",
        valid_from=valid_from,
        valid_to=valid_to,
        properties=properties,
    )


CASES = {
    "begins": ([], [interval(1, None)], [interval(1, 100, not_before=90)]),
    "goes on": ([interval(1, 50, not_before=40)], [interval(1, None)], [interval(1, 50, not_before=40)]),
    "ends": ([interval(1, 50)], [], [interval(1, 50, 100)]),
    "moves": (
        [interval(1, 50)],
        [interval(2, None)],
        [interval(1, 50, 100), interval(2, 100, not_before=90)],
    ),
    "ended before": ([interval(1, 50, 60)], [], [interval(1, 50, 60)]),
    "comes back": (
        [interval(1, 50, 60)],
        [interval(1, None)],
        [interval(1, 50, 60), interval(1, 100, not_before=90)],
    ),
    "began in this crawl and is gone": ([interval(1, 100)], [], []),
    "a clock that went back": ([interval(1, 120)], [], [interval(1, 120, 121)]),
    "a clock that went back, and it moved": (
        [interval(1, 120)],
        [interval(2, None)],
        [interval(1, 120, 121), interval(2, 121, not_before=90)],
    ),
    "a clock that went back, and it stayed": ([interval(1, 120)], [interval(1, None)], [interval(1, 120)]),
    "a source that knows": ([], [interval(1, 7)], [interval(1, 7)]),
    "a source that learns": ([interval(1, 50, not_before=40)], [interval(1, 45)], [interval(1, 45)]),
    "a past that a source knows": ([], [interval(1, 7, 9)], [interval(1, 7, 9)]),
    "the same past again": ([interval(1, 7, 9)], [interval(1, 7, 9)], [interval(1, 7, 9)]),
    "claimed twice": ([], [interval(1, None), interval(1, None)], [interval(1, 100, not_before=90)]),
    "without a beginning": ([interval(1, None)], [], [interval(1, None, 100)]),
}


@pytest.mark.parametrize(("kept", "claimed", "then"), CASES.values(), ids=CASES)
def test_observing(kept, claimed, then):
    assert observe(kept, claimed, 100, 90) == then


def test_what_is_tracked():
    old = node("run:r", status="RUNNING", tags={"a": "1"}, metrics={"x": 1})
    new = node("run:r", status="FINISHED", metrics={"x": 2})._replace(state=State.DELETED)
    assert track(old) == {"status": "RUNNING", "tags": {"a": "1"}, "state": "live"}
    assert track_changes([old], [new]) == {"run:r": track(old)}
    assert track_changes([old], [old._replace(name="renamed")]) == {}
    assert track_changes([old], []) == {"run:r": track(old)}
    then = as_it_was(new, track(old))
    assert (then.state, dict(then.properties)) == (
        State.LIVE,
        {"metrics": {"x": 2}, "status": "RUNNING", "tags": {"a": "1"}},
    )
