"""What is remembered weighs no more than it may, whatever it is made of."""

import json
import tracemalloc

from lineage_graph.sources.mlflow.inputs import Place, map_input
from lineage_graph.sources.mlflow.payload import DatasetInput
from lineage_graph.sources.mlflow.remembered import REMEMBERED_TEXT, remember


def test_what_comes_again_is_made_once_also_nothing():
    made = []

    def find(text):
        made.append(text)

    remembered = remember(find)
    assert [remembered("a"), remembered("a"), remembered("b")] == [None, None, None]
    assert made == ["a", "b"]


def test_too_much_is_forgotten():
    made = []

    def read_first(text):
        made.append(text[0])
        return text[0]

    remembered = remember(read_first)
    half = REMEMBERED_TEXT // 2
    for letter in "abca":
        assert remembered(letter * half) == letter
    assert made == ["a", "b", "c", "a"]


def test_a_text_that_many_share_weighs_once():
    made = []

    def name(own, shared):
        made.append(own)
        return own

    remembered = remember(name)
    half = "x" * (REMEMBERED_TEXT // 2)
    for own in "abcabc":
        assert remembered(own, half) == own
    assert made == ["a", "b", "c"]


def test_wide_data_does_not_fill_the_memory():
    """Each of these 150 datasets has 1,000 columns: 0.9 MB once mapped."""
    columns = [{"name": f"column_{number:04}", "type": "double"} for number in range(1000)]
    place = Place("store", "", "experiment", "1", None)
    tracemalloc.start()
    try:
        for number in range(150):
            schema = json.dumps({"mlflow_colspec": columns, "number": number})
            source = json.dumps({"uri": f"/data/{number}.csv"})
            given = DatasetInput(f"d{number}", f"{number:08x}", "local", source, schema, None)
            assert map_input(given, place).shared
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Of 150 such datasets 2 MB of texts are kept: about 40.
    assert kept < 75_000_000
