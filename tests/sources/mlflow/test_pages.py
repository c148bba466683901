"""Paging by time: nothing missed, nothing twice, whatever is deleted meanwhile and however many share one time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.sources.mlflow.merged import merged
from lineage_graph.sources.mlflow.pages import by_time


class Served:
    """A list in ascending time, paged by offset as MLflow does it; some things vanish after each page."""

    def __init__(self, times: list[int], size: int, vanish: set[int]) -> None:
        self.things = sorted(((time, f"{at:03}") for at, time in enumerate(times)))
        self.size, self.vanish = size, vanish

    def ask(self, start: int | None, token: str) -> dict[str, object]:
        found = [thing for thing in self.things if start is None or thing[0] >= start]
        offset = int(token or 0)
        page = found[offset : offset + self.size]
        more = str(offset + self.size) if len(found) > offset + self.size else ""
        if page and not token and self.vanish:
            # Only what was given already: a run that vanishes unseen may be missed, none that stays.
            self.things = [
                thing for thing in self.things if not (int(thing[1]) in self.vanish and thing <= page[-1])
            ]
        return {"things": [{"id": name, "time": time} for time, name in page], "next_page_token": more}


@given(
    st.lists(st.integers(0, 6), max_size=40),
    st.integers(1, 7),
    st.sets(st.integers(0, 39)),
)
def test_all_that_stays_is_given_once(times: list[int], size: int, vanish: set[int]) -> None:
    served = Served(times, size, vanish)
    pages = by_time(served.ask, "things", lambda thing: (thing["id"], thing["time"]))
    given_ids = [thing["id"] for page in pages for thing in page]
    assert len(given_ids) == len(set(given_ids))
    # While one time fills whole pages, offsets are all that MLflow has; those pages are not disturbed here.
    assert {name for _, name in served.things} <= set(given_ids)


def test_streams_are_merged_whole() -> None:
    streams = [iter([(at, step) for step in range(20)]) for at in range(7)]
    found = list(merged(streams, 3))
    assert sorted(found) == [(at, step) for at in range(7) for step in range(20)]
    for at in range(7):
        assert [step for stream, step in found if stream == at] == list(range(20))


def test_an_error_in_a_stream_reaches_the_reader() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        list(merged([iter([1, 2, 3]), broken()], 2))


def test_leaving_early_lets_go_of_the_streams() -> None:
    closed = []

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    found = merged([endless()], 1)
    assert next(found) == 1
    found.close()  # type: ignore[attr-defined]


def test_no_streams_are_no_pages() -> None:
    assert list(merged([], 4)) == []
