"""Any order of origins gives the same graph, declarations among them."""

from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Kind
from lineage_graph.ingest import resolve_changes
from lineage_graph.stores.base import NodeFilter
from lineage_graph.stores.table import open_store
from tests.ingest.declaring import EVAL, RUN, SCORE, data, declare, draw, registry, run, snapshot

PARAMS = {"train-data-path": "data/train.csv", "test-path": "s3://lake/test.csv"}
SHOP = [
    run(RUN, "train", 100, 200, ("no-dataset",), params=PARAMS),
    run(EVAL, "judge", 300, 310),
    data("/srv/clean.csv", "c1ea4", SCORE, 400),
    run(SCORE, "score", 400, 410),
    *registry(),
]
OTHER = registry("other")
ENTRIES = (
    "owners: {model:churn: ana, /srv/clean.csv: bo}\n",
    "tags: {churn/2: {tier: 1}}\n",
    "deployments:\n  - {name: api, serves: [churn@champion, churn/9]}\n",
    "consumers:\n  - {name: mails, uses: [api, /srv/clean.csv, /srv/raw.csv]}\n",
    f"evaluations:\n  - {{run: {EVAL}, model: churn/2}}\n",
    "loads:\n  - {experiment: churn, model: m-1}\n",
    "roots: {churn: /srv}\n",
    "derivations:\n  - {output: /srv/clean.csv, from: /srv/raw.csv, by: clean.py}\n",
    "inputs: [params.train-data-path, params.test-path]\n",
)


def build(steps: Iterable[Any], folder: Path) -> dict[str, Any]:
    store = open_store("memory:")
    for step in steps:
        if step == "shop":
            draw(store, SHOP)
        elif step == "other":
            draw(store, OTHER, "other")
        else:
            declare(store, folder / step[0], step[1], name=step[0])
    shown = snapshot(store)
    store.close()
    return shown


@pytest.mark.parametrize("text", ENTRIES, ids=[entry.partition(":")[0] for entry in ENTRIES])
def test_before_and_after_what_it_speaks_of(tmp_path, text):
    steps = ["shop", "other", ("team", "store: shop\n" + text)]
    first, *others = [build(order, tmp_path) for order in permutations(steps)]
    assert first["edges"]
    for other in others:
        assert other == first


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(ENTRIES), unique=True),
    st.lists(st.sampled_from(ENTRIES), unique=True),
    st.booleans(),
    st.permutations(range(4)),
)
def test_any_declarations_in_any_order(tmp_path_factory, one, two, named, order):
    folder = tmp_path_factory.mktemp("order")
    head = "store: shop\n" if named else ""
    steps = ["shop", "other", ("one", head + "".join(one)), ("two", head + "".join(two))]
    assert build([steps[place] for place in order], folder) == build(steps, folder)


@settings(max_examples=15)
@given(st.lists(st.sampled_from(ENTRIES), unique=True, min_size=1))
def test_what_is_no_longer_said_leaves_nothing(tmp_path_factory, entries):
    folder = tmp_path_factory.mktemp("gone")
    store = open_store("memory:")
    draw(store, SHOP)
    before = snapshot(store)
    declare(store, folder, "".join(entries))
    declare(store, folder, "")
    assert snapshot(store) == before
    declare(store, folder, "".join(entries))
    store.forget("declared:team")
    resolve_changes(store)
    assert snapshot(store) == before


def test_a_relative_param_is_rooted_too(tmp_path):
    store = open_store("memory:")
    draw(store, SHOP)
    declare(store, tmp_path, "inputs: [params.train-data-path]\n")
    (relative,) = store.find(NodeFilter(kinds=frozenset({Kind.SOURCE}), gap="relative-path"))
    assert relative.properties["scope"] == "shop/churn"
    declare(store, tmp_path, "inputs: [params.train-data-path]\nroots: {churn: /srv}\n")
    read = store.neighbours([naming.run_id(RUN)], frozenset({EdgeType.READ_BY}))
    assert [edge.src for edge in read.edges] == [
        naming.dataset_id("source:file:///srv/data/train.csv", f"run:{RUN}")
    ]
